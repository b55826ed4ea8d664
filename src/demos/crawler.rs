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
    for (n, page) in (1..=values.int("pages")).enumerate() {
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

demo!(Demo {
    title: "A crawler",
    summary: "A task for each page is made first and awaited later; main does something else meanwhile. What happens when it never waits?",
    keywords: "create_task await later lost task fire and forget background http request fetch spider",
    params: &[
        Param::int("pages", 8, 0..=5_000),
        Param::durations_ms(
            "latencies",
            "900 ms, 400 ms, 1.3 s, 700 ms",
            0..=10 * MINUTE_MS,
            50
        )
        .label("time to each answer"),
        Param::duration_ms("meanwhile", 0, 0..=10 * MINUTE_MS)
            .label("main does something else for"),
        Param::switch("wait-for-all", true).label("wait for all"),
        SIMULATED_OR_REAL,
        Param::text("address", "data/pages/{page}.txt", 500)
            .label("address of the real pages")
            .page_only(),
    ],
    goldens: "wait-for-all=no pages=0 pages=30&latencies=0s,500ms,1s&meanwhile=1s \
        meanwhile=500ms pages=3&latencies=500ms&meanwhile=500ms&wait-for-all=no pages=2&wait-for-all=no pages=4 \
        pages=4&wait-for-all=no",
    needs: Needs::BrowserWhen(|values| values.choice("source") == "real"),
    remedies: &[Remedy::new(FindingKind::Lost, "wait-for-all", "yes")],
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn real_requests_need_a_browser() {
        check(
            "crawler",
            "pages=1&source=real",
            expect![[r#"
            0.000 tasks made: 1
            0.000 page 1: asked for
            0.000 page 1: a real request needs a browser and real time: run this with the live clock
            0.000 main has done something else
            0.000 all pages arrived: 0 characters
            finished at 0.000
        "#]],
        );
    }
}
