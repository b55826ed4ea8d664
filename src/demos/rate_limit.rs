use super::prelude::*;

/// A token bucket: who wants to send takes a token out of it.
type Bucket = Queue<&'static str>;

async fn refill(stage: Stage, bucket: Bucket, every: Duration) -> Result<(), Failure> {
    loop {
        stage.sleep(every).await; //@ every
        if !bucket.is_full() {
            bucket.put_nowait("token")?; //@ refill
            stage.watch("tokens", bucket.len() as i64);
        }
    }
}

async fn request(stage: Stage, number: i64, bucket: Option<Bucket>, latency: Duration) {
    if let Some(bucket) = bucket {
        bucket.get().await; //@ token
        stage.watch("tokens", bucket.len() as i64);
    }
    stage.print(format!("request {number}: sent")); //@ sent
    stage.sleep(latency).await; // in place of the answer //@ answer
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let burst = values.int("burst");
    let bucket: Bucket = stage.queue("bucket", burst as usize);
    for _ in 0..burst {
        bucket.put_nowait("token")?; //@ fill
    }
    let refilling = refill(stage.clone(), bucket.clone(), values.duration("every"));
    let refilling = stage.spawn("refill", refilling); //@ refill-task

    let mut requests = Vec::new();
    for number in 1..=values.int("requests") {
        let bucket = (values.choice("mode") == "bucket").then(|| bucket.clone());
        let body = request(stage.clone(), number, bucket, values.duration("latency"));
        requests.push(stage.spawn(format!("request {number}"), body)); //@ task
    }
    stage.gather(requests).await; //@ gather
    refilling.cancel(); //@ stop
    stage.print("main: all are answered"); //@ all
    Ok(())
}

demo!(Demo {
    title: "Rate limit",
    summary: "A service allows so many requests in a second. A bucket of tokens lets a few go at once, and the others at the pace at which tokens are put in.",
    keywords: "token bucket leaky bucket throttle limiter 429 too many requests aiolimiter burst quota api semaphore",
    params: &[
        Param::mode(
            "bucket",
            &[("none", "no limit"), ("bucket", "token bucket")]
        ),
        Param::int("requests", 8, 0..=3_000),
        Param::int("burst", 3, 1..=3_000).label("room for tokens"),
        Param::duration_ms("every", 500, 10..=MINUTE_MS).label("a token every"),
        Param::duration_ms("latency", 800, 0..=MINUTE_MS).label("time to an answer"),
    ],
    goldens: "mode=none requests=0 burst=1 burst=1&latency=0s burst=8 every=10ms requests=20&every=300ms",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn no_second_has_more_requests_than_the_bucket_allows() {
        let trace = run_with("rate-limit", "requests=50");
        let sent = output::lines(&trace).filter(|line| line.text.ends_with("sent"));
        let times: Vec<u64> = sent.map(|line| line.time_ns).collect();
        assert_eq!(times.len(), 50);
        let in_a_second = |from: &u64| {
            let within = *from..*from + 1_000_000_000;
            times.iter().filter(|time| within.contains(time)).count()
        };
        // The three that were saved up, and two that are put in within a second.
        assert_eq!(times.iter().map(in_a_second).max(), Some(3 + 1));
        assert_eq!(times.iter().skip(3).map(in_a_second).max(), Some(2));
    }
}
