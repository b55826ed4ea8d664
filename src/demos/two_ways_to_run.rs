use super::prelude::*;

async fn add(stage: Stage, a: i64, b: i64) -> i64 {
    stage.print(format!("adding {a} and {b}")); //@ adding
    a + b
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (a, b) = (values.whole("a"), values.whole("b"));

    stage.print("first way: await the coroutine"); //@ first
    let coroutine = stage.coroutine("add", add(stage.clone(), a, b)); //@ sum
    stage.print(format!("the sum is {}", coroutine.await)); //@ sum

    stage.print("second way: make a task"); //@ second
    let task = stage.spawn("add", add(stage.clone(), a, b)); //@ task
    stage.print("the task is made, and main goes on"); //@ made
    stage.print(format!("the sum is {}", task.await)); //@ task-sum
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "two-ways-to-run",
    title: "Two ways to run a coroutine",
    group: Group::TheParts,
    lede: "A coroutine runs when somebody awaits it, or when it is made a task, which the loop then runs. The sum is the same.",
    teaches: source!("two_ways_to_run.md"),
    search: "create_task ensure_future run_until_complete asyncio.run await spawn",
    params: &[
        Param {
            key: "a",
            label: "a",
            kind: Kind::Whole {
                default: 2,
                min: -1_000_000_000,
                max: 1_000_000_000,
            },
            not_in_python: false,
        },
        Param {
            key: "b",
            label: "b",
            kind: Kind::Whole {
                default: 10,
                min: -1_000_000_000,
                max: 1_000_000_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("two_ways_to_run.rs"),
    counterpart: Counterpart::Python(source!("two_ways_to_run.py")),
    goldens: goldens!["a=0&b=0", "a=-1000000000&b=-1000000000"],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;
    use crate::trace::EventKind;

    #[test]
    fn the_sum_is_the_same_and_the_task_runs_later() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 first way: await the coroutine
            0.000 adding 2 and 10
            0.000 the sum is 12
            0.000 second way: make a task
            0.000 the task is made, and main goes on
            0.000 adding 2 and 10
            0.000 the sum is 12
            finished at 0.000
        "#]],
        );
    }

    #[test]
    fn the_first_way_needs_no_further_turn_of_the_loop_and_the_second_two() {
        let trace = run_with(&DEMO, "");
        let mut turn = 0;
        let mut turns = Vec::new();
        for event in &trace.events {
            match event.kind {
                EventKind::LoopTurn => turn += 1,
                EventKind::Output { text, .. } if trace.text(text).starts_with("the sum") => {
                    turns.push(turn);
                }
                _ => {}
            }
        }
        assert_eq!(turns, [1, 3]);
    }
}
