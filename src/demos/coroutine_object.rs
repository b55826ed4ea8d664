use super::prelude::*;

async fn greet(stage: Stage, name: String) {
    stage.print(format!("hello, {name}")); //@ hello
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let name = values.text("name").to_owned();
    // Calling it makes an object. Nothing in it has run.
    let coroutine = stage.coroutine("greet", greet(stage.clone(), name)); //@ make
    // Nor does it run while there is time for it.
    stage.sleep(values.duration("pause")).await; //@ pause
    if values.switch("await-it") {
        coroutine.await; //@ await
    }
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "coroutine-object",
    title: "Calling is not running",
    group: Group::TheParts,
    lede: "Calling an `async` function gives an object and runs none of its code. Only awaiting it does.",
    teaches: source!("coroutine_object.md"),
    search: "async def never awaited RuntimeWarning lazy unused_must_use forgotten await",
    params: &[
        Param {
            key: "name",
            label: "whom to greet",
            kind: Kind::Text {
                default: "world",
                max_chars: 40,
            },
            not_in_python: false,
        },
        Param {
            key: "pause",
            label: "pause after the call",
            kind: Kind::Duration {
                default_ms: 1_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "await-it",
            label: "await it",
            kind: Kind::Switch { default: true },
            not_in_python: false,
        },
    ],
    rust: source!("coroutine_object.rs"),
    counterpart: Counterpart::Python(source!("coroutine_object.py")),
    goldens: goldens![
        "await-it=no",
        "pause=0s",
        "name=%22O%27Neill%22%20%5C%20%F0%9F%8E%89",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;
    use crate::trace::EventKind;

    #[test]
    fn it_runs_when_it_is_awaited_and_not_when_it_is_called() {
        check(
            &DEMO,
            "",
            expect![[r#"
            1.000 hello, world
            finished at 1.000
        "#]],
        );
    }

    #[test]
    fn without_an_await_it_never_runs_which_is_recorded_once() {
        check(
            &DEMO,
            "await-it=no",
            expect![[r#"
            finished at 1.000
        "#]],
        );
        let trace = run_with(&DEMO, "await-it=no");
        let forgotten = |kind: &EventKind| matches!(kind, EventKind::NeverAwaited { .. });
        assert_eq!(
            trace.events.iter().filter(|e| forgotten(&e.kind)).count(),
            1
        );
    }
}
