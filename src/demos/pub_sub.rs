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
    while let Some(message) = inbox.get().await {
        stage.sleep(pace).await;
        let behind = newest.get() - message;
        stage.print(format!("{name}: message {message}, {behind} behind"));
    }
    stage.print(format!("{name}: the stream is over"));
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (count, room) = (values.int("listeners"), values.int("room"));
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
        listeners.push(stage.spawn(name, body));
    }

    for message in 1..=values.int("messages") {
        stage.sleep(values.duration("gap")).await;
        newest.set(message);
        for (name, inbox) in &inboxes {
            if inbox.try_put(Some(message)).is_err() {
                stage.print(format!("{name}: misses message {message}"));
            }
        }
    }
    for (_, inbox) in &inboxes {
        inbox.put(None).await;
    }
    stage.gather(listeners).await;
    Ok(())
}

demo!(Demo {
    title: "Publish and subscribe",
    summary: "One stream of messages, several listeners. Each has an inbox of its own, so a slow listener falls behind without holding up the others.",
    keywords: "publish subscribe broadcast stream websocket fan-out slow consumer lag inbox queue drop",
    params: &[
        Param::int("listeners", 3, 0..=100),
        Param::int("messages", 8, 0..=300),
        Param::duration_ms("gap", 200, 0..=HOUR_MS).label("time between messages"),
        Param::duration_ms("pace", 50, 0..=HOUR_MS).label("time a listener needs"),
        Param::duration_ms("slow", 500, 0..=HOUR_MS).label("time the last one needs"),
        Param::int("room", 0, 0..=300).label("room in an inbox (0: no limit)"),
    ],
    goldens: "room=2 listeners=5&messages=6&gap=100ms&pace=100ms&slow=100ms listeners=0 \
        gap=0s&room=1&messages=5&pace=0s room=2&listeners=1",
});
