use super::prelude::*;

/// A priority, the least of which comes first, and the number of a job.
type Job = (i64, i64);

async fn producer(stage: Stage, count: i64, urgent: Vec<i64>, every: Duration, jobs: Queue<Job>) {
    for number in 1..=count {
        stage.sleep(every).await; //@ every
        if urgent.contains(&number) {
            stage.print(format!("producer: job {number} is urgent")); //@ urgent
            jobs.put((0, number)).await; //@ put-urgent
        } else {
            jobs.put((1, number)).await; //@ put
        }
    }
}

async fn worker(stage: Stage, count: i64, work: Duration, jobs: Queue<Job>) {
    for _ in 0..count {
        let (_priority, number) = jobs.get().await; //@ get
        stage.sleep(work).await; //@ work
        let left = jobs.len();
        stage.print(format!("worker: job {number} done, {left} in the queue")); //@ done
    }
    stage.print("worker: is through"); //@ through
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let jobs = match values.choice("mode") {
        "priority" => stage.priority_queue("jobs", 0),
        _ => stage.queue("jobs", 0),
    };
    let (count, urgent) = (values.int("jobs"), values.ints("urgent"));
    let every = values.duration("every");
    let producing = producer(stage.clone(), count, urgent, every, jobs.clone());
    let working = worker(stage.clone(), count, values.duration("work"), jobs);
    stage
        .gather(/*@ gather */ [
            stage.spawn("producer", producing), //@ gather
            stage.spawn("worker", working),     //@ gather
        ])
        .await;
    Ok(())
}

demo!(Demo {
    title: "Priorities",
    summary: "Jobs come faster than one worker does them, and some are urgent. A priority queue hands those out first; what the worker has begun it finishes.",
    keywords: "asyncio.PriorityQueue heapq priority urgent queue scheduling starvation order preempt",
    params: &[
        Param::mode(
            "priority",
            &[("fifo", "queue"), ("priority", "priority queue")]
        ),
        Param::int("jobs", 8, 0..=5_000),
        Param::ints("urgent", "5, 7", 0..=5_000, 100).label("which are urgent (0: none)"),
        Param::duration_ms("every", 200, 0..=HOUR_MS).label("a job comes every"),
        Param::duration_ms("work", 500, 0..=HOUR_MS).label("time of a job"),
    ],
    goldens: "mode=fifo jobs=0 every=0s mode=fifo&every=0s urgent=3,4,5,6,7,8 work=100ms work=0s&every=0s",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn urgent_jobs_overtake_in_a_priority_queue_only() {
        let order = |mode: &str| -> Vec<i64> {
            let trace = run_with("priority", &format!("mode={mode}&every=0s&urgent=5,7"));
            let done = output::lines(&trace).filter_map(|line| {
                let number = line.text.strip_prefix("worker: job ")?;
                number.split(' ').next()?.parse().ok()
            });
            done.collect()
        };
        assert_eq!(order("fifo"), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(order("priority"), [1, 5, 7, 2, 3, 4, 6, 8]);
    }
}
