use super::prelude::*;

/// The queue that a function of that name puts calls into.
fn way(name: &str) -> Option<TaskSource> {
    match name {
        "setTimeout" => Some(TaskSource::Timeout(0)),
        "MessageChannel" => Some(TaskSource::Message),
        "queueMicrotask" => Some(TaskSource::Microtask),
        "spawn_local" => Some(TaskSource::SpawnLocal),
        _ => None,
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let browser = stage.browser_loop()?;
    let calls = stage.queue("calls", 0);
    let mut scheduled = 0;
    for (n, name) in (1..).zip(values.texts("order")) {
        let line = format!("{n}: {name}");
        let Some(way) = way(name) else {
            stage.print(
                line + " is none of setTimeout, MessageChannel, queueMicrotask and spawn_local",
            );
            continue;
        };
        let (printer, calls) = (stage.clone(), calls.clone());
        browser.call(way, move || {
            printer.print(line);
            let _ = calls.try_put(()); // a queue without limit always has room
        });
        scheduled += 1;
    }
    stage.print(format!("calls scheduled: {scheduled}"));
    for _ in 0..scheduled {
        calls.get().await;
    }
    stage.print("all of them came");
    Ok(())
}

demo!(Demo {
    title: "Microtasks and macrotasks",
    summary: "Four ways to have the browser call a function as soon as possible. The order of the calls is not the order in which they were asked for.",
    keywords: "promise job event loop task queue microtask setTimeout queueMicrotask MessageChannel spawn_local postMessage then",
    params: &[Param::texts(
        "order",
        "setTimeout, MessageChannel, queueMicrotask, spawn_local, queueMicrotask, spawn_local",
        20,
        50
    )
    .label("order of scheduling"),],
    needs: Needs::BrowserWhen(|_| true),
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn there_is_no_such_loop_without_a_browser() {
        check(
            "micro-macro",
            "",
            expect![[r#"
            Failed at 0.000: RuntimeError: the browser's own loop needs a browser and real time: run this with the live clock
        "#]],
        );
    }
}
