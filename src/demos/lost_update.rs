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
