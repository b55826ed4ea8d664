use super::prelude::*;

/// Makes one item after the other; has to wait where the queue is full.
async fn producer(stage: Stage, items: i64, time: Duration, queue: Queue<Option<i64>>) {
    for item in 1..=items {
        stage.sleep(time).await;
        if queue.is_full() {
            stage.print(format!("producer: has {item}, and the queue is full"));
        }
        queue.put(Some(item)).await;
        stage.print(format!(
            "producer: put {item}, {} in the queue",
            queue.len()
        ));
    }
    queue.put(None).await;
}

/// Takes an item, and needs some time for it before it takes the next.
async fn consumer(stage: Stage, time: Duration, queue: Queue<Option<i64>>) {
    while let Some(item) = queue.get().await {
        stage.sleep(time).await;
        stage.print(format!("consumer: used {item}"));
    }
    stage.print("consumer: stops");
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let queue = stage.queue("items", values.int("capacity") as usize);
    let (items, make) = (values.int("items"), values.duration("make"));
    let making = producer(stage.clone(), items, make, queue.clone());
    let using = consumer(stage.clone(), values.duration("use"), queue);
    stage
        .gather([
            stage.spawn("producer", making),
            stage.spawn("consumer", using),
        ])
        .await;
    Ok(())
}

demo!(Demo {
    title: "Back-pressure",
    summary: "A fast producer, a slow consumer, and a queue with little room between them. When the queue is full the producer has to wait.",
    keywords: "asyncio.Queue maxsize producer consumer backpressure flow control put get",
    params: &[
        Param::int("items", 8, 0..=9_000),
        Param::int("capacity", 2, 0..=9_000).label("room in the queue (0: no limit)"),
        Param::duration_ms("make", 200, 0..=HOUR_MS).label("time to make an item"),
        Param::duration_ms("use", 500, 0..=HOUR_MS).label("time to use an item"),
    ],
    goldens: "capacity=0 capacity=1&items=5&make=100ms&use=100ms \
        items=20&capacity=3&make=0s&use=0s items=0",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;
    use crate::trace::EventKind;

    #[test]
    fn the_queue_never_holds_more_than_it_has_room_for() {
        for (setting, most) in [
            ("items=50", 2),
            ("items=50&capacity=7", 7),
            ("items=9&capacity=0", 6),
        ] {
            let trace = run_with("bounded-queue", setting);
            let levels = trace.events.iter().map(|event| match event.kind {
                EventKind::Release { level, .. } => level,
                _ => 0,
            });
            assert_eq!(levels.max(), Some(most), "{setting}");
        }
    }
}
