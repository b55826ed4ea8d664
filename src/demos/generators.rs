use super::prelude::*;
use crate::stage::generator::{Generator, Yielder};

/// Hands out one value after the other, and stands still in between.
async fn generate(stage: Stage, values: Vec<String>, aloud: bool, out: Yielder<String>) {
    for value in values {
        if aloud {
            stage.print(format!("generator: has {value}")); //@ has
        }
        out.give(value).await; //@ yield
    }
    if aloud {
        stage.print("generator: has no more"); //@ no-more
    }
}

fn make(stage: &Stage, values: &Values) -> Generator<String> {
    let all = values
        .texts("values")
        .into_iter()
        .map(str::to_owned)
        .collect();
    let aloud = values.switch("aloud");
    let generator = stage.generator(|out| generate(stage.clone(), all, aloud, out)); //@ -
    generator.named("generate")
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    // A loop pulls until there is no more.
    let mut generator = make(&stage, &values);
    while let Some(value) = generator.next_now(/*@ loop */) {
        stage.print(value); //@ print
    }

    // Here as many are pulled as one likes, from a new generator: the old one is at its end.
    let mut generator = make(&stage, &values);
    for _ in 0..values.int("pulls") {
        match generator.next_now(/*@ next */) {
            Some(value) => stage.print(value),    //@ next
            None => stage.print("StopIteration"), //@ stop
        }
    }
    Ok(())
}

demo!(Demo {
    title: "Generators: suspend with yield",
    summary: "A function that stops in the middle, hands out a value, and goes on from there when it is asked for the next: the oldest way to suspend in Python, and what coroutines were made from.",
    keywords: "yield next iterator lazy send coroutine for loop StopIteration gen",
    params: &[
        Param::texts("values", "something, other thing", 40, 200).label("values to yield"),
        Param::int("pulls", 2, 0..=500).label("pulls from the second generator"),
        Param::switch("aloud", false).label("the generator says what it does"),
    ],
    goldens: "aloud=yes pulls=0&aloud=yes pulls=3 pulls=5&aloud=yes values=a,b,c,d&pulls=1&aloud=yes",
});
