use super::prelude::*;

/// Task `number` needs `number` times the pause, and for its clean-up, which may fail, `number`
/// times as long as the first.
async fn job(stage: Stage, number: i64, values: Values) -> Result<(), Failure> {
    let work = stage.sleep(values.duration("pause") * number as u32); //@ work
    let fails = |key| values.ints(key).contains(&number);
    if stage.catch_cancel(work).await.is_err() {
        let clean_up = values.duration("clean-up") * number as u32;
        stage.sleep(clean_up).await; //@ clean-up
        if fails("clean-up-fails") {
            stage.print(format!("task {number}: cancelled, cannot clean up")); //@ cannot
            return Err(Failure::new("OSError", format!("of task {number}"))); //@ os-error
        }
        stage.print(format!("task {number}: cancelled, has cleaned up")); //@ cancelled
        stage.raise_cancelled().await; //@ raise
    }
    if fails("fails") {
        stage.print(format!("task {number}: fails")); //@ fails
        return Err(Failure::new("ValueError", format!("of task {number}"))); //@ value-error
    }
    stage.print(format!("task {number}: done")); //@ done
    Ok(())
}

async fn work(stage: Stage, values: Values) -> Result<(), Failure> {
    let body = |number| job(stage.clone(), number, values.clone());
    let made = stage.task_group(/*@ group */ |group| {
        for number in 1..=values.int("tasks") {
            let _ = group.spawn(format!("task {number}"), body(number)); //@ task
        }
        async { Ok(()) }
    });
    made.await?;
    stage.print("main: all went well"); //@ well
    Ok(())
}

/// Handles the errors of that kind, and returns the others.
fn handle(stage: &Stage, group: Failure, kind: &str) -> Result<(), Failure> {
    let (matching, rest) = group.split(&|error| error.kind == kind);
    for error in matching.map_or(Vec::new(), |group| group.group) {
        stage.print(format!("main: handles {error}")); //@ handles
    }
    rest.map_or(Ok(()), Err)
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let result = work(stage.clone(), values.clone()).await;
    let kinds: &[&str] = match values.choice("mode") {
        "each" => &["ValueError", "OSError"],
        "one" => &["ValueError"],
        // What comes out of a group is a group, and never an error of its own kind.
        _ => &[],
    };
    let handled = kinds.iter().fold(result, |result, kind| {
        result.or_else(|group| handle(&stage, group, kind))
    });
    handled?;
    stage.print("main: goes on"); //@ goes-on
    Ok(())
}

demo!(Demo {
    title: "Several errors at once",
    summary: "A task of a group fails, the others are cancelled, and one of those fails in its clean-up. All errors leave the group together, as one that `except ValueError` does not catch.",
    keywords: "asyncio.TaskGroup ExceptionGroup except* exception group unhandled errors sub-exceptions siblings cancelled structured concurrency",
    params: &[
        Param::mode(
            "each",
            &[
                ("plain", "except ValueError"),
                ("each", "except* of each kind"),
                ("one", "except* ValueError alone"),
            ]
        )
        .label("main has"),
        Param::int("tasks", 4, 0..=1_000),
        Param::ints("fails", "2", 0..=1_000, 100).label("which fail (0: none)"),
        Param::ints("clean-up-fails", "4", 0..=1_000, 100)
            .label("whose clean-up fails (0: nobody's)"),
        Param::duration_ms("pause", 700, 0..=HOUR_MS).label("time between their ends"),
        Param::duration_ms("clean-up", 150, 0..=HOUR_MS).label("time between ends of clean-ups"),
    ],
    goldens: "mode=plain mode=one mode=plain&fails=0 fails=1&clean-up-fails=2,3,4 \
        pause=0s&fails=2,3 pause=0s&fails=1,3&clean-up=0s mode=one&clean-up-fails=0 tasks=0 \
        mode=plain&tasks=1&fails=1",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn what_nobody_handles_leaves_the_program_as_a_group() {
        check(
            "task-group-errors",
            "mode=one",
            expect![[r#"
                0.700 task 1: done
                1.400 task 2: fails
                1.850 task 3: cancelled, has cleaned up
                2.000 task 4: cancelled, cannot clean up
                2.000 main: handles ValueError: of task 2
                Failed at 2.000: ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
            "#]],
        );
        check(
            "task-group-errors",
            "mode=plain&tasks=2",
            expect![[r#"
            0.700 task 1: done
            1.400 task 2: fails
            Failed at 1.400: ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
        "#]],
        );
    }
}
