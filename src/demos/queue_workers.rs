use super::prelude::*;

/// Takes pages from the queue until it meets the stop signal, which is no page.
async fn worker(
    stage: Stage,
    name: String,
    pages: Queue<Option<(i64, Duration)>>,
) -> Result<i64, Failure> {
    let mut count = 0;
    while let Some((page, time)) = /*@ get */ pages.get().await {
        stage.sleep(time).await; //@ work
        stage.print(format!("{name}: page {page}")); //@ page
        count += 1;
        pages.task_done()?;
    }
    stage.print(format!("{name}: stops after {count}")); //@ stops
    pages.task_done()?;
    Ok(count)
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let mut random = stage.random(values.whole("seed"));
    let (shortest, longest) = (values.duration("shortest"), values.duration("longest"));
    let pages = stage.queue("pages", 0);
    for page in 1..=values.whole("pages") {
        let time = random.millis(shortest, longest);
        pages.put(Some((page, time))).await; //@ put
    }

    let mut workers = Vec::new();
    for number in 1..=values.whole("workers") {
        let name = format!("worker {number}");
        let body = worker(stage.clone(), name.clone(), pages.clone());
        workers.push(stage.spawn(name, body)); //@ worker
    }
    pages.join().await; //@ join
    stage.print("all pages are done"); //@ all

    for _ in &workers {
        pages.put(None).await; //@ signal
    }
    let counts = stage.try_gather(workers).await?; //@ gather
    stage.print(format!("pages in all: {}", counts.iter().sum::<i64>())); //@ sum
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "queue-workers",
    title: "Queue and workers",
    group: Group::WorkingTogether,
    lede: "A queue of pages and a few workers. Whoever is free takes the next page; when all are done each worker gets a stop signal.",
    teaches: source!("queue_workers.md"),
    search: "asyncio.Queue join task_done producer consumer pool sentinel",
    params: &[
        Param {
            key: "pages",
            label: "pages",
            kind: Kind::Whole {
                default: 10,
                min: 0,
                max: 5_000,
            },
            not_in_python: false,
        },
        Param {
            key: "workers",
            label: "workers",
            kind: Kind::Whole {
                default: 4,
                min: 1,
                max: 1_000,
            },
            not_in_python: false,
        },
        Param {
            key: "shortest",
            label: "shortest page",
            kind: Kind::Duration {
                default_ms: 300,
                min_ms: 0,
                max_ms: 600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "longest",
            label: "longest page",
            kind: Kind::Duration {
                default_ms: 900,
                min_ms: 0,
                max_ms: 600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "seed",
            label: "seed",
            kind: Kind::Whole {
                default: 7,
                min: 0,
                max: 1_000_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("queue_workers.rs"),
    counterpart: Counterpart::Python(source!("queue_workers.py")),
    goldens: goldens![
        "pages=0",
        "workers=1&pages=3",
        "pages=40&workers=7&shortest=500ms&longest=500ms",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn every_page_is_done_once_and_every_worker_stops() {
        let trace = run_with(&DEMO, "pages=100&workers=9");
        let lines: Vec<_> = output::lines(&trace)
            .map(|line| line.text.to_owned())
            .collect();
        for page in 1..=100 {
            let end = format!(": page {page}");
            assert_eq!(lines.iter().filter(|line| line.ends_with(&end)).count(), 1);
        }
        assert_eq!(
            lines
                .iter()
                .filter(|line| line.contains("stops after"))
                .count(),
            9
        );
    }
}
