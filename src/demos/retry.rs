use super::prelude::*;

/// A service that fails the first few times it is asked.
struct Service {
    failures_left: i64,
}

impl Service {
    async fn ask(&mut self, stage: &Stage, latency: Duration) -> Result<&'static str, Failure> {
        stage.sleep(latency).await; //@ ask
        if self.failures_left > 0 {
            self.failures_left -= 1;
            return Err(Failure::new("ConnectionError", "no answer")); //@ fails
        }
        Ok("the answer")
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let mut service = Service {
        failures_left: values.whole("failures"),
    };
    let mut random = stage.random(values.whole("seed"));
    let attempts = values.whole("attempts");
    let mut backoff = values.duration("base");

    for attempt in 1..=attempts {
        match /*@ attempt */ service.ask(&stage, values.duration("latency")).await {
            Ok(answer) => {
                stage.print(format!("attempt {attempt}: {answer}")); //@ attempt
                return Ok(());
            }
            Err(error) => stage.print(format!("attempt {attempt}: {error}")), //@ error
        }
        if attempt < attempts {
            let pause = backoff + random.millis(Duration::ZERO, values.duration("jitter"));
            stage.print(format!("waits {} ms", pause.as_millis())); //@ waits
            stage.sleep(pause).await; //@ pause
            backoff *= 2;
        }
    }
    stage.print("gives up"); //@ gives-up
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "retry",
    title: "Retry with backoff",
    group: Group::WhatGoesWrong,
    lede: "A service fails a few times. The client asks again, but each time it waits about twice as long as before.",
    teaches: source!("retry.md"),
    search: "exponential backoff jitter retries flaky service ConnectionError resilience attempts random seed",
    params: &[
        Param {
            key: "failures",
            label: "failures before the answer",
            kind: Kind::Whole {
                default: 3,
                min: 0,
                max: 30,
            },
            not_in_python: false,
        },
        Param {
            key: "attempts",
            label: "attempts at most",
            kind: Kind::Whole {
                default: 5,
                min: 1,
                max: 20,
            },
            not_in_python: false,
        },
        Param {
            key: "base",
            label: "first pause",
            kind: Kind::Duration {
                default_ms: 200,
                min_ms: 0,
                max_ms: 60_000,
            },
            not_in_python: false,
        },
        Param {
            key: "jitter",
            label: "jitter up to",
            kind: Kind::Duration {
                default_ms: 50,
                min_ms: 0,
                max_ms: 60_000,
            },
            not_in_python: false,
        },
        Param {
            key: "latency",
            label: "time of an attempt",
            kind: Kind::Duration {
                default_ms: 100,
                min_ms: 0,
                max_ms: 60_000,
            },
            not_in_python: false,
        },
        Param {
            key: "seed",
            label: "seed",
            kind: Kind::Whole {
                default: 1,
                min: 0,
                max: 1_000_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("retry.rs"),
    counterpart: Counterpart::Python(source!("retry.py")),
    goldens: goldens![
        "failures=0",
        "failures=9",
        "failures=20&attempts=20&seed=42",
        "jitter=0s&base=0s&latency=0s",
        "attempts=1",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn the_gaps_double() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.100 attempt 1: ConnectionError: no answer
            0.100 waits 208 ms
            0.408 attempt 2: ConnectionError: no answer
            0.408 waits 436 ms
            0.944 attempt 3: ConnectionError: no answer
            0.944 waits 848 ms
            1.892 attempt 4: the answer
            finished at 1.892
        "#]],
        );
        check(
            &DEMO,
            "jitter=0s",
            expect![[r#"
            0.100 attempt 1: ConnectionError: no answer
            0.100 waits 200 ms
            0.400 attempt 2: ConnectionError: no answer
            0.400 waits 400 ms
            0.900 attempt 3: ConnectionError: no answer
            0.900 waits 800 ms
            1.800 attempt 4: the answer
            finished at 1.800
        "#]],
        );
    }

    #[test]
    fn there_is_an_end_to_it() {
        check(
            &DEMO,
            "failures=9&attempts=3",
            expect![[r#"
            0.100 attempt 1: ConnectionError: no answer
            0.100 waits 208 ms
            0.408 attempt 2: ConnectionError: no answer
            0.408 waits 436 ms
            0.944 attempt 3: ConnectionError: no answer
            0.944 gives up
            finished at 0.944
        "#]],
        );
    }
}
