use super::prelude::*;

async fn greet(stage: Stage, name: String) {
    stage.print(format!("hello, {name}")); //@ hello
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let name = values.text("name").to_owned();
    // Calling it makes an object. Nothing in it has run.
    let coroutine = stage.coroutine("greet", greet(stage.clone(), name)); //@ make
    stage.print("<class 'coroutine'>"); // what Python says that it is //@ type
    // Nor does it run while there is time for it.
    stage.sleep(values.duration("pause")).await; //@ pause
    if values.switch("await-it") {
        coroutine.await; //@ await
    }
    Ok(())
}

demo!(Demo {
    title: "Calling is not running",
    summary: "Calling an `async` function gives an object and runs none of its code. Only awaiting it does.",
    keywords: "async def never awaited RuntimeWarning lazy unused_must_use forgotten await",
    params: &[
        Param::text("name", "world", 40).label("whom to greet"),
        Param::duration_ms("pause", 1_000, 0..=HOUR_MS).label("pause after the call"),
        Param::switch("await-it", false).label("await it"),
    ],
    goldens: "await-it=yes await-it=yes&pause=0s await-it=yes&name=%22O%27Neill%22%20%5C%20%F0%9F%8E%89",
    remedies: &[Remedy::new(FindingKind::NeverAwaited, "await-it", "yes")],
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;
    use crate::trace::EventKind;

    #[test]
    fn without_an_await_it_never_runs_which_is_recorded_once() {
        let trace = run_with("coroutine-object", "await-it=no");
        let forgotten = |kind: &EventKind| matches!(kind, EventKind::NeverAwaited { .. });
        assert_eq!(
            trace.events.iter().filter(|e| forgotten(&e.kind)).count(),
            1
        );
    }
}
