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
    let (pause, failing) = (values.duration("pause"), values.ints("fails"));
    let numbers = 1..=values.int("tasks");
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

demo!(Demo {
    title: "When one of several fails",
    summary: "Several tasks, and one of them fails. What becomes of its error and of the others depends on how main waits for them.",
    keywords: "asyncio.gather return_exceptions TaskGroup ExceptionGroup except* siblings failure error handling structured concurrency",
    params: &[
        Param::mode(
            "first",
            &[
                ("first", "gather"),
                ("all", "gather, return_exceptions"),
                ("group", "task group"),
                ("nobody", "not at all"),
            ]
        )
        .label("how main waits"),
        Param::int("tasks", 3, 0..=1_000),
        Param::ints("fails", "2", 0..=1_000, 100).label("which fail (0: none)"),
        Param::duration_ms("pause", 1_000, 0..=HOUR_MS).label("time between their ends"),
        Param::duration_ms("linger", 4_000, 0..=HOUR_MS).label("main goes on for"),
    ],
    goldens: "mode=all mode=group mode=nobody linger=0s mode=group&pause=0s&tasks=4&fails=2,3 \
        mode=first&pause=0s&tasks=4&fails=2,3 mode=all&fails=1,3 mode=group&tasks=0 \
        mode=first&fails=0",
    remedies: &[
        Remedy::new(FindingKind::NeverRetrieved, "mode", "group"),
        Remedy::new(FindingKind::Lost, "mode", "group"),
    ],
});
