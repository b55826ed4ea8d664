use super::prelude::*;

/// The grill needs nobody while it grills: the cook waits, and could do something else.
async fn grill(stage: Stage, time: Duration) {
    stage.print("steak: on the grill");
    stage.sleep(time).await;
    stage.print("steak: off the grill");
}

/// Chopping needs hands: the cook can do nothing else, except between two steps.
async fn sauce(stage: Stage, steps: i64, chop: Duration) {
    for step in 1..=steps {
        stage.block(chop);
        stage.print(format!("sauce: step {step} of {steps}"));
        stage.yield_now().await;
    }
}

/// A cook with hands of their own, which are another thread, does every so many-th step.
async fn cook(stage: Stage, threads: Threads, number: i64, kitchen: Kitchen) {
    let Kitchen { cooks, steps, chop } = kitchen;
    for step in (number..=steps).step_by(cooks as usize) {
        let chopped = threads.run(&format!("step {step}"), Job::Chop(chop)).await;
        match chopped {
            Ok(_) => stage.print(format!("cook {number}: step {step} of {steps}")),
            Err(failure) => stage.print(format!("cook {number}: {}", failure.message)),
        }
    }
}

#[derive(Clone, Copy)]
struct Kitchen {
    cooks: i64,
    steps: i64,
    chop: Duration,
}

async fn parallel(stage: Stage, time: Duration, mut kitchen: Kitchen) {
    if kitchen.cooks == 1 {
        stage.print("one cook has only two hands: a second one helps");
        kitchen.cooks = 2;
    }
    let threads = stage.threads(kitchen.cooks as usize);
    if let Some(cores) = stage.cores() {
        let enough = if cores < kitchen.cooks as usize {
            "fewer than cooks, who have to share them"
        } else {
            "enough for these cooks"
        };
        stage.note(format!("cores that the browser offers: {cores}, {enough}"));
    }
    let mut tasks = vec![stage.spawn("grill", grill(stage.clone(), time))];
    for number in 1..=kitchen.cooks {
        let body = cook(stage.clone(), threads.clone(), number, kitchen);
        tasks.push(stage.spawn(format!("cook {number}"), body));
    }
    stage.gather(tasks).await;
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (steps, chop) = (values.int("steps"), values.duration("chop"));
    let cooks = values.int("cooks");
    let grill_time = values.duration("grill");
    match values.choice("mode") {
        "sequential" => {
            grill(stage.clone(), grill_time).await;
            sauce(stage.clone(), steps, chop).await;
        }
        "concurrent" => {
            let grill = stage.spawn("grill", grill(stage.clone(), grill_time));
            let sauce = stage.spawn("sauce", sauce(stage.clone(), steps, chop));
            stage.gather([grill, sauce]).await;
        }
        _ => {
            let kitchen = Kitchen { cooks, steps, chop };
            parallel(stage.clone(), grill_time, kitchen).await;
        }
    }
    stage.print("the meal is ready");
    Ok(())
}

demo!(Demo {
    title: "One cook or two",
    summary: "A steak on the grill needs no attention, chopping for the sauce does. One cook can do both concurrently; two cooks work in parallel.",
    keywords: "concurrency parallelism threads workers cores to_thread multiprocessing",
    params: &[
        Param::mode(
            "concurrent",
            &[
                ("sequential", "sequential"),
                ("concurrent", "concurrent"),
                ("parallel", "parallel"),
            ]
        )
        .label("kitchen"),
        Param::int("cooks", 1, 1..=8).label("cooks, when parallel"),
        Param::duration_ms("grill", 2_000, 0..=10 * MINUTE_MS).label("time on the grill"),
        Param::int("steps", 6, 0..=200).label("steps of the sauce"),
        Param::duration_ms("chop", 500, 0..=MINUTE_MS).label("chopping in each step"),
    ],
    goldens: "mode=sequential mode=parallel mode=parallel&cooks=5&steps=12&grill=1s \
        mode=parallel&cooks=8&steps=3&chop=0s&grill=0s steps=0",
});
