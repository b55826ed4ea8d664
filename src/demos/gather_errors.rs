use super::prelude::*;

/// Task `number` ends after `number` times the pause, with a result or with an error.
async fn job(stage: Stage, number: i64, pause: Duration, fails: bool) -> Result<i64, Failure> {
    stage.sleep(pause * number as u32).await;
    if fails {
        stage.print(format!("task {number}: fails"));
        return Err(Failure::new("ValueError", format!("of task {number}")));
    }
    stage.print(format!("task {number}: done"));
    Ok(number)
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (pause, failing) = (values.duration("pause"), values.wholes("fails").to_vec());
    let numbers = 1..=values.whole("tasks");
    let body = |number| job(stage.clone(), number, pause, failing.contains(&number));
    let name = |number| format!("task {number}");
    let mut tasks = Vec::new();

    if values.choice("mode") == "group" {
        let result = stage.task_group(|group| {
            tasks.extend(numbers.flat_map(|number| group.spawn(name(number), body(number))));
            async { Ok(()) }
        });
        match result.await {
            Ok(()) => stage.print("main: all went well"),
            Err(errors) => stage.print(format!("main: errors in the group: {}", errors.len())),
        }
    } else {
        tasks.extend(numbers.map(|number| stage.spawn(name(number), body(number))));
    }
    match values.choice("mode") {
        "first" => match stage.try_gather(tasks.clone()).await {
            Ok(results) => stage.print(format!("main: {} results", results.len())),
            Err(error) => stage.print(format!("main: {error}")),
        },
        "all" => {
            for result in stage.gather(tasks.clone()).await {
                match result {
                    Ok(number) => stage.print(format!("main: the result {number}")),
                    Err(error) => stage.print(format!("main: {error}")),
                }
            }
        }
        _ => {}
    }

    stage.sleep(values.duration("linger")).await;
    for (number, task) in (1..).zip(&tasks) {
        let fate = match task {
            task if task.is_cancelled() => "cancelled",
            task if task.is_done() => "ended",
            _ => "still at it",
        };
        stage.print(format!("main: task {number} is {fate}"));
    }
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "gather-errors",
    title: "When one of several fails",
    group: Group::WhatGoesWrong,
    lede: "Several tasks, and one of them fails. What becomes of its error and of the others depends on how main waits for them.",
    teaches: source!("gather_errors.md"),
    search: "asyncio.gather return_exceptions TaskGroup ExceptionGroup except* siblings failure error handling structured concurrency",
    params: &[
        Param {
            key: "mode",
            label: "how main waits",
            kind: Kind::Choice {
                default: "first",
                options: &[
                    ("first", "gather"),
                    ("all", "gather, return_exceptions"),
                    ("group", "task group"),
                    ("nobody", "not at all"),
                ],
            },
            not_in_python: false,
        },
        Param {
            key: "tasks",
            label: "tasks",
            kind: Kind::Whole {
                default: 3,
                min: 0,
                max: 1_000,
            },
            not_in_python: false,
        },
        Param {
            key: "fails",
            label: "which fail (0: none)",
            kind: Kind::Wholes {
                default: &[2],
                min: 0,
                max: 1_000,
                most: 100,
            },
            not_in_python: false,
        },
        Param {
            key: "pause",
            label: "time between their ends",
            kind: Kind::Duration {
                default_ms: 1_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "linger",
            label: "main goes on for",
            kind: Kind::Duration {
                default_ms: 4_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("gather_errors.rs"),
    counterpart: Counterpart::Python(source!("gather_errors.py")),
    goldens: goldens![
        "mode=all",
        "mode=group",
        "mode=nobody",
        "linger=0s",
        "mode=group&pause=0s&tasks=4&fails=2,3",
        "mode=first&pause=0s&tasks=4&fails=2,3",
        "mode=all&fails=1,3",
        "mode=group&tasks=0",
        "mode=first&fails=0",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn after_a_gather_the_others_go_on() {
        check(
            &DEMO,
            "",
            expect![[r#"
                1.000 task 1: done
                2.000 task 2: fails
                2.000 main: ValueError: of task 2
                3.000 task 3: done
                6.000 main: task 1 is ended
                6.000 main: task 2 is ended
                6.000 main: task 3 is ended
                finished at 6.000
            "#]],
        );
        check(
            &DEMO,
            "linger=0s",
            expect![[r#"
            1.000 task 1: done
            2.000 task 2: fails
            2.000 main: ValueError: of task 2
            2.000 main: task 1 is ended
            2.000 main: task 2 is ended
            2.000 main: task 3 is still at it
            finished at 2.000
        "#]],
        );
    }

    #[test]
    fn errors_can_be_collected_like_results() {
        check(
            &DEMO,
            "mode=all",
            expect![[r#"
                1.000 task 1: done
                2.000 task 2: fails
                3.000 task 3: done
                3.000 main: the result 1
                3.000 main: ValueError: of task 2
                3.000 main: the result 3
                7.000 main: task 1 is ended
                7.000 main: task 2 is ended
                7.000 main: task 3 is ended
                finished at 7.000
            "#]],
        );
    }

    #[test]
    fn a_group_cancels_the_others() {
        check(
            &DEMO,
            "mode=group",
            expect![[r#"
                1.000 task 1: done
                2.000 task 2: fails
                2.000 main: errors in the group: 1
                6.000 main: task 1 is ended
                6.000 main: task 2 is ended
                6.000 main: task 3 is cancelled
                finished at 6.000
            "#]],
        );
    }

    #[test]
    fn without_anybody_waiting_the_error_is_not_seen() {
        check(
            &DEMO,
            "mode=nobody",
            expect![[r#"
                1.000 task 1: done
                2.000 task 2: fails
                3.000 task 3: done
                4.000 main: task 1 is ended
                4.000 main: task 2 is ended
                4.000 main: task 3 is ended
                finished at 4.000
            "#]],
        );
    }
}
