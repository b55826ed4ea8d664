use super::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// Takes its own copies of the messages, at its own pace.
async fn listener(
    stage: Stage,
    name: String,
    inbox: Queue<Option<i64>>,
    pace: Duration,
    newest: Rc<Cell<i64>>,
) {
    while let Some(message) = /*@ get */ inbox.get().await {
        stage.sleep(pace).await; //@ pace
        let behind = newest.get() - message;
        stage.print(format!("{name}: message {message}, {behind} behind")); //@ message
    }
    stage.print(format!("{name}: the stream is over")); //@ over
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (count, room) = (values.whole("listeners"), values.whole("room"));
    let newest = Rc::new(Cell::new(0));
    let (mut inboxes, mut listeners) = (Vec::new(), Vec::new());
    for number in 1..=count {
        let name = format!("listener {number}");
        let inbox = stage.queue(&name, room as usize);
        let pace = values.duration(if number == count { "slow" } else { "pace" });
        let body = listener(
            stage.clone(),
            name.clone(),
            inbox.clone(),
            pace,
            newest.clone(),
        );
        inboxes.push((name.clone(), inbox));
        listeners.push(stage.spawn(name, body)); //@ task
    }

    for message in 1..=values.whole("messages") {
        stage.sleep(values.duration("gap")).await; //@ gap
        newest.set(message);
        for (name, inbox) in &inboxes {
            if inbox.try_put(/*@ put */ Some(message)).is_err() {
                stage.print(format!("{name}: misses message {message}")); //@ misses
            }
        }
    }
    for (_, inbox) in &inboxes {
        inbox.put(None).await; //@ end
    }
    stage.gather(listeners).await; //@ gather
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "pub-sub",
    title: "Publish and subscribe",
    group: Group::WorkingTogether,
    lede: "One stream of messages, several listeners. Each has an inbox of its own, so a slow listener falls behind without holding up the others.",
    teaches: source!("pub_sub.md"),
    search: "publish subscribe broadcast stream websocket fan-out slow consumer lag inbox queue drop",
    params: &[
        Param {
            key: "listeners",
            label: "listeners",
            kind: Kind::Whole {
                default: 3,
                min: 0,
                max: 100,
            },
            not_in_python: false,
        },
        Param {
            key: "messages",
            label: "messages",
            kind: Kind::Whole {
                default: 8,
                min: 0,
                max: 300,
            },
            not_in_python: false,
        },
        Param {
            key: "gap",
            label: "time between messages",
            kind: Kind::Duration {
                default_ms: 200,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "pace",
            label: "time a listener needs",
            kind: Kind::Duration {
                default_ms: 50,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "slow",
            label: "time the last one needs",
            kind: Kind::Duration {
                default_ms: 500,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "room",
            label: "room in an inbox (0: no limit)",
            kind: Kind::Whole {
                default: 0,
                min: 0,
                max: 300,
            },
            not_in_python: false,
        },
    ],
    rust: source!("pub_sub.rs"),
    counterpart: Counterpart::Python(source!("pub_sub.py")),
    goldens: goldens![
        "room=2",
        "listeners=5&messages=6&gap=100ms&pace=100ms&slow=100ms",
        "listeners=0",
        "gap=0s&room=1&messages=5&pace=0s",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn the_slow_listener_falls_behind_alone() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.250 listener 1: message 1, 0 behind
            0.250 listener 2: message 1, 0 behind
            0.450 listener 1: message 2, 0 behind
            0.450 listener 2: message 2, 0 behind
            0.650 listener 1: message 3, 0 behind
            0.650 listener 2: message 3, 0 behind
            0.700 listener 3: message 1, 2 behind
            0.850 listener 1: message 4, 0 behind
            0.850 listener 2: message 4, 0 behind
            1.050 listener 1: message 5, 0 behind
            1.050 listener 2: message 5, 0 behind
            1.200 listener 3: message 2, 3 behind
            1.250 listener 1: message 6, 0 behind
            1.250 listener 2: message 6, 0 behind
            1.450 listener 1: message 7, 0 behind
            1.450 listener 2: message 7, 0 behind
            1.650 listener 1: message 8, 0 behind
            1.650 listener 1: the stream is over
            1.650 listener 2: message 8, 0 behind
            1.650 listener 2: the stream is over
            1.700 listener 3: message 3, 5 behind
            2.200 listener 3: message 4, 4 behind
            2.700 listener 3: message 5, 3 behind
            3.200 listener 3: message 6, 2 behind
            3.700 listener 3: message 7, 1 behind
            4.200 listener 3: message 8, 0 behind
            4.200 listener 3: the stream is over
            finished at 4.200
        "#]],
        );
    }

    #[test]
    fn a_full_inbox_misses_messages_and_stays_close() {
        check(
            &DEMO,
            "room=2&listeners=1",
            expect![[r#"
            0.700 listener 1: message 1, 2 behind
            1.000 listener 1: misses message 5
            1.200 listener 1: message 2, 3 behind
            1.400 listener 1: misses message 7
            1.600 listener 1: misses message 8
            1.700 listener 1: message 3, 5 behind
            2.200 listener 1: message 4, 4 behind
            2.700 listener 1: message 6, 2 behind
            2.700 listener 1: the stream is over
            finished at 2.700
        "#]],
        );
    }
}
