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
    let values = stage.generator(|out| measurements(stage.clone(), out, count, gap)); //@ next
    let mut values = values.named("measurements");
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
    let (count, gap) = (values.int("count"), values.duration("gap"));
    stage
        .gather(/*@ gather */ [
            stage.spawn("consumer", consume(stage.clone(), count, gap)), //@ gather
            stage.spawn("other task", other(stage.clone(), count, gap)), //@ gather
        ])
        .await;
    Ok(())
}

demo!(Demo {
    title: "Values that arrive over time",
    summary: "A generator that may wait between two values, and an `async for` that waits with it. Meanwhile the loop serves somebody else.",
    keywords: "async for async def yield anext aiter stream asynchronous iterator",
    params: &[
        Param::int("count", 3, 0..=5_000).label("values"),
        Param::duration_ms("gap", 500, 0..=HOUR_MS).label("gap between values"),
    ],
    goldens: "count=0 count=1&gap=0s count=6&gap=0s count=20&gap=1s",
});
