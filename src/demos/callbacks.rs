use super::prelude::*;

/// What is to happen with a result: the continuation.
type Then<T> = Box<dyn FnOnce(T)>;

/// Computes a power somewhere else, and calls `then` with it when it is there.
fn power(stage: &Stage, number: i64, exponent: u32, delay: Duration, then: Then<i64>) {
    stage.call_later(delay, move || then(number.pow(exponent))); //@ later
}

/// Computes the powers one after the other, and calls `then` with all of them.
fn powers(
    stage: Stage,
    numbers: Vec<i64>,
    exponent: u32,
    delay: Duration,
    mut results: Vec<i64>,
    then: Then<Vec<i64>>,
) {
    let Some(number) = numbers.get(results.len()).copied() else {
        return then(results);
    };
    let on_result = {
        let stage = stage.clone();
        move |result| {
            stage.print(format!("{number} to the power of {exponent} is {result}")); //@ result
            results.push(result);
            powers(stage, numbers, exponent, delay, results, then);
        }
    };
    power(&stage, number, exponent, delay, Box::new(on_result));
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let delay = values.duration("delay");
    let [squares, cubes] = [(2, "squares"), (3, "cubes")].map(|(exponent, name)| {
        let all = stage.future(name);
        let filled = all.clone();
        let then = Box::new(move |results| {
            let _ = filled.set(Ok(results)); //@ full
        });
        let numbers = values.wholes("numbers").to_vec();
        powers(stage.clone(), numbers, exponent, delay, Vec::new(), then);
        all
    });
    stage.print("both have begun, and neither has a result"); //@ begun
    let lists = [(&squares).await?, (&cubes).await?]; //@ await
    stage.print(format!("squares: {}", spaced(&lists[0]))); //@ squares
    stage.print(format!("cubes: {}", spaced(&lists[1]))); //@ cubes
    Ok(())
}

fn spaced(numbers: &[i64]) -> String {
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    texts.join(" ")
}

pub const DEMO: Demo = Demo {
    slug: "callbacks",
    title: "Callbacks: passing what comes next",
    group: Group::WaysToSuspend,
    lede: "Squares and cubes, from functions that return before they have a result. What is to happen with it is passed along as a function.",
    teaches: source!("callbacks.md"),
    search: "continuation passing style call_later closure callback hell promise then setTimeout",
    params: &[
        Param {
            key: "numbers",
            label: "numbers",
            kind: Kind::Wholes {
                default: &[2, 3, 5],
                min: -1_000_000,
                max: 1_000_000,
                most: 200,
            },
            not_in_python: false,
        },
        Param {
            key: "delay",
            label: "each result takes",
            kind: Kind::Duration {
                default_ms: 500,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("callbacks.rs"),
    counterpart: Counterpart::Python(source!("callbacks.py")),
    goldens: goldens![
        "numbers=0",
        "numbers=-1000000,1000000,7,7&delay=0s",
        "numbers=1,2,3,4,5,6,7,8,9,10&delay=100ms",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn squares_and_cubes_are_computed_side_by_side() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 both have begun, and neither has a result
            0.500 2 to the power of 2 is 4
            0.500 2 to the power of 3 is 8
            1.000 3 to the power of 2 is 9
            1.000 3 to the power of 3 is 27
            1.500 5 to the power of 2 is 25
            1.500 5 to the power of 3 is 125
            1.500 squares: 4 9 25
            1.500 cubes: 8 27 125
            finished at 1.500
        "#]],
        );
    }
}
