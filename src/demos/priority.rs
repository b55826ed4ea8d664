use super::prelude::*;

/// Takes the next job whenever it is free, and finishes what it has begun.
async fn worker(
    stage: Stage,
    name: String,
    jobs: Queue<(i64, usize)>,
    time: Duration,
) -> Result<(), Failure> {
    loop {
        let (priority, number) = jobs.get().await; //@ get
        stage.print(format!("{name}: begins job {number}, priority {priority}")); //@ begins
        stage.sleep(time).await; //@ work
        stage.print(format!("{name}: has done job {number}")); //@ done
        jobs.task_done()?;
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let jobs = match values.choice("mode") {
        "fifo" => stage.queue("jobs", 0),
        "lifo" => stage.lifo_queue("jobs", 0),
        _ => stage.priority_queue("jobs", 0),
    };
    let mut workers = Vec::new();
    for number in 1..=values.int("workers") {
        let name = format!("worker {number}");
        let body = worker(
            stage.clone(),
            name.clone(),
            jobs.clone(),
            values.duration("work"),
        );
        workers.push(stage.spawn(name, body)); //@ worker
    }

    // Of items that are equal in the first number the second one decides.
    for (number, priority) in (1..).zip(values.ints("priorities")) {
        stage.print(format!("main: puts job {number}, priority {priority}")); //@ puts
        jobs.put((priority, number)).await; //@ put
        stage.sleep(values.duration("gap")).await; //@ gap
    }
    jobs.join().await; //@ join
    stage.print("main: all jobs are done"); //@ all
    for worker in &workers {
        worker.cancel(); //@ cancel
    }
    stage.gather(workers).await; //@ gather
    Ok(())
}

demo!(Demo {
    title: "The most urgent first",
    summary: "Jobs wait in a queue for a worker. A priority queue gives out the least number first, whenever it came; what the worker has begun it finishes all the same.",
    keywords: "asyncio.PriorityQueue LifoQueue heapq priority urgent order scheduling tuple preemption starvation",
    params: &[
        Param::mode(
            "priority",
            &[
                ("fifo", "Queue"),
                ("priority", "PriorityQueue"),
                ("lifo", "LifoQueue"),
            ]
        )
        .label("jobs wait in a"),
        Param::ints("priorities", "3, 3, 3, 1, 2, 1", -1_000..=1_000, 1_000)
            .label("priority of each job (1: urgent)"),
        Param::duration_ms("gap", 300, 0..=10 * MINUTE_MS).label("time between jobs"),
        Param::duration_ms("work", 700, 0..=10 * MINUTE_MS).label("time for a job"),
        Param::int("workers", 1, 1..=1_000),
    ],
    goldens: "mode=fifo mode=lifo gap=0s gap=0s&work=0s mode=lifo&gap=0s \
        priorities=5,-1,5,0,-1,5,2,2,0,7,1,5,5,-3&gap=0s&workers=3 priorities=1 \
        mode=fifo&workers=5&gap=0s&work=0s",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    fn order(setting: &str) -> String {
        let trace = run_with("priority", setting);
        let begun = output::lines(&trace).filter_map(|line| {
            let job = line.text.split_once("begins job ")?.1;
            Some(job.split(',').next()?.to_owned())
        });
        begun.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_begun_is_finished_and_then_the_least_comes_first() {
        assert_eq!(order("mode=fifo"), "1 2 3 4 5 6");
        assert_eq!(order("mode=priority"), "1 2 4 6 5 3");
        assert_eq!(order("mode=lifo"), "1 3 5 6 4 2");
        assert_eq!(order("priorities=2,1,2,1,2&gap=0s&work=0s"), "1 2 3 4 5");
        assert_eq!(order("priorities=2,1,2,1,2&gap=0s"), "1 2 4 3 5");
    }
}
