use super::prelude::*;

/// Multiplies step by step, with a pause after each line.
async fn factorial(
    stage: Stage,
    name: &'static str,
    number: i64,
    delay: Duration,
    blocking: bool,
) -> u128 {
    let mut result: u128 = 1;
    for factor in 2..=number {
        stage.print(format!("{name}: computing factorial({factor})")); //@ computing
        if blocking {
            stage.block(delay); //@ block
        } else {
            stage.sleep(delay).await; //@ pause
        }
        result *= factor as u128;
    }
    stage.print(format!("{name}: factorial({number}) = {result}")); //@ result
    result
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let delay = values.duration("delay");
    let blocking = values.choice("mode") == "blocking";
    let a = factorial(stage.clone(), "A", values.whole("a"), delay, blocking);
    let b = factorial(stage.clone(), "B", values.whole("b"), delay, blocking);
    let results = stage
        .gather([stage.spawn("A", a), stage.spawn("B", b)]) //@ gather
        .await;
    stage.print(format!("results: {} and {}", results[0], results[1])); //@ results
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "factorial",
    title: "Two factorials",
    group: Group::WhyAsync,
    lede: "Two tasks multiply and pause. Look at the lines: with a blocking pause B cannot start before A is done; with an awaited one they take turns.",
    teaches: source!("factorial.md"),
    search: "gather order interleaving sleep await",
    params: &[
        Param {
            key: "a",
            label: "task A: factorial of",
            kind: Kind::Whole {
                default: 3,
                min: 0,
                max: 30,
            },
            not_in_python: false,
        },
        Param {
            key: "b",
            label: "task B: factorial of",
            kind: Kind::Whole {
                default: 4,
                min: 0,
                max: 30,
            },
            not_in_python: false,
        },
        Param {
            key: "delay",
            label: "pause",
            kind: Kind::Duration {
                default_ms: 1_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        BLOCKING_OR_ASYNC,
    ],
    rust: source!("factorial.rs"),
    counterpart: Counterpart::Python(source!("factorial.py")),
    goldens: goldens!["mode=blocking", "a=0&b=1", "a=30&b=7&delay=0s"],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn lines_alternate_when_the_pause_is_awaited() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 A: computing factorial(2)
            0.000 B: computing factorial(2)
            1.000 A: computing factorial(3)
            1.000 B: computing factorial(3)
            2.000 A: factorial(3) = 6
            2.000 B: computing factorial(4)
            3.000 B: factorial(4) = 24
            3.000 results: 6 and 24
            finished at 3.000
        "#]],
        );
    }

    #[test]
    fn blocking_runs_one_after_the_other() {
        check(
            &DEMO,
            "mode=blocking",
            expect![[r#"
            0.000 A: computing factorial(2)
            1.000 A: computing factorial(3)
            2.000 A: factorial(3) = 6
            2.000 B: computing factorial(2)
            3.000 B: computing factorial(3)
            4.000 B: computing factorial(4)
            5.000 B: factorial(4) = 24
            5.000 results: 6 and 24
            finished at 5.000
        "#]],
        );
    }
}
