use super::prelude::*;
use crate::stage::sync::Event;

/// Waits for the signal, however late it comes.
async fn waiter(stage: Stage, name: String, start: Event) {
    stage.print(format!("{name}: waits")); //@ waits
    start.wait().await; //@ wait
    stage.print(format!("{name}: goes")); //@ goes
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let start = stage.event("start");
    let mut tasks = Vec::new();
    for number in 1..=values.whole("waiters") {
        let name = format!("waiter {number}");
        let body = waiter(stage.clone(), name.clone(), start.clone());
        tasks.push(stage.spawn(name, body)); //@ task
    }

    stage.sleep(values.duration("after")).await; //@ pause
    stage.print("main: sets the event"); //@ sets
    start.set(); //@ set
    stage.print("main: has set it, and nobody has run yet"); //@ has-set
    stage.gather(tasks).await; //@ gather

    // The event stays set: whoever comes late does not wait at all.
    start.wait().await; //@ again
    stage.print("main: did not have to wait"); //@ no-wait
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "event",
    title: "One signal for many",
    group: Group::WorkingTogether,
    lede: "Many tasks wait for one event. When main sets it they all go on, in the same turn of the loop, in the order in which they came.",
    teaches: source!("event.md"),
    search: "asyncio.Event set wait broadcast signal start gun barrier notify",
    params: &[
        Param {
            key: "waiters",
            label: "waiters",
            kind: Kind::Whole {
                default: 4,
                min: 0,
                max: 9_000,
            },
            not_in_python: false,
        },
        Param {
            key: "after",
            label: "time until the signal",
            kind: Kind::Duration {
                default_ms: 1_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("event.rs"),
    counterpart: Counterpart::Python(source!("event.py")),
    goldens: goldens!["waiters=0", "waiters=30&after=0s", "waiters=1"],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;
    use crate::trace::{EventKind, TaskId};

    #[test]
    fn everybody_goes_on_after_the_signal() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 waiter 1: waits
            0.000 waiter 2: waits
            0.000 waiter 3: waits
            0.000 waiter 4: waits
            1.000 main: sets the event
            1.000 main: has set it, and nobody has run yet
            1.000 waiter 1: goes
            1.000 waiter 2: goes
            1.000 waiter 3: goes
            1.000 waiter 4: goes
            1.000 main: did not have to wait
            finished at 1.000
        "#]],
        );
    }

    #[test]
    fn all_waiters_run_in_one_turn() {
        let trace = run_with(&DEMO, "waiters=100");
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
