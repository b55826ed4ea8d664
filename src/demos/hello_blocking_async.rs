use super::prelude::*;

/// Greets after a pause that lets the others run.
async fn greet(stage: Stage, number: i64, delay: Duration) {
    stage.sleep(delay).await; //@ pause
    stage.print(format!("task {number}: hello")); //@ hello
}

/// Greets after a pause that nobody else can use.
async fn greet_blocking(stage: Stage, number: i64, delay: Duration) {
    stage.block(delay); //@ block
    stage.print(format!("task {number}: hello")); //@ hello-late
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let delay = values.duration("delay");
    let blocking = values.choice("mode") == "blocking";
    let mut tasks = Vec::new();
    for number in 1..=values.whole("tasks") {
        let name = format!("task {number}");
        tasks.push(if blocking {
            stage.spawn(name, greet_blocking(stage.clone(), number, delay)) //@ gather
        } else {
            stage.spawn(name, greet(stage.clone(), number, delay)) //@ gather
        });
    }
    stage.gather(tasks).await; //@ gather
    stage.print("everybody has greeted"); //@ end
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "hello-blocking-async",
    title: "Hello, blocking and async",
    group: Group::WhyAsync,
    lede: "Several tasks pause, then greet. A blocking pause holds the only thread, so the pauses add up; an awaited pause lets everybody else start theirs.",
    teaches: source!("hello_blocking_async.md"),
    search: "sleep gather time.sleep asyncio.sleep synchronous concurrent",
    params: &[
        Param {
            key: "tasks",
            label: "tasks",
            kind: Kind::Whole {
                default: 3,
                min: 0,
                max: 9_999,
            },
            not_in_python: false,
        },
        Param {
            key: "delay",
            label: "pause",
            kind: Kind::Duration {
                default_ms: 2_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        BLOCKING_OR_ASYNC,
    ],
    rust: source!("hello_blocking_async.rs"),
    counterpart: Counterpart::Python(source!("hello_blocking_async.py")),
    goldens: goldens![
        "mode=blocking",
        "tasks=0",
        "tasks=50&delay=0s",
        "tasks=1&mode=blocking",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn awaited_pauses_overlap_and_blocking_ones_add_up() {
        check(
            &DEMO,
            "",
            expect![[r#"
            2.000 task 1: hello
            2.000 task 2: hello
            2.000 task 3: hello
            2.000 everybody has greeted
            finished at 2.000
        "#]],
        );
        check(
            &DEMO,
            "mode=blocking",
            expect![[r#"
            2.000 task 1: hello
            4.000 task 2: hello
            6.000 task 3: hello
            6.000 everybody has greeted
            finished at 6.000
        "#]],
        );
    }
}
