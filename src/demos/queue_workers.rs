use super::prelude::*;

/// Takes pages from the queue until it meets the stop signal, which is no page.
async fn worker(
    stage: Stage,
    name: String,
    pages: Queue<Option<(i64, Duration)>>,
) -> Result<i64, Failure> {
    stage.print(format!("{name}: starts")); //@ starts
    let mut count = 0;
    while let Some((page, time)) = /*@ get */ pages.get().await {
        stage.print(format!("{name}: took page {page}")); //@ page
        stage.sleep(time).await; //@ work
        count += 1;
        pages.task_done()?;
    }
    stage.print(format!("{name}: finished")); //@ finished
    pages.task_done()?;
    Ok(count)
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let mut random = stage.random(values.int("seed"));
    let (shortest, longest) = (values.duration("shortest"), values.duration("longest"));
    let pages = stage.queue("pages", 0);
    for page in 1..=values.int("pages") {
        let time = random.millis(shortest, longest);
        pages.put(Some((page, time))).await; //@ put
    }

    let mut workers = Vec::new();
    for number in 1..=values.int("workers") {
        let name = format!("worker {number}");
        let body = worker(stage.clone(), name.clone(), pages.clone());
        workers.push(stage.spawn(name, body)); //@ worker
    }
    pages.join().await; //@ join

    for _ in &workers {
        pages.put(None).await; //@ signal
    }
    stage.try_gather(workers).await?; //@ gather
    Ok(())
}

demo!(Demo {
    title: "Queue and workers",
    summary: "A queue of pages and a few workers. Whoever is free takes the next page; when all are done each worker gets a stop signal.",
    keywords: "asyncio.Queue join task_done producer consumer pool sentinel",
    params: &[
        Param::int("pages", 10, 0..=5_000),
        Param::int("workers", 4, 1..=1_000),
        Param::duration_ms("shortest", 300, 0..=10 * MINUTE_MS).label("shortest page"),
        Param::duration_ms("longest", 900, 0..=10 * MINUTE_MS).label("longest page"),
        Param::int("seed", 7, 0..=1_000_000),
    ],
    goldens: "pages=0 workers=1&pages=3 pages=40&workers=7&shortest=500ms&longest=500ms",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn every_page_is_done_once_and_every_worker_stops() {
        let trace = run_with("queue-workers", "pages=100&workers=9");
        let lines: Vec<_> = output::lines(&trace)
            .map(|line| line.text.to_owned())
            .collect();
        for page in 1..=100 {
            let end = format!(": took page {page}");
            assert_eq!(lines.iter().filter(|line| line.ends_with(&end)).count(), 1);
        }
        assert_eq!(
            lines
                .iter()
                .filter(|line| line.ends_with("finished"))
                .count(),
            9
        );
    }
}
