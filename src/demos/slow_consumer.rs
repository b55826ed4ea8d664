use super::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// What comes in, and how far it has come.
#[derive(Clone)]
struct Feed {
    stage: Stage,
    queue: Queue<Option<i64>>,
    newest: Rc<Cell<i64>>,
}

async fn producer(feed: Feed, items: i64, every: Duration, drops: bool) -> Result<(), Failure> {
    let Feed { stage, queue, newest } = feed;
    for item in 1..=items {
        stage.sleep(every).await; //@ every
        newest.set(item);
        if drops && queue.is_full() {
            let oldest = queue.get_nowait()?.unwrap_or_default(); //@ drop
            stage.print(format!("producer: throws {oldest} away")); //@ drop
        }
        queue.put(Some(item)).await; //@ put
        stage.watch("waiting", queue.len() as i64);
    }
    stage.print("producer: has made everything"); //@ made
    queue.put(None).await; //@ end
    Ok(())
}

async fn consumer(feed: Feed, time: Duration) -> Result<(), Failure> {
    let Feed { stage, queue, newest } = feed;
    while let Some(item) = /*@ get */ queue.get().await {
        stage.watch("waiting", queue.len() as i64);
        stage.sleep(time).await; //@ use
        let newest = newest.get();
        stage.print(format!("consumer: used {item}, the newest is {newest}")); //@ used
    }
    stage.print("consumer: is through"); //@ through
    Ok(())
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let mode = values.choice("mode");
    let room = match mode {
        "unbounded" => 0,
        _ => values.int("room") as usize,
    };
    let feed = Feed {
        stage: stage.clone(),
        queue: stage.queue("items", room),
        newest: Rc::default(),
    };
    let (items, every) = (values.int("items"), values.duration("every"));
    let making = producer(feed.clone(), items, every, mode == "drop");
    let using = consumer(feed, values.duration("use"));
    stage
        .try_gather(/*@ gather */ [
            stage.spawn("producer", making), //@ gather
            stage.spawn("consumer", using),  //@ gather
        ])
        .await?;
    Ok(())
}

demo!(Demo {
    title: "A slow consumer",
    summary: "Items come faster than they are used. Without a limit the queue grows and what is used gets older and older; a limit makes the producer wait, or throw something away.",
    keywords: "unbounded queue memory leak lag latency backpressure drop oldest conflate load shedding asyncio.Queue maxsize producer",
    params: &[
        Param::mode(
            "unbounded",
            &[
                ("unbounded", "no limit"),
                ("wait", "the producer waits"),
                ("drop", "the oldest goes")
            ]
        ),
        Param::int("items", 12, 0..=5_000),
        Param::duration_ms("every", 200, 0..=HOUR_MS).label("an item every"),
        Param::duration_ms("use", 500, 0..=HOUR_MS).label("time to use an item"),
        Param::int("room", 3, 1..=5_000).label("room, where there is a limit"),
    ],
    goldens: "mode=wait mode=drop items=0 mode=drop&every=0s mode=wait&every=0s use=100ms \
        mode=drop&room=1",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;
    use crate::trace::EventKind;

    #[test]
    fn only_a_limit_keeps_the_queue_short() {
        let longest = |mode: &str| {
            let trace = run_with("slow-consumer", &format!("mode={mode}&items=100"));
            let levels = trace.events.iter().map(|event| match event.kind {
                EventKind::Value { value, .. } => value,
                _ => 0,
            });
            levels.max()
        };
        assert_eq!(longest("unbounded"), Some(60));
        assert_eq!(longest("wait"), Some(3));
        assert_eq!(longest("drop"), Some(3));
    }
}
