use super::prelude::*;
use crate::stage::sync::Semaphore;
use std::cell::Cell;
use std::rc::Rc;

/// Waits for a permit, and gives it back afterwards, unless it forgets to.
async fn visitor(
    stage: Stage,
    name: String,
    room: Semaphore,
    stay: Duration,
    inside: Rc<Cell<i64>>,
    forgets: bool,
) {
    let permit = room.acquire().await; //@ acquire
    inside.set(inside.get() + 1);
    stage.print(format!("{name}: in, {} inside", inside.get())); //@ in
    stage.sleep(stay).await; //@ stay
    inside.set(inside.get() - 1);
    stage.print(format!("{name}: out")); //@ out
    if forgets {
        permit.forget();
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (stay, forgets) = (values.duration("stay"), values.switch("forget"));
    let room = stage.semaphore("room", values.whole("permits") as usize);
    let inside = Rc::new(Cell::new(0));
    let mut tasks = Vec::new();
    for number in 1..=values.whole("tasks") {
        let (room, inside) = (room.clone(), inside.clone());
        let name = format!("task {number}");
        let body = visitor(stage.clone(), name.clone(), room, stay, inside, forgets);
        tasks.push(stage.spawn(name, body)); //@ gather
    }
    stage.gather(tasks).await; //@ gather
    stage.print("everybody was inside"); //@ end
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "semaphore",
    title: "At most so many at a time",
    group: Group::WhatGoesWrong,
    lede: "Ten tasks want into a room for three. A semaphore has three permits; whoever gets none waits until one is given back.",
    teaches: source!("semaphore.md"),
    search: "asyncio.Semaphore limit concurrency rate limit throttle pool permits acquire release leak",
    params: &[
        Param {
            key: "tasks",
            label: "tasks",
            kind: Kind::Whole {
                default: 10,
                min: 0,
                max: 9_000,
            },
            not_in_python: false,
        },
        Param {
            key: "permits",
            label: "at a time",
            kind: Kind::Whole {
                default: 3,
                min: 1,
                max: 9_000,
            },
            not_in_python: false,
        },
        Param {
            key: "stay",
            label: "time inside",
            kind: Kind::Duration {
                default_ms: 1_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "forget",
            label: "forget to give permits back",
            kind: Kind::Switch { default: false },
            not_in_python: false,
        },
    ],
    rust: source!("semaphore.rs"),
    counterpart: Counterpart::Python(source!("semaphore.py")),
    goldens: goldens![
        "forget=yes",
        "tasks=0",
        "tasks=12&permits=5&stay=0s",
        "tasks=3&permits=1",
        "tasks=3&forget=yes",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;
    use crate::trace::EventKind;

    #[test]
    fn three_are_inside_at_a_time() {
        check(
            &DEMO,
            "tasks=5",
            expect![[r#"
            0.000 task 1: in, 1 inside
            0.000 task 2: in, 2 inside
            0.000 task 3: in, 3 inside
            1.000 task 1: out
            1.000 task 2: out
            1.000 task 3: out
            1.000 task 4: in, 1 inside
            1.000 task 5: in, 2 inside
            2.000 task 4: out
            2.000 task 5: out
            2.000 everybody was inside
            finished at 2.000
        "#]],
        );
    }

    #[test]
    fn a_permit_that_is_not_given_back_is_gone() {
        check(
            &DEMO,
            "tasks=5&forget=yes",
            expect![[r#"
            0.000 task 1: in, 1 inside
            0.000 task 2: in, 2 inside
            0.000 task 3: in, 3 inside
            1.000 task 1: out
            1.000 task 2: out
            1.000 task 3: out
            Deadlock at 1.000: deadlock: nothing can wake what is left; main waits for the group of 5 tasks; task 4 waits for the semaphore room; task 5 waits for the semaphore room
        "#]],
        );
    }

    #[test]
    fn there_are_never_more_inside_than_permits() {
        for (setting, most) in [("", 3), ("tasks=100&permits=7", 7), ("tasks=2", 2)] {
            let trace = run_with(&DEMO, setting);
            let levels = trace.events.iter().map(|event| match event.kind {
                EventKind::Acquire { level, .. } => level,
                _ => 0,
            });
            assert_eq!(levels.max(), Some(most), "{setting}");
        }
    }
}
