use super::prelude::*;

/// The loop's own thread does all the work, and nothing else meanwhile.
fn one_thread(stage: &Stage, pieces: i64, work: Job) {
    for piece in 1..=pieces {
        let primes = stage.run_here(work); //@ here
        stage.print(format!("one thread: piece {piece} has {primes} primes")); //@ here
    }
}

/// Each piece goes to a worker, as soon as one is free.
async fn workers(stage: &Stage, threads: Threads, pieces: i64, work: Job) {
    let mut tasks = Vec::new();
    for piece in 1..=pieces {
        let (name, threads) = (format!("piece {piece}"), threads.clone());
        tasks.push(stage.spawn(name.clone(), async move { threads.run(&name, work).await })); //@ piece
    }
    for (piece, counted) in /*@ gather */ (1..).zip(stage.gather(tasks).await) {
        match counted {
            Ok(primes) => stage.print(format!("workers: piece {piece} has {primes} primes")), //@ primes
            Err(failure) => stage.print(format!("workers: piece {piece}: {}", failure.message)), //@ -
        }
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let pieces = values.whole("pieces");
    let work = Job::Primes(0, values.whole("size") as u32);

    let begin = stage.now();
    one_thread(&stage, pieces, work);
    let alone = stage.now() - begin;

    // More threads than cores would only take turns.
    let mut most = pieces;
    if let Some(cores) = stage.cores() {
        most = pieces.min(cores as i64);
        stage.note(format!(
            "cores that the browser offers: {cores}, workers: {most}"
        ));
    }
    let threads = stage.threads(most as usize);
    threads.start().await?; //@ start
    let begin = stage.now();
    workers(&stage, threads, pieces, work).await;
    let together = stage.now() - begin;

    let (alone, together) = (time_text(alone), time_text(together));
    stage.note(format!(
        "on one thread: {alone}, on {most} workers: {together}"
    ));
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "workers",
    title: "One thread or several",
    group: Group::TheBrowsersLoop,
    lede: "The same CPU work on the loop's own thread and on several Web Workers, which are threads of their own.",
    teaches: source!("workers.md"),
    search: "Worker postMessage parallel parallelism cpu bound cores hardwareConcurrency threads pool primes",
    params: &[
        Param {
            key: "pieces",
            label: "pieces",
            kind: Kind::Whole {
                default: 4,
                min: 1,
                max: 64,
            },
            not_in_python: false,
        },
        Param {
            key: "size",
            label: "each counts the primes below",
            kind: Kind::Whole {
                default: 1_000_000,
                min: 0,
                max: 5_000_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("workers.rs"),
    counterpart: Counterpart::JavaScript(source!("workers.js")),
    goldens: goldens![],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn four_workers_take_a_quarter_of_the_time() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.200 one thread: piece 1 has 78498 primes
            0.400 one thread: piece 2 has 78498 primes
            0.600 one thread: piece 3 has 78498 primes
            0.800 one thread: piece 4 has 78498 primes
            1.000 workers: piece 1 has 78498 primes
            1.000 workers: piece 2 has 78498 primes
            1.000 workers: piece 3 has 78498 primes
            1.000 workers: piece 4 has 78498 primes
            1.000 note: on one thread: 0.80 s, on 4 workers: 0.20 s
            finished at 1.000
        "#]],
        );
    }
}
