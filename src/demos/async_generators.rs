use super::prelude::*;
use crate::stage::generator::Yielder;

/// Waits for each value, then hands it out.
async fn measurements(stage: Stage, out: Yielder<i64>, count: i64, gap: Duration) {
    for number in 1..=count {
        stage.sleep(gap).await; //@ wait
        out.give(number * number).await; //@ yield
    }
}

async fn consume(stage: Stage, count: i64, gap: Duration) {
    let mut values = stage.generator(|out| measurements(stage.clone(), out, count, gap));
    while let Some(value) = /*@ next */ values.next().await {
        stage.print(format!("consumer: {value}")); //@ value
    }
    stage.print("consumer: no more values"); //@ no-more
}

async fn other(stage: Stage, count: i64, gap: Duration) {
    stage.sleep(gap / 2).await; //@ before
    for number in 1..=count {
        stage.print(format!("other task: {number}")); //@ other
        stage.sleep(gap).await; //@ gap
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (count, gap) = (values.whole("count"), values.duration("gap"));
    stage
        .gather(/*@ gather */ [
            stage.spawn("consumer", consume(stage.clone(), count, gap)), //@ gather
            stage.spawn("other task", other(stage.clone(), count, gap)), //@ gather
        ])
        .await;
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "async-generators",
    title: "Values that arrive over time",
    group: Group::WaysToSuspend,
    lede: "A generator that may wait between two values, and an `async for` that waits with it. Meanwhile the loop serves somebody else.",
    teaches: source!("async_generators.md"),
    search: "async for async def yield anext aiter stream asynchronous iterator",
    params: &[
        Param {
            key: "count",
            label: "values",
            kind: Kind::Whole {
                default: 3,
                min: 0,
                max: 5_000,
            },
            not_in_python: false,
        },
        Param {
            key: "gap",
            label: "gap between values",
            kind: Kind::Duration {
                default_ms: 500,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("async_generators.rs"),
    counterpart: Counterpart::Python(source!("async_generators.py")),
    goldens: goldens![
        "count=0",
        "count=1&gap=0s",
        "count=6&gap=0s",
        "count=20&gap=1s",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn the_other_task_runs_between_two_values() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.250 other task: 1
            0.500 consumer: 1
            0.750 other task: 2
            1.000 consumer: 4
            1.250 other task: 3
            1.500 consumer: 9
            1.500 consumer: no more values
            finished at 1.750
        "#]],
        );
    }
}
