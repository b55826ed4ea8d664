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
    let numbers = stage.generator(|out| fibonacci(stage.clone(), out)); //@ made
    let mut numbers = numbers.named("fibonacci");
    stage.print("main: has a generator"); //@ has
    for pull in 1..=values.int("values") {
        stage.print(format!("main: pull {pull}")); //@ pull
        if let Some(number) = numbers.next_now(/*@ got */) {
            stage.print(format!("main: got {number}")); //@ got
        }
    }
    stage.print("main: stops pulling"); //@ stops
    Ok(())
}

demo!(Demo {
    title: "Generators: suspend with yield",
    summary: "A function that stops in the middle, hands out a value, and goes on from there when it is asked for the next: the oldest way to suspend in Python, and what coroutines were made from.",
    keywords: "yield next iterator lazy send coroutine fibonacci infinite gen",
    params: &[
        // The 187th number no longer fits into 128 bits, nor would anybody read it.
        Param::int("values", 5, 0..=180).label("values to pull"),
    ],
    goldens: "values=0 values=1 values=180 values=3",
});
