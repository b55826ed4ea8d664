use super::prelude::*;

/// Makes one item after the other; has to wait where the queue is full.
async fn producer(stage: Stage, items: i64, time: Duration, queue: Queue<Option<i64>>) {
    for item in 1..=items {
        stage.sleep(time).await; //@ make
        if queue.is_full() {
            stage.print(format!("producer: has {item}, and the queue is full")); //@ full
        }
        queue.put(Some(item)).await; //@ put
        stage.print(/*@ has-put */ format!(
            "producer: put {item}, {} in the queue",
            queue.len()
        ));
    }
    queue.put(None).await; //@ signal
}

/// Takes an item, and needs some time for it before it takes the next.
async fn consumer(stage: Stage, time: Duration, queue: Queue<Option<i64>>) {
    while let Some(item) = /*@ get */ queue.get().await {
        stage.sleep(time).await; //@ use
        stage.print(format!("consumer: used {item}")); //@ used
    }
    stage.print("consumer: stops"); //@ stops
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let queue = stage.queue("items", values.whole("capacity") as usize);
    let (items, make) = (values.whole("items"), values.duration("make"));
    let making = producer(stage.clone(), items, make, queue.clone());
    let using = consumer(stage.clone(), values.duration("use"), queue);
    stage
        .gather(/*@ gather */ [
            stage.spawn("producer", making), //@ gather
            stage.spawn("consumer", using),  //@ gather
        ])
        .await;
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "bounded-queue",
    title: "Back-pressure",
    group: Group::WorkingTogether,
    lede: "A fast producer, a slow consumer, and a queue with little room between them. When the queue is full the producer has to wait.",
    teaches: source!("bounded_queue.md"),
    search: "asyncio.Queue maxsize producer consumer backpressure flow control put get",
    params: &[
        Param {
            key: "items",
            label: "items",
            kind: Kind::Whole {
                default: 8,
                min: 0,
                max: 9_000,
            },
            not_in_python: false,
        },
        Param {
            key: "capacity",
            label: "room in the queue (0: no limit)",
            kind: Kind::Whole {
                default: 2,
                min: 0,
                max: 9_000,
            },
            not_in_python: false,
        },
        Param {
            key: "make",
            label: "time to make an item",
            kind: Kind::Duration {
                default_ms: 200,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "use",
            label: "time to use an item",
            kind: Kind::Duration {
                default_ms: 500,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("bounded_queue.rs"),
    counterpart: Counterpart::Python(source!("bounded_queue.py")),
    goldens: goldens![
        "capacity=0",
        "capacity=1&items=5&make=100ms&use=100ms",
        "items=20&capacity=3&make=0s&use=0s",
        "items=0",
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
    fn the_producer_waits_for_room() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.200 producer: put 1, 1 in the queue
            0.400 producer: put 2, 1 in the queue
            0.600 producer: put 3, 2 in the queue
            0.700 consumer: used 1
            0.800 producer: put 4, 2 in the queue
            1.000 producer: has 5, and the queue is full
            1.200 consumer: used 2
            1.200 producer: put 5, 2 in the queue
            1.400 producer: has 6, and the queue is full
            1.700 consumer: used 3
            1.700 producer: put 6, 2 in the queue
            1.900 producer: has 7, and the queue is full
            2.200 consumer: used 4
            2.200 producer: put 7, 2 in the queue
            2.400 producer: has 8, and the queue is full
            2.700 consumer: used 5
            2.700 producer: put 8, 2 in the queue
            3.200 consumer: used 6
            3.700 consumer: used 7
            4.200 consumer: used 8
            4.200 consumer: stops
            finished at 4.200
        "#]],
        );
    }

    #[test]
    fn the_queue_never_holds_more_than_it_has_room_for() {
        for (setting, most) in [
            ("items=50", 2),
            ("items=50&capacity=7", 7),
            ("items=9&capacity=0", 6),
        ] {
            let trace = run_with(&DEMO, setting);
            let levels = trace.events.iter().map(|event| match event.kind {
                EventKind::Release { level, .. } => level,
                _ => 0,
            });
            assert_eq!(levels.max(), Some(most), "{setting}");
        }
    }
}
