use super::prelude::*;

struct Session {
    stage: Stage,
    delay: Duration,
}

impl Session {
    async fn open(stage: Stage, delay: Duration) -> Session {
        stage.print("session: opening"); //@ opening
        stage.sleep(delay).await; //@ open-pause
        stage.print("session: open"); //@ open
        Session { stage, delay }
    }

    async fn close(&self) {
        self.stage.print("session: closing"); //@ closing
        self.stage.sleep(self.delay).await; //@ close-pause
        self.stage.print("session: closed"); //@ closed
    }

    async fn request(&self, fail: bool) -> Result<(), Failure> {
        self.stage.print("body: sends a request"); //@ sends
        self.stage.sleep(self.delay).await; //@ answer-pause
        if fail {
            return Err(Failure::new("ConnectionError", "the server hung up")); //@ fails
        }
        self.stage.print("body: got the answer"); //@ answer
        Ok(())
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let fail = values.switch("fail");
    let session = Session::open(stage.clone(), values.duration("delay")).await; //@ with
    // `finally` closes the session when the body returns, fails or is cancelled.
    let outcome = stage.finally(session.request(fail), session.close()).await; //@ body
    match outcome {
        Ok(()) => stage.print("main: all went well"), //@ well
        Err(error) => stage.print(format!("main: caught {error}")), //@ caught
    }
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "async-with",
    title: "A session that is always closed",
    group: Group::WaysToSuspend,
    lede: "`async with` opens a session, runs a body, and closes the session, whatever became of the body. Opening and closing may wait.",
    teaches: source!("async_with.md"),
    search: "async context manager __aenter__ __aexit__ finally try cleanup drop aiohttp ClientSession",
    params: &[
        Param {
            key: "fail",
            label: "fail in the body",
            kind: Kind::Switch { default: false },
            not_in_python: false,
        },
        Param {
            key: "delay",
            label: "each pause",
            kind: Kind::Duration {
                default_ms: 500,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("async_with.rs"),
    counterpart: Counterpart::Python(source!("async_with.py")),
    goldens: goldens!["fail=yes", "delay=0s&fail=yes"],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn the_session_is_closed_before_the_error_is_seen() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 session: opening
            0.500 session: open
            0.500 body: sends a request
            1.000 body: got the answer
            1.000 session: closing
            1.500 session: closed
            1.500 main: all went well
            finished at 1.500
        "#]],
        );
        check(
            &DEMO,
            "fail=yes",
            expect![[r#"
            0.000 session: opening
            0.500 session: open
            0.500 body: sends a request
            1.000 session: closing
            1.500 session: closed
            1.500 main: caught ConnectionError: the server hung up
            finished at 1.500
        "#]],
        );
    }
}
