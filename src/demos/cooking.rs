use super::prelude::*;

/// The grill needs nobody while it grills: the cook waits, and could do something else.
async fn grill(stage: Stage, time: Duration) {
    stage.print("steak: on the grill"); //@ on
    stage.sleep(time).await; //@ grill
    stage.print("steak: off the grill"); //@ off
}

/// Chopping needs hands: the cook can do nothing else, except between two steps.
async fn sauce(stage: Stage, steps: i64, chop: Duration) {
    for step in 1..=steps {
        stage.block(chop); //@ chop
        stage.print(format!("sauce: step {step} of {steps}")); //@ step
        stage.yield_now().await; //@ yield
    }
}

/// A cook with hands of their own, which are another thread, does every so many-th step.
async fn cook(stage: Stage, threads: Threads, number: i64, kitchen: Kitchen) {
    let Kitchen { cooks, steps, chop } = kitchen;
    for step in (number..=steps).step_by(cooks as usize) {
        let chopped = threads.run(&format!("step {step}"), Job::Chop(chop)).await; //@ cook
        match chopped {
            Ok(_) => stage.print(format!("cook {number}: step {step} of {steps}")), //@ cook-step
            Err(failure) => stage.print(format!("cook {number}: {}", failure.message)), //@ -
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
        stage.print("one cook has only two hands: a second one helps"); //@ hands
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
    let mut tasks = vec![stage.spawn("grill", grill(stage.clone(), time))]; //@ gather-cooks
    for number in 1..=kitchen.cooks {
        let body = cook(stage.clone(), threads.clone(), number, kitchen);
        tasks.push(stage.spawn(format!("cook {number}"), body)); //@ gather-cooks
    }
    stage.gather(tasks).await; //@ gather-cooks
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (steps, chop) = (values.whole("steps"), values.duration("chop"));
    let cooks = values.whole("cooks");
    let grill_time = values.duration("grill");
    match values.choice("mode") {
        "sequential" => {
            grill(stage.clone(), grill_time).await; //@ first-grill
            sauce(stage.clone(), steps, chop).await; //@ then-sauce
        }
        "concurrent" => {
            let grill = stage.spawn("grill", grill(stage.clone(), grill_time)); //@ gather
            let sauce = stage.spawn("sauce", sauce(stage.clone(), steps, chop)); //@ gather
            stage.gather([grill, sauce]).await; //@ gather
        }
        _ => {
            let kitchen = Kitchen { cooks, steps, chop };
            parallel(stage.clone(), grill_time, kitchen).await; //@ parallel
        }
    }
    stage.print("the meal is ready"); //@ ready
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "cooking",
    title: "One cook or two",
    group: Group::WhyAsync,
    lede: "A steak on the grill needs no attention, chopping for the sauce does. One cook can do both concurrently; two cooks work in parallel.",
    teaches: source!("cooking.md"),
    search: "concurrency parallelism threads workers cores to_thread multiprocessing",
    params: &[
        Param {
            key: "mode",
            label: "kitchen",
            kind: Kind::Choice {
                default: "concurrent",
                options: &[
                    ("sequential", "sequential"),
                    ("concurrent", "concurrent"),
                    ("parallel", "parallel"),
                ],
            },
            not_in_python: false,
        },
        Param {
            key: "cooks",
            label: "cooks, when parallel",
            kind: Kind::Whole {
                default: 1,
                min: 1,
                max: 8,
            },
            not_in_python: false,
        },
        Param {
            key: "grill",
            label: "time on the grill",
            kind: Kind::Duration {
                default_ms: 2_000,
                min_ms: 0,
                max_ms: 600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "steps",
            label: "steps of the sauce",
            kind: Kind::Whole {
                default: 6,
                min: 0,
                max: 200,
            },
            not_in_python: false,
        },
        Param {
            key: "chop",
            label: "chopping in each step",
            kind: Kind::Duration {
                default_ms: 500,
                min_ms: 0,
                max_ms: 60_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("cooking.rs"),
    counterpart: Counterpart::Python(source!("cooking.py")),
    goldens: goldens![
        "mode=sequential",
        "mode=parallel",
        "mode=parallel&cooks=5&steps=12&grill=1s",
        "mode=parallel&cooks=8&steps=3&chop=0s&grill=0s",
        "steps=0",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn one_after_the_other_takes_the_sum() {
        check(
            &DEMO,
            "mode=sequential",
            expect![[r#"
                0.000 steak: on the grill
                2.000 steak: off the grill
                2.500 sauce: step 1 of 6
                3.000 sauce: step 2 of 6
                3.500 sauce: step 3 of 6
                4.000 sauce: step 4 of 6
                4.500 sauce: step 5 of 6
                5.000 sauce: step 6 of 6
                5.000 the meal is ready
                finished at 5.000
            "#]],
        );
    }

    #[test]
    fn one_cook_uses_the_waiting() {
        check(
            &DEMO,
            "",
            expect![[r#"
                0.000 steak: on the grill
                0.500 sauce: step 1 of 6
                1.000 sauce: step 2 of 6
                1.500 sauce: step 3 of 6
                2.000 sauce: step 4 of 6
                2.500 sauce: step 5 of 6
                3.000 sauce: step 6 of 6
                3.000 steak: off the grill
                3.000 the meal is ready
                finished at 3.000
            "#]],
        );
    }

    #[test]
    fn two_cooks_chop_at_the_same_time() {
        check(
            &DEMO,
            "mode=parallel",
            expect![[r#"
                0.000 one cook has only two hands: a second one helps
                0.000 steak: on the grill
                0.500 cook 1: step 1 of 6
                0.500 cook 2: step 2 of 6
                1.000 cook 1: step 3 of 6
                1.000 cook 2: step 4 of 6
                1.500 cook 1: step 5 of 6
                1.500 cook 2: step 6 of 6
                2.000 steak: off the grill
                2.000 the meal is ready
                finished at 2.000
            "#]],
        );
    }
}
