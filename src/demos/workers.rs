use super::prelude::*;

/// The loop's own thread does all the work, and nothing else meanwhile.
fn one_thread(stage: &Stage, pieces: i64, work: Job) {
    for piece in 1..=pieces {
        let primes = stage.run_here(work);
        stage.print(format!("one thread: piece {piece} has {primes} primes"));
    }
}

/// Each piece goes to a worker, as soon as one is free.
async fn workers(stage: &Stage, threads: Threads, pieces: i64, work: Job) {
    let mut tasks = Vec::new();
    for piece in 1..=pieces {
        let (name, threads) = (format!("piece {piece}"), threads.clone());
        tasks.push(stage.spawn(name.clone(), async move { threads.run(&name, work).await }));
    }
    for (piece, counted) in (1..).zip(stage.gather(tasks).await) {
        match counted {
            Ok(primes) => stage.print(format!("workers: piece {piece} has {primes} primes")),
            Err(failure) => stage.print(format!("workers: piece {piece}: {}", failure.message)),
        }
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let pieces = values.int("pieces");
    let work = Job::Primes(0, values.int("size") as u32);

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
    threads.start().await?;
    let begin = stage.now();
    workers(&stage, threads, pieces, work).await;
    let together = stage.now() - begin;

    let (alone, together) = (time_text(alone), time_text(together));
    stage.note(format!(
        "on one thread: {alone}, on {most} workers: {together}"
    ));
    Ok(())
}

demo!(Demo {
    title: "One thread or several",
    summary: "The same CPU work on the loop's own thread and on several Web Workers, which are threads of their own.",
    keywords: "Worker postMessage parallel parallelism cpu bound cores hardwareConcurrency threads pool primes",
    params: &[
        Param::int("pieces", 4, 1..=64),
        Param::int("size", 1_000_000, 0..=5_000_000).label("each counts the primes below"),
    ],
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn four_workers_take_a_quarter_of_the_time() {
        check(
            "workers",
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
