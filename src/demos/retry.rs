use super::prelude::*;

/// A service that fails the first few times it is asked.
struct Service {
    failures_left: i64,
}

impl Service {
    async fn ask(&mut self, stage: &Stage, latency: Duration) -> Result<&'static str, Failure> {
        stage.sleep(latency).await;
        if self.failures_left > 0 {
            self.failures_left -= 1;
            return Err(Failure::new("ConnectionError", "no answer"));
        }
        Ok("the answer")
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let mut service = Service {
        failures_left: values.int("failures"),
    };
    let mut random = stage.random(values.int("seed"));
    let attempts = values.int("attempts");
    let mut backoff = values.duration("base");

    for attempt in 1..=attempts {
        match service.ask(&stage, values.duration("latency")).await {
            Ok(answer) => {
                stage.print(format!("attempt {attempt}: {answer}"));
                return Ok(());
            }
            Err(error) => stage.print(format!("attempt {attempt}: {error}")),
        }
        if attempt < attempts {
            let pause = backoff + random.millis(Duration::ZERO, values.duration("jitter"));
            stage.print(format!("waits {} ms", pause.as_millis()));
            stage.sleep(pause).await;
            backoff *= 2;
        }
    }
    stage.print("gives up");
    Ok(())
}

demo!(Demo {
    title: "Retry with backoff",
    summary: "A service fails a few times. The client asks again, but each time it waits about twice as long as before.",
    keywords: "exponential backoff jitter retries flaky service ConnectionError resilience attempts random seed",
    params: &[
        Param::int("failures", 3, 0..=30).label("failures before the answer"),
        Param::int("attempts", 5, 1..=20).label("attempts at most"),
        Param::duration_ms("base", 200, 0..=MINUTE_MS).label("first pause"),
        Param::duration_ms("jitter", 50, 0..=MINUTE_MS).label("jitter up to"),
        Param::duration_ms("latency", 100, 0..=MINUTE_MS).label("time of an attempt"),
        Param::int("seed", 1, 0..=1_000_000),
    ],
    goldens: "failures=0 failures=9 failures=20&attempts=20&seed=42 jitter=0s&base=0s&latency=0s \
        attempts=1 jitter=0s failures=9&attempts=3",
});
