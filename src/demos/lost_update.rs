use super::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// Reads, pauses, writes: in the pause somebody else may read the same value.
async fn increment(stage: &Stage, name: &str, counter: &Cell<i64>, pause: Duration) {
    let value = counter.get(); //@ read
    stage.print(format!("{name}: reads {value}")); //@ reads
    stage.sleep(pause).await; //@ pause
    counter.set(value + 1); //@ write
    stage.print(format!("{name}: writes {}", value + 1)); //@ writes
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (rounds, pause) = (values.whole("rounds"), values.duration("pause"));
    let with_lock = values.choice("mode") == "lock";
    let counter = Rc::new(Cell::new(0));
    let lock = stage.lock("counter");

    let mut tasks = Vec::new();
    for number in 1..=values.whole("tasks") {
        let (stage, counter, lock) = (stage.clone(), counter.clone(), lock.clone());
        let name = format!("task {number}");
        tasks.push(stage.clone().spawn(name.clone(), /*@ gather */ async move {
            for _ in 0..rounds {
                if with_lock {
                    let _held = lock.acquire().await; //@ lock
                    increment(&stage, &name, &counter, pause).await; //@ locked
                } else {
                    increment(&stage, &name, &counter, pause).await; //@ unlocked
                }
            }
        }));
    }
    let expected = rounds * tasks.len() as i64;
    stage.gather(tasks).await; //@ gather
    let lost = expected - counter.get();
    stage.print(format!("counter: {}, lost: {lost}", counter.get())); //@ lost
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "lost-update",
    title: "The lost update",
    group: Group::WhatGoesWrong,
    lede: "Tasks count together: read the counter, pause, write it back one higher. In the pause another task reads the same number, and one of the two steps is lost.",
    teaches: source!("lost_update.md"),
    search: "race condition lock mutex critical section counter read modify write asyncio.Lock",
    params: &[
        Param {
            key: "tasks",
            label: "tasks",
            kind: Kind::Whole {
                default: 2,
                min: 0,
                max: 100,
            },
            not_in_python: false,
        },
        Param {
            key: "rounds",
            label: "increments each",
            kind: Kind::Whole {
                default: 3,
                min: 0,
                max: 200,
            },
            not_in_python: false,
        },
        Param {
            key: "pause",
            label: "pause before writing",
            kind: Kind::Duration {
                default_ms: 500,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "mode",
            label: "protection",
            kind: Kind::Choice {
                default: "none",
                options: &[("none", "none"), ("lock", "a lock")],
            },
            not_in_python: false,
        },
    ],
    rust: source!("lost_update.rs"),
    counterpart: Counterpart::Python(source!("lost_update.py")),
    goldens: goldens![
        "mode=lock",
        "tasks=7&rounds=2&pause=0s",
        "tasks=5&rounds=3&pause=0s&mode=lock",
        "tasks=0",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn without_a_lock_increments_are_lost_and_with_one_none_is() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 task 1: reads 0
            0.000 task 2: reads 0
            0.500 task 1: writes 1
            0.500 task 1: reads 1
            0.500 task 2: writes 1
            0.500 task 2: reads 1
            1.000 task 1: writes 2
            1.000 task 1: reads 2
            1.000 task 2: writes 2
            1.000 task 2: reads 2
            1.500 task 1: writes 3
            1.500 task 2: writes 3
            1.500 counter: 3, lost: 3
            finished at 1.500
        "#]],
        );
        check(
            &DEMO,
            "mode=lock",
            expect![[r#"
            0.000 task 1: reads 0
            0.500 task 1: writes 1
            0.500 task 2: reads 1
            1.000 task 2: writes 2
            1.000 task 1: reads 2
            1.500 task 1: writes 3
            1.500 task 2: reads 3
            2.000 task 2: writes 4
            2.000 task 1: reads 4
            2.500 task 1: writes 5
            2.500 task 2: reads 5
            3.000 task 2: writes 6
            3.000 counter: 6, lost: 0
            finished at 3.000
        "#]],
        );
    }
}
