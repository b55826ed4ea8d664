use super::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// CPU work in steps. It pauses after some of them, or never.
async fn work(stage: Stage, values: Values, done: Rc<Cell<i64>>) {
    let pause_every = values.int("pause-every");
    for step in 1..=values.int("steps") {
        stage.compute(values.duration("step"));
        done.set(step);
        if pause_every > 0 && step % pause_every == 0 {
            stage.yield_now().await;
        }
    }
    stage.print(format!("work: done after {} steps", done.get()));
}

/// Notes at each tick how far the work is.
async fn ticker(stage: Stage, tick: Duration, done: Rc<Cell<i64>>, largest_gap: Rc<Cell<i64>>) {
    let mut last = 0;
    loop {
        stage.sleep(tick).await;
        let now = done.get();
        stage.print(format!("tick: the work is at step {now}"));
        largest_gap.set(largest_gap.get().max(now - last));
        last = now;
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (done, largest_gap) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let tick = values.duration("tick");
    let ticking = ticker(stage.clone(), tick, done.clone(), largest_gap.clone());
    let ticker = stage.spawn("ticker", ticking);
    stage
        .spawn("work", work(stage.clone(), values, done.clone()))
        .await;
    ticker.cancel();
    match largest_gap.get() {
        0 => stage.print("the ticker never ran during the work"),
        steps => stage.print(format!("largest gap between two ticks: {steps} steps")),
    }
    Ok(())
}

demo!(Demo {
    title: "Starvation",
    summary: "One task computes for a long time, another wants to tick every 100 ms. Without a pause in the computing the ticker does not run at all.",
    keywords: "cpu bound long computation block event loop sleep(0) yield cooperative fairness hog",
    params: &[
        Param::int("steps", 40, 0..=5_000).label("steps of work"),
        Param::duration_ms("step", 30, 0..=MINUTE_MS).label("time of a step"),
        Param::int("pause-every", 0, 0..=5_000).label("pause every (0: never)"),
        Param::duration_ms("tick", 100, 1..=HOUR_MS).label("time between ticks"),
    ],
    goldens: "pause-every=1 pause-every=10 steps=10&step=100ms&pause-every=1 \
        steps=0&pause-every=1 step=0s&pause-every=3",
    remedies: &[
        Remedy::new(FindingKind::LoopBlocked, "pause-every", "1"),
        Remedy::new(FindingKind::Starved, "pause-every", "1"),
    ],
});
