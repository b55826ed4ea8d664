use super::prelude::*;

async fn add(a: i64, b: i64) -> i64 {
    a + b
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (a, b) = (values.int("a"), values.int("b"));

    // The first way: somebody who runs awaits it.
    let coroutine = stage.coroutine("add", add(a, b)); //@ sum
    stage.print(coroutine.await.to_string()); //@ sum

    // The second way: it is made a task, which a loop runs.
    let task = stage.spawn("add", add(a, b)); //@ task
    (&task).await; //@ run
    if let Some(sum) = task.result() {
        stage.print(sum.to_string()); //@ task-sum
    }
    Ok(())
}

demo!(Demo {
    title: "Two ways to run a coroutine",
    summary: "A coroutine runs when somebody awaits it, or when it is made a task, which the loop then runs. The sum is the same.",
    keywords: "create_task ensure_future run_until_complete asyncio.run await spawn",
    params: &[
        Param::int("a", 2, -1_000_000_000..=1_000_000_000),
        Param::int("b", 10, -1_000_000_000..=1_000_000_000),
    ],
    goldens: "a=0&b=0 a=-1000000000&b=-1000000000",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;
    use crate::trace::EventKind;

    #[test]
    fn the_first_way_needs_no_further_turn_of_the_loop_and_the_second_two() {
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
        assert_eq!(turns, [1, 3]);
    }
}
