use super::prelude::*;
use crate::stage::future::Future;

/// Calls, each of which schedules the next.
#[derive(Clone)]
struct Chain {
    stage: Stage,
    browser: BrowserLoop,
    name: &'static str,
    way: TaskSource,
    depth: i64,
    end: Future<()>,
}

impl Chain {
    fn go_on(self, step: i64) {
        if step > self.depth {
            let _ = self.end.set(Ok(())); // it has one end
            return;
        }
        let asked = self.stage.now();
        let browser = self.browser.clone();
        browser.call(self.way, move || {
            let waited = time_text(self.stage.now() - asked);
            self.stage
                .print(format!("{} {step}: after {waited}", self.name));
            self.go_on(step + 1);
        });
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let browser = stage.browser_loop()?;
    for (name, way) in [
        ("setTimeout", TaskSource::Timeout(0)),
        ("MessageChannel", TaskSource::Message),
    ] {
        let begin = stage.now();
        let end = stage.future(name);
        let chain = Chain {
            stage: stage.clone(),
            browser: browser.clone(),
            name,
            way,
            depth: values.int("depth"),
            end: end.clone(),
        };
        chain.go_on(1);
        (&end).await?;
        let took = time_text(stage.now() - begin);
        stage.print(format!("{name}: all steps took {took}"));
    }
    Ok(())
}

demo!(Demo {
    title: "A timer of zero",
    summary: "A timer of 0 ms sets the next timer of 0 ms, and so on. Nested more than five deep, each takes at least 4 ms. Messages are not slowed down.",
    keywords: "setTimeout(0) nested timeout clamp 4 ms minimum delay MessageChannel postMessage throttling",
    params: &[Param::int("depth", 20, 0..=1_000),],
    needs: Needs::BrowserWhen(|_| true),
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn there_is_no_such_timer_without_a_browser() {
        check(
            "timer-clamp",
            "",
            expect![[r#"
            Failed at 0.000: RuntimeError: the browser's own loop needs a browser and real time: run this with the live clock
        "#]],
        );
    }
}
