use super::prelude::*;

/// The first task pauses for no time at all, the second for one pause, the third for two, …
async fn steps(stage: Stage, number: u32, steps: i64, pause: Duration) {
    for step in 1..=steps {
        stage.print(format!("task {number}: step {step}"));
        stage.sleep(pause * (number - 1)).await;
    }
    stage.print(format!("task {number}: done"));
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let tasks = (1..=values.int("tasks") as u32).map(|number| {
        let body = steps(
            stage.clone(),
            number,
            values.int("steps"),
            values.duration("pause"),
        );
        stage.spawn(format!("task {number}"), body)
    });
    stage.gather(tasks).await;
    stage.print("all done");
    Ok(())
}

demo!(Demo {
    title: "The event loop, turn by turn",
    summary: "Who gets the thread next? The loop has a queue of those who are ready and a heap of timers, and goes round. Step through this one.",
    keywords: "ready queue timer heap _run_once call_soon scheduler select fairness sleep(0)",
    params: &[
        Param::int("tasks", 3, 0..=1_000),
        Param::int("steps", 3, 0..=50).label("steps of each"),
        Param::duration_ms("pause", 500, 0..=HOUR_MS),
    ],
    goldens: "tasks=0 tasks=1&steps=0 tasks=12&steps=6&pause=1s tasks=9&pause=0s \
        tasks=40&pause=100ms pause=0s",
});
