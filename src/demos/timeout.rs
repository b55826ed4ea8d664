use super::prelude::*;

/// Works, and puts things in order when it is told to stop.
async fn work(stage: Stage, duration: Duration, clean_up: Duration) -> i64 {
    stage.print("work: begins");
    let worked = stage
        .catch_cancel(async {
            stage.sleep(duration).await;
            stage.print("work: done");
        })
        .await;
    if worked.is_err() {
        stage.print("work: cancelled, cleaning up");
        stage.sleep(clean_up).await;
        stage.print("work: cleaned up");
        stage.raise_cancelled().await;
    }
    42
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let body = work(
        stage.clone(),
        values.duration("work"),
        values.duration("clean-up"),
    );
    let task = stage.spawn("work", body);
    match stage.timeout(values.duration("limit"), &task).await {
        Ok(result) => stage.print(format!("main: the result is {result}")),
        Err(TimedOut) => stage.print("main: gave up"),
    }
    Ok(())
}

demo!(Demo {
    title: "Timeout",
    summary: "Main waits for some work, but no longer than a limit. When the limit comes first the work is cancelled, cleans up, and main goes on without a result.",
    keywords: "asyncio.timeout wait_for TimeoutError CancelledError deadline limit cancel finally",
    params: &[
        Param::duration_ms("limit", 1_000, 0..=HOUR_MS),
        Param::duration_ms("work", 2_000, 0..=HOUR_MS).label("work takes"),
        Param::duration_ms("clean-up", 200, 0..=HOUR_MS).label("clean-up takes"),
    ],
    goldens: "limit=3s limit=2s limit=0s limit=0s&work=0s&clean-up=0s",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn late_work_is_cancelled_and_cleans_up_before_main_goes_on() {
        check(
            "timeout",
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
            "timeout",
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
            "timeout",
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
