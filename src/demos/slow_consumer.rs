use super::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// What went through the queue, and how full it ever was.
#[derive(Clone, Default)]
struct Counts {
    made: Rc<Cell<i64>>,
    dropped: Rc<Cell<i64>>,
    most: Rc<Cell<usize>>,
}

impl Counts {
    fn look(&self, stage: &Stage, queue: &Queue<i64>) {
        stage.watch("waiting", queue.len() as i64);
        self.most.set(self.most.get().max(queue.len()));
    }
}

/// Makes one item after the other. What it does about a full queue depends on the version.
async fn producer(stage: Stage, queue: Queue<i64>, counts: Counts, values: Values) {
    for item in 1..=values.int("items") {
        stage.sleep(values.duration("make")).await; //@ make
        counts.made.set(item);
        if values.choice("mode") == "drop" && queue.is_full() {
            let oldest = queue.get().await; //@ drop
            stage.print(format!("producer: drops {oldest}")); //@ drops
            counts.dropped.set(counts.dropped.get() + 1);
        }
        queue.put(item).await; //@ put
        counts.look(&stage, &queue);
    }
    stage.print("producer: has made all"); //@ all
    queue.put(0).await; //@ signal
}

/// Needs some time for each item; the newer ones that were made meanwhile, it does not know yet.
async fn consumer(stage: Stage, queue: Queue<i64>, counts: Counts, values: Values) {
    loop {
        let item = queue.get().await; //@ get
        counts.look(&stage, &queue);
        if item == 0 {
            break;
        }
        stage.sleep(values.duration("use")).await; //@ use
        let behind = counts.made.get() - item;
        stage.print(format!("consumer: used {item}, {behind} behind")); //@ used
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let room = match values.choice("mode") {
        "unbounded" => 0,
        _ => values.int("room") as usize,
    };
    let (queue, counts) = (stage.queue("items", room), Counts::default());
    let making = producer(stage.clone(), queue.clone(), counts.clone(), values.clone());
    let using = consumer(stage.clone(), queue, counts.clone(), values);
    stage
        .gather(/*@ gather */ [
            stage.spawn("producer", making), //@ gather
            stage.spawn("consumer", using),  //@ gather
        ])
        .await;
    let (most, dropped) = (counts.most.get(), counts.dropped.get());
    stage.print(format!("main: at most {most} waited, {dropped} dropped")); //@ end
    Ok(())
}

demo!(Demo {
    title: "The slow consumer",
    summary: "Items come faster than they are used. In a queue without limit they pile up, and what is used gets older and older; a bounded one slows the producer down, or drops the oldest.",
    keywords: "backpressure unbounded queue memory leak maxsize put_nowait QueueFull lag latency drop oldest websocket overload",
    params: &[
        Param::mode(
            "bounded",
            &[
                ("unbounded", "without limit"),
                ("bounded", "bounded"),
                ("drop", "bounded, the oldest dropped"),
            ]
        )
        .label("the queue is"),
        Param::int("items", 12, 0..=5_000),
        Param::int("room", 2, 1..=5_000).label("room in the bounded queue"),
        Param::duration_ms("make", 90, 0..=HOUR_MS).label("time to make an item"),
        Param::duration_ms("use", 400, 0..=HOUR_MS).label("time to use an item"),
    ],
    goldens: "mode=unbounded mode=drop items=0 items=0&mode=drop room=1&make=0s&use=0s \
        make=0s&use=0s&mode=unbounded make=0s&use=0s&mode=drop room=5&mode=drop&items=30 \
        make=500ms&use=200ms&mode=drop make=100ms&use=100ms&mode=drop&room=1",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[track_caller]
    fn check_last_line(setting: &str, expected: &str) {
        let trace = run_with("slow-consumer", setting);
        let last = output::lines(&trace).last().map(|line| line.text);
        assert_eq!(last, Some(expected), "{setting}");
    }

    #[test]
    fn only_a_queue_without_limit_grows_with_the_run() {
        check_last_line("mode=unbounded", "main: at most 9 waited, 0 dropped");
        check_last_line(
            "mode=unbounded&items=1000",
            "main: at most 775 waited, 0 dropped",
        );
        check_last_line(
            "mode=bounded&items=1000",
            "main: at most 2 waited, 0 dropped",
        );
        check_last_line(
            "mode=drop&items=1000",
            "main: at most 2 waited, 773 dropped",
        );
    }
}
