use super::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// CPU work in steps. It pauses after some of them, or never.
async fn work(stage: Stage, values: Values, done: Rc<Cell<i64>>) {
    let pause_every = values.whole("pause-every");
    for step in 1..=values.whole("steps") {
        stage.compute(values.duration("step")); //@ step
        done.set(step);
        if pause_every > 0 && step % pause_every == 0 {
            stage.yield_now().await; //@ pause
        }
    }
    stage.print(format!("work: done after {} steps", done.get())); //@ done
}

/// Notes at each tick how far the work is.
async fn ticker(stage: Stage, tick: Duration, done: Rc<Cell<i64>>, largest_gap: Rc<Cell<i64>>) {
    let mut last = 0;
    loop {
        stage.sleep(tick).await; //@ tick
        let now = done.get();
        stage.print(format!("tick: the work is at step {now}")); //@ tick-line
        largest_gap.set(largest_gap.get().max(now - last));
        last = now;
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (done, largest_gap) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let tick = values.duration("tick");
    let ticking = ticker(stage.clone(), tick, done.clone(), largest_gap.clone());
    let ticker = stage.spawn("ticker", ticking); //@ ticker
    stage
        .spawn("work", work(stage.clone(), values, done.clone())) //@ work
        .await; //@ work
    ticker.cancel(); //@ cancel
    match largest_gap.get() {
        0 => stage.print("the ticker never ran during the work"), //@ never
        steps => stage.print(format!("largest gap between two ticks: {steps} steps")), //@ largest
    }
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "starvation",
    title: "Starvation",
    group: Group::WhatGoesWrong,
    lede: "One task computes for a long time, another wants to tick every 100 ms. Without a pause in the computing the ticker does not run at all.",
    teaches: source!("starvation.md"),
    search: "cpu bound long computation block event loop sleep(0) yield cooperative fairness hog",
    params: &[
        Param {
            key: "steps",
            label: "steps of work",
            kind: Kind::Whole {
                default: 40,
                min: 0,
                max: 5_000,
            },
            not_in_python: false,
        },
        Param {
            key: "step",
            label: "time of a step",
            kind: Kind::Duration {
                default_ms: 30,
                min_ms: 0,
                max_ms: 60_000,
            },
            not_in_python: false,
        },
        Param {
            key: "pause-every",
            label: "pause every (0: never)",
            kind: Kind::Whole {
                default: 0,
                min: 0,
                max: 5_000,
            },
            not_in_python: false,
        },
        Param {
            key: "tick",
            label: "time between ticks",
            kind: Kind::Duration {
                default_ms: 100,
                min_ms: 1,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("starvation.rs"),
    counterpart: Counterpart::Python(source!("starvation.py")),
    goldens: goldens![
        "pause-every=1",
        "pause-every=10",
        "steps=10&step=100ms&pause-every=1",
        "steps=0&pause-every=1",
        "step=0s&pause-every=3",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn the_ticker_starves_without_a_pause() {
        check(
            &DEMO,
            "",
            expect![[r#"
                1.200 work: done after 40 steps
                1.200 the ticker never ran during the work
                finished at 1.200
            "#]],
        );
    }

    #[test]
    fn the_more_often_the_work_pauses_the_smaller_the_gap() {
        check(
            &DEMO,
            "pause-every=10",
            expect![[r#"
                0.900 tick: the work is at step 30
                1.200 work: done after 40 steps
                1.200 largest gap between two ticks: 30 steps
                finished at 1.200
            "#]],
        );
        check(
            &DEMO,
            "pause-every=1",
            expect![[r#"
                0.180 tick: the work is at step 6
                0.360 tick: the work is at step 12
                0.540 tick: the work is at step 18
                0.720 tick: the work is at step 24
                0.900 tick: the work is at step 30
                1.080 tick: the work is at step 36
                1.200 work: done after 40 steps
                1.200 largest gap between two ticks: 6 steps
                finished at 1.200
            "#]],
        );
    }
}
