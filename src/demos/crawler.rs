use super::prelude::*;

/// Fetches a page, and returns its text.
async fn crawl(stage: Stage, http: Http, page: i64, source: Source) -> String {
    stage.print(format!("page {page}: asked for")); //@ asked
    let answer = match source {
        Source::Real(address) => http.get(&address).await, //@ -
        Source::Simulated(latency) => {
            http.simulated(latency).await; //@ request
            Ok(format!("the text of page {page}"))
        }
    };
    match answer {
        Ok(text) => {
            stage.print(format!("page {page}: arrived")); //@ arrived
            text
        }
        Err(failure) => {
            stage.print(format!("page {page}: {}", failure.message)); //@ -
            String::new()
        }
    }
}

enum Source {
    Simulated(Duration),
    Real(String),
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let http = stage.http("site");
    let latencies = values.durations("latencies");
    let mut tasks = Vec::new();
    for (n, page) in (1..=values.whole("pages")).enumerate() {
        let source = match values.choice("source") {
            "real" => Source::Real(values.text("address").replace("{page}", &page.to_string())),
            _ => Source::Simulated(latencies[n % latencies.len()]),
        };
        let body = crawl(stage.clone(), http.clone(), page, source);
        tasks.push(stage.spawn(format!("page {page}"), body)); //@ task
    }
    stage.print(format!("tasks made: {}", tasks.len())); //@ made

    stage.sleep(values.duration("meanwhile")).await; //@ meanwhile
    stage.print("main has done something else"); //@ something-else

    if values.switch("wait-for-all") {
        let mut characters = 0;
        for task in tasks {
            characters += task.await.chars().count(); //@ await
        }
        stage.print(format!("all pages arrived: {characters} characters")); //@ all
    } else {
        stage.print("main ends"); //@ ends
    }
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "crawler",
    title: "A crawler",
    group: Group::WorkingTogether,
    lede: "A task for each page is made first and awaited later; main does something else meanwhile. What happens when it never waits?",
    teaches: source!("crawler.md"),
    search: "create_task await later lost task fire and forget background http request fetch spider",
    params: &[
        Param {
            key: "pages",
            label: "pages",
            kind: Kind::Whole {
                default: 8,
                min: 0,
                max: 5_000,
            },
            not_in_python: false,
        },
        Param {
            key: "latencies",
            label: "time to each answer",
            kind: Kind::Durations {
                default_ms: &[900, 400, 1_300, 700],
                min_ms: 0,
                max_ms: 600_000,
                most: 50,
            },
            not_in_python: false,
        },
        Param {
            key: "meanwhile",
            label: "main does something else for",
            kind: Kind::Duration {
                default_ms: 500,
                min_ms: 0,
                max_ms: 600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "wait-for-all",
            label: "wait for all",
            kind: Kind::Switch { default: true },
            not_in_python: false,
        },
        SIMULATED_OR_REAL,
        Param {
            key: "address",
            label: "address of the real pages",
            kind: Kind::Text {
                default: "data/pages/{page}.txt",
                max_chars: 500,
            },
            not_in_python: true,
        },
    ],
    rust: source!("crawler.rs"),
    counterpart: Counterpart::Python(source!("crawler.py")),
    goldens: goldens![
        "wait-for-all=no",
        "pages=0",
        "pages=30&latencies=0s,500ms,1s&meanwhile=1s",
        "pages=3&latencies=500ms&wait-for-all=no",
        "pages=2&meanwhile=0s&wait-for-all=no",
    ],
    needs: Needs::BrowserWhen(|values| values.choice("source") == "real"),
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn the_pages_arrive_while_main_does_something_else() {
        check(
            &DEMO,
            "pages=4",
            expect![[r#"
            0.000 tasks made: 4
            0.000 page 1: asked for
            0.000 page 2: asked for
            0.000 page 3: asked for
            0.000 page 4: asked for
            0.400 page 2: arrived
            0.500 main has done something else
            0.700 page 4: arrived
            0.900 page 1: arrived
            1.300 page 3: arrived
            1.300 all pages arrived: 72 characters
            finished at 1.300
        "#]],
        );
    }

    #[test]
    fn what_main_does_not_wait_for_is_lost() {
        check(
            &DEMO,
            "pages=4&wait-for-all=no",
            expect![[r#"
            0.000 tasks made: 4
            0.000 page 1: asked for
            0.000 page 2: asked for
            0.000 page 3: asked for
            0.000 page 4: asked for
            0.400 page 2: arrived
            0.500 main has done something else
            0.500 main ends
            finished at 0.500
        "#]],
        );
    }

    #[test]
    fn real_requests_need_a_browser() {
        check(
            &DEMO,
            "pages=1&source=real",
            expect![[r#"
            0.000 tasks made: 1
            0.000 page 1: asked for
            0.000 page 1: a real request needs a browser and real time: run this with the live clock
            0.500 main has done something else
            0.500 all pages arrived: 0 characters
            finished at 0.500
        "#]],
        );
    }
}
