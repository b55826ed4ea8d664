use super::prelude::*;

/// Works, and puts things in order when it is told to stop.
async fn work(stage: Stage, duration: Duration, clean_up: Duration) -> i64 {
    stage.print("work: begins"); //@ begins
    let worked = stage
        .catch_cancel(async {
            stage.sleep(duration).await; //@ work
            stage.print("work: done"); //@ done
        })
        .await;
    if worked.is_err() {
        stage.print("work: cancelled, cleaning up"); //@ cancelled
        stage.sleep(clean_up).await; //@ clean-up
        stage.print("work: cleaned up"); //@ cleaned
        stage.raise_cancelled().await; //@ raise
    }
    42
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let body = work(
        stage.clone(),
        values.duration("work"),
        values.duration("clean-up"),
    );
    let task = stage.spawn("work", body); //@ task
    match /*@ wait */ stage.timeout(values.duration("limit"), &task).await {
        Ok(result) => stage.print(format!("main: the result is {result}")), //@ result
        Err(TimedOut) => stage.print("main: gave up"), //@ gave-up
    }
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "timeout",
    title: "Timeout",
    group: Group::WhatGoesWrong,
    lede: "Main waits for some work, but no longer than a limit. When the limit comes first the work is cancelled, cleans up, and main goes on without a result.",
    teaches: source!("timeout.md"),
    search: "asyncio.timeout wait_for TimeoutError CancelledError deadline limit cancel finally",
    params: &[
        Param {
            key: "limit",
            label: "limit",
            kind: Kind::Duration {
                default_ms: 1_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "work",
            label: "work takes",
            kind: Kind::Duration {
                default_ms: 2_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "clean-up",
            label: "clean-up takes",
            kind: Kind::Duration {
                default_ms: 200,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("timeout.rs"),
    counterpart: Counterpart::Python(source!("timeout.py")),
    goldens: goldens![
        "limit=3s",
        "limit=2s",
        "limit=0s",
        "limit=0s&work=0s&clean-up=0s",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn late_work_is_cancelled_and_cleans_up_before_main_goes_on() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 work: begins
            1.000 work: cancelled, cleaning up
            1.200 work: cleaned up
            1.200 main: gave up
            finished at 1.200
        "#]],
        );
    }

    #[test]
    fn work_within_the_limit_is_left_alone() {
        check(
            &DEMO,
            "limit=3s",
            expect![[r#"
            0.000 work: begins
            2.000 work: done
            2.000 main: the result is 42
            finished at 2.000
        "#]],
        );
    }

    #[test]
    fn of_equal_times_the_limit_comes_first() {
        check(
            &DEMO,
            "limit=2s",
            expect![[r#"
            0.000 work: begins
            2.000 work: cancelled, cleaning up
            2.200 work: cleaned up
            2.200 main: gave up
            finished at 2.200
        "#]],
        );
    }
}
