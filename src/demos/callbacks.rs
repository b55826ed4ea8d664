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
    says: bool,
    mut results: Vec<i64>,
    then: Then<Vec<i64>>,
) {
    let Some(number) = numbers.get(results.len()).copied() else {
        return then(results);
    };
    let on_result = {
        let stage = stage.clone();
        move |result| {
            if says {
                stage.print(format!("{number} to the power of {exponent} is {result}")); //@ result
            }
            results.push(result);
            powers(stage, numbers, exponent, delay, says, results, then);
        }
    };
    power(&stage, number, exponent, delay, Box::new(on_result));
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (delay, says) = (values.duration("delay"), values.switch("say-each"));
    let [squares, cubes] = [(2, "squares"), (3, "cubes")].map(|(exponent, name)| {
        let all = stage.future(name);
        let filled = all.clone();
        let then = Box::new(move |results| {
            let _ = filled.set(Ok(results)); //@ full
        });
        let numbers = values.ints("numbers");
        powers(stage.clone(), numbers, exponent, delay, says, Vec::new(), then);
        all
    });
    if says {
        stage.print("both have begun, and neither has a result"); //@ begun
    }
    let lists = [(&squares).await?, (&cubes).await?]; //@ await
    for list in lists {
        stage.print(list_text(&list)); //@ list
    }
    Ok(())
}

fn list_text(numbers: &[i64]) -> String {
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    format!("[{}]", texts.join(", "))
}

demo!(Demo {
    title: "Callbacks: passing what comes next",
    summary: "Squares and cubes, from functions that return before they have a result. What is to happen with it is passed along as a function.",
    keywords: "continuation passing style call_later closure callback hell promise then setTimeout",
    params: &[
        Param::ints("numbers", "2, 3, 5", -1_000_000..=1_000_000, 200),
        Param::duration_ms("delay", 500, 0..=HOUR_MS).label("each result takes"),
        Param::switch("say-each", false).label("print each result"),
    ],
    goldens: "say-each=yes numbers=0&say-each=yes numbers=-1000000,1000000,7,7&delay=0s \
        numbers=1,2,3,4,5,6,7,8,9,10&delay=100ms",
});
