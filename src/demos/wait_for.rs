use super::prelude::*;
use crate::stage::task::Task;

async fn step(stage: Stage, number: i64, time: Duration) {
    let slept = stage.catch_cancel(stage.sleep(time)).await; //@ work
    if slept.is_err() {
        stage.print(format!("step {number}: cancelled")); //@ cancelled
        stage.raise_cancelled().await; //@ raise
    }
    stage.print(format!("step {number}: done")); //@ done
}

fn begin(stage: &Stage, number: i64, time: Duration) -> Task<()> {
    stage.print(format!("main: begins step {number}")); //@ begins
    let body = step(stage.clone(), number, time);
    stage.spawn(format!("step {number}"), body) //@ task
}

/// Each step may take as long as the limit.
async fn each(stage: &Stage, steps: Vec<Duration>, limit: Duration) -> Result<(), TimedOut> {
    for (number, time) in (1..).zip(steps) {
        stage.wait_for(&begin(stage, number, time), limit).await?; //@ each
    }
    Ok(())
}

/// All steps together may.
async fn together(stage: &Stage, steps: Vec<Duration>, limit: Duration) -> Result<(), TimedOut> {
    let all = async {
        for (number, time) in (1..).zip(steps) {
            begin(stage, number, time).await; //@ together
        }
    };
    stage.timeout(limit, all).await //@ scope
}

/// They may together, but whenever one is done the limit begins anew.
async fn moved(stage: &Stage, steps: Vec<Duration>, limit: Duration) -> Result<(), TimedOut> {
    let all = async |scope: TimeoutScope| {
        for (number, time) in (1..).zip(steps) {
            begin(stage, number, time).await; //@ moved
            scope.reschedule(Some(stage.now() + limit))?;
        }
        Ok::<(), Failure>(())
    };
    let left = stage.timeout_at(Some(stage.now() + limit), all).await; //@ moved-scope
    left.map(|_| ())
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (steps, limit) = (values.durations("steps"), values.duration("limit"));
    let done = match values.choice("mode") {
        "each" => each(&stage, steps, limit).await,
        "together" => together(&stage, steps, limit).await,
        _ => moved(&stage, steps, limit).await,
    };
    match done {
        Ok(()) => stage.print("main: all steps are done"), //@ all
        Err(TimedOut) => stage.print("main: too late"), //@ late
    }
    Ok(())
}

demo!(Demo {
    title: "A limit for each, or for all",
    summary: "Three steps, one after the other, and a limit. `wait_for` gives it to each step anew, a `timeout` block to all of them together, unless it is moved.",
    keywords: "asyncio.wait_for asyncio.timeout reschedule deadline TimeoutError budget limit per step total",
    params: &[
        Param::mode(
            "together",
            &[
                ("each", "wait_for each"),
                ("together", "timeout around all"),
                ("moved", "timeout, moved")
            ]
        ),
        Param::durations_ms("steps", "800 ms, 500 ms, 900 ms", 0..=HOUR_MS, 100).label("times of the steps"),
        Param::duration_ms("limit", 1_000, 0..=HOUR_MS),
    ],
    goldens: "mode=each mode=moved limit=3s mode=each&limit=600ms mode=moved&limit=600ms \
        mode=each&steps=500ms,2s mode=moved&steps=500ms,2s",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn the_same_limit_is_enough_for_each_and_not_for_all() {
        let last = |mode: &str| {
            let trace = run_with("wait-for", &format!("mode={mode}"));
            let last = output::lines(&trace).last().expect("a line");
            (last.text.to_owned(), last.time_ns / 1_000_000)
        };
        assert_eq!(last("each"), ("main: all steps are done".to_owned(), 2_200));
        assert_eq!(last("together"), ("main: too late".to_owned(), 1_000));
        assert_eq!(last("moved"), ("main: all steps are done".to_owned(), 2_200));
    }
}
