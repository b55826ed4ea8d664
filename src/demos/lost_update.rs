use super::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// Reads, pauses, writes: in the pause somebody else may read the same value.
async fn increment(stage: &Stage, name: &str, counter: &Cell<i64>, pause: Duration) {
    let value = counter.get();
    stage.print(format!("{name}: reads {value}"));
    stage.sleep(pause).await;
    counter.set(value + 1);
    stage.print(format!("{name}: writes {}", value + 1));
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (rounds, pause) = (values.int("rounds"), values.duration("pause"));
    let with_lock = values.choice("mode") == "lock";
    let counter = Rc::new(Cell::new(0));
    let lock = stage.lock("counter");

    let mut tasks = Vec::new();
    for number in 1..=values.int("tasks") {
        let (stage, counter, lock) = (stage.clone(), counter.clone(), lock.clone());
        let name = format!("task {number}");
        tasks.push(stage.clone().spawn(name.clone(), async move {
            for _ in 0..rounds {
                if with_lock {
                    let _held = lock.acquire().await;
                    increment(&stage, &name, &counter, pause).await;
                } else {
                    increment(&stage, &name, &counter, pause).await;
                }
            }
        }));
    }
    let expected = rounds * tasks.len() as i64;
    stage.gather(tasks).await;
    let lost = expected - counter.get();
    stage.print(format!("counter: {}, lost: {lost}", counter.get()));
    Ok(())
}

demo!(Demo {
    title: "The lost update",
    summary: "Tasks count together: read the counter, pause, write it back one higher. In the pause another task reads the same number, and one of the two steps is lost.",
    keywords: "race condition lock mutex critical section counter read modify write asyncio.Lock",
    params: &[
        Param::int("tasks", 2, 0..=100),
        Param::int("rounds", 3, 0..=200).label("increments each"),
        Param::duration_ms("pause", 500, 0..=HOUR_MS).label("pause before writing"),
        Param::mode("none", &[("none", "none"), ("lock", "a lock")]).label("protection"),
    ],
    goldens: "mode=lock tasks=7&rounds=2&pause=0s tasks=5&rounds=3&pause=0s&mode=lock tasks=0",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn without_a_lock_increments_are_lost_and_with_one_none_is() {
        check(
            "lost-update",
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
            "lost-update",
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
