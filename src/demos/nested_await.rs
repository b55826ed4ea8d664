use super::prelude::*;

async fn level(stage: Stage, number: i64, depth: i64, delay: Duration) {
    if number < depth {
        stage.print(format!("level {number}: awaits level {}", number + 1)); //@ awaits
        let next = level(stage.clone(), number + 1, depth, delay);
        // The box gives a coroutine that contains itself a size.
        stage.coroutine("level", Box::pin(next)).await; //@ next
    } else {
        stage.print(format!("level {number}: awaits a timer")); //@ awaits-timer
        stage.sleep(delay).await; //@ timer
    }
    stage.print(format!("level {number}: goes on")); //@ goes-on
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let first = level(
        stage.clone(),
        1,
        values.whole("depth"),
        values.duration("delay"),
    );
    stage.coroutine("level", first).await; //@ first
    stage.print("main: goes on"); //@ end
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "nested-await",
    title: "A coroutine awaits a coroutine",
    group: Group::TheParts,
    lede: "A coroutine awaits a coroutine that awaits a coroutine that sleeps. All of them are suspended, and there is one task.",
    teaches: source!("nested_await.md"),
    search: "await chain call stack frame depth yield from recursion async fn Box::pin",
    params: &[
        Param {
            key: "depth",
            label: "depth",
            kind: Kind::Whole {
                default: 3,
                min: 1,
                max: 200,
            },
            not_in_python: false,
        },
        Param {
            key: "delay",
            label: "the innermost sleeps",
            kind: Kind::Duration {
                default_ms: 1_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("nested_await.rs"),
    counterpart: Counterpart::Python(source!("nested_await.py")),
    goldens: goldens!["depth=1", "depth=1&delay=0s", "depth=200"],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;
    use crate::trace::EventKind;

    #[test]
    fn the_innermost_goes_on_first_and_all_in_one_turn() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 level 1: awaits level 2
            0.000 level 2: awaits level 3
            0.000 level 3: awaits a timer
            1.000 level 3: goes on
            1.000 level 2: goes on
            1.000 level 1: goes on
            1.000 main: goes on
            finished at 1.000
        "#]],
        );
    }

    #[test]
    fn there_is_one_task_however_deep() {
        let trace = run_with(&DEMO, "depth=7");
        assert_eq!(trace.tasks.len(), 1);
        let (mut depth, mut deepest) = (0, 0);
        for event in &trace.events {
            match event.kind {
                EventKind::FrameEnter { .. } => depth += 1,
                EventKind::FrameExit { .. } => depth -= 1,
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        assert_eq!((depth, deepest), (0, 7));
    }
}
