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
        stage.print(format!("Task {name}: Compute factorial({factor})")); //@ computing
        stage.print("SLEEP"); //@ says-sleep
        if blocking {
            stage.block(delay); //@ block
        } else {
            stage.sleep(delay).await; //@ pause
        }
        result *= factor as u128;
    }
    stage.print(format!("Task {name}: factorial({number}) is {result}")); //@ result
    result
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let delay = values.duration("delay");
    let blocking = values.choice("mode") == "blocking";
    let a = factorial(stage.clone(), "A", values.int("a"), delay, blocking);
    let b = factorial(stage.clone(), "B", values.int("b"), delay, blocking);
    stage
        .gather([stage.spawn("A", a), stage.spawn("B", b)]) //@ gather
        .await;
    Ok(())
}

demo!(Demo {
    title: "Two factorials",
    summary: "Two tasks multiply and pause. Look at the lines: with a blocking pause B cannot start before A is done; with an awaited one they take turns.",
    keywords: "gather order interleaving sleep await",
    params: &[
        Param::int("a", 3, 0..=30).label("task A: factorial of"),
        Param::int("b", 4, 0..=30).label("task B: factorial of"),
        Param::duration_ms("delay", 1_000, 0..=HOUR_MS).label("pause"),
        BLOCKING_OR_ASYNC,
    ],
    goldens: "mode=blocking a=0&b=1 a=30&b=7&delay=0s",
    remedies: &[
        Remedy::new(FindingKind::LoopBlocked, "mode", "async"),
        Remedy::new(FindingKind::Starved, "mode", "async"),
    ],
});
