use super::prelude::*;
use crate::stage::sync::Event;

/// Waits for the signal, however late it comes.
async fn waiter(stage: Stage, name: String, start: Event) {
    stage.print(format!("{name}: waits"));
    start.wait().await;
    stage.print(format!("{name}: goes"));
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let start = stage.event("start");
    let mut tasks = Vec::new();
    for number in 1..=values.int("waiters") {
        let name = format!("waiter {number}");
        let body = waiter(stage.clone(), name.clone(), start.clone());
        tasks.push(stage.spawn(name, body));
    }

    stage.sleep(values.duration("after")).await;
    stage.print("main: sets the event");
    start.set();
    stage.print("main: has set it, and nobody has run yet");
    stage.gather(tasks).await;

    // The event stays set: whoever comes late does not wait at all.
    start.wait().await;
    stage.print("main: did not have to wait");
    Ok(())
}

demo!(Demo {
    title: "One signal for many",
    summary: "Many tasks wait for one event. When main sets it they all go on, in the same turn of the loop, in the order in which they came.",
    keywords: "asyncio.Event set wait broadcast signal start gun barrier notify",
    params: &[
        Param::int("waiters", 4, 0..=9_000),
        Param::duration_ms("after", 1_000, 0..=HOUR_MS).label("time until the signal"),
    ],
    goldens: "waiters=0 waiters=30&after=0s waiters=1",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;
    use crate::trace::{EventKind, TaskId};

    #[test]
    fn all_waiters_run_in_one_turn() {
        let trace = run_with("event", "waiters=100");
        let mut turns: Vec<Vec<TaskId>> = Vec::new();
        for event in &trace.events {
            match (event.kind, turns.last_mut()) {
                (EventKind::LoopTurn, _) => turns.push(Vec::new()),
                (EventKind::PollStart { task }, Some(turn)) => turn.push(task),
                _ => {}
            }
        }
        let waiters: Vec<TaskId> = (1..=100).map(TaskId).collect();
        assert_eq!(turns.iter().filter(|turn| **turn == waiters).count(), 2);
    }
}
