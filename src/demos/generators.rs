use super::prelude::*;
use crate::stage::generator::Yielder;

/// Never ends, and still the program does.
async fn fibonacci(stage: Stage, out: Yielder<u128>) {
    stage.print("generator: begins"); //@ begins
    let (mut a, mut b) = (0, 1);
    loop {
        stage.print(format!("generator: yields {a}")); //@ yields
        out.give(a).await; //@ yield
        (a, b) = (b, a + b);
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let mut numbers = stage.generator(|out| fibonacci(stage.clone(), out));
    stage.print("main: has a generator"); //@ made
    for pull in 1..=values.whole("values") {
        stage.print(format!("main: pull {pull}")); //@ pull
        if let Some(number) = numbers.next_now(/*@ got */) {
            stage.print(format!("main: got {number}")); //@ got
        }
    }
    stage.print("main: stops pulling"); //@ stops
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "generators",
    title: "Generators: suspend with yield",
    group: Group::WaysToSuspend,
    lede: "A function that stops in the middle, hands out a value, and goes on from there when it is asked for the next: the oldest way to suspend in Python, and what coroutines were made from.",
    teaches: source!("generators.md"),
    search: "yield next iterator lazy send coroutine fibonacci infinite gen",
    params: &[Param {
        key: "values",
        label: "values to pull",
        // The 187th number no longer fits into 128 bits, nor would anybody read it.
        kind: Kind::Whole {
            default: 5,
            min: 0,
            max: 180,
        },
        not_in_python: false,
    }],
    rust: source!("generators.rs"),
    counterpart: Counterpart::Python(source!("generators.py")),
    goldens: goldens!["values=0", "values=1", "values=180"],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn a_value_is_computed_when_it_is_pulled() {
        check(
            &DEMO,
            "values=3",
            expect![[r#"
            0.000 main: has a generator
            0.000 main: pull 1
            0.000 generator: begins
            0.000 generator: yields 0
            0.000 main: got 0
            0.000 main: pull 2
            0.000 generator: yields 1
            0.000 main: got 1
            0.000 main: pull 3
            0.000 generator: yields 1
            0.000 main: got 1
            0.000 main: stops pulling
            finished at 0.000
        "#]],
        );
        check(
            &DEMO,
            "values=0",
            expect![[r#"
            0.000 main: has a generator
            0.000 main: stops pulling
            finished at 0.000
        "#]],
        );
    }
}
