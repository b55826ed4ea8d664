use super::prelude::*;

fn say(stage: &Stage, says: bool, step: &str) {
    if says {
        stage.print(step); //@ say
    }
}

async fn add(stage: Stage, says: bool, a: i64, b: i64) -> i64 {
    say(&stage, says, &format!("adding {a} and {b}")); //@ adding
    a + b
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (a, b) = (values.int("a"), values.int("b"));
    let says = values.switch("say-steps");

    say(&stage, says, "first way: await the coroutine"); //@ first
    let coroutine = stage.coroutine("add", add(stage.clone(), says, a, b)); //@ sum
    stage.print(coroutine.await.to_string()); //@ sum

    say(&stage, says, "second way: make a task of a loop"); //@ second
    let task = stage.spawn("add", add(stage.clone(), says, a, b)); //@ task
    say(&stage, says, "the task is made, and nothing has run"); //@ made
    stage.wait_all(std::slice::from_ref(&task)).await; //@ complete
    stage.print(task.result().unwrap_or_default().to_string()); //@ result
    Ok(())
}

demo!(Demo {
    title: "Two ways to run a coroutine",
    summary: "A coroutine runs when somebody awaits it, or when it is made a task, which the loop then runs. The sum is the same. Python has a second loop for the second way, here main waits.",
    keywords: "create_task ensure_future run_until_complete asyncio.run await spawn",
    params: &[
        Param::int("a", 2, -1_000_000_000..=1_000_000_000),
        Param::int("b", 10, -1_000_000_000..=1_000_000_000),
        Param::switch("say-steps", false).label("print each step"),
    ],
    goldens: "say-steps=yes a=0&b=0&say-steps=yes a=-1000000000&b=-1000000000",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;
    use crate::trace::EventKind;

    #[test]
    fn the_first_way_needs_no_further_turn_of_the_loop_and_the_second_three() {
        let trace = run_with("two-ways-to-run", "");
        let mut turn = 0;
        let mut turns = Vec::new();
        for event in &trace.events {
            match event.kind {
                EventKind::LoopTurn => turn += 1,
                EventKind::Output { text, .. } if trace.text(text) == "12" => {
                    turns.push(turn);
                }
                _ => {}
            }
        }
        assert_eq!(turns, [1, 4]);
    }
}
