use super::prelude::*;

struct Session {
    stage: Stage,
    delay: Duration,
}

impl Session {
    async fn open(stage: Stage, delay: Duration) -> Session {
        let _frame = stage.frame("open"); //@ opening
        stage.print("session: opening"); //@ opening
        stage.sleep(delay).await; //@ open-pause
        stage.print("session: open"); //@ open
        Session { stage, delay }
    }

    async fn close(&self) {
        let _frame = self.stage.frame("close"); //@ closing
        self.stage.print("session: closing"); //@ closing
        self.stage.sleep(self.delay).await; //@ close-pause
        self.stage.print("session: closed"); //@ closed
    }

    async fn request(&self, fail: bool) -> Result<(), Failure> {
        let _frame = self.stage.frame("request"); //@ sends
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
    let with = stage.frame("async with"); //@ with
    let session = Session::open(stage.clone(), values.duration("delay")).await; //@ with
    // `finally` closes the session when the body returns, fails or is cancelled.
    let outcome = stage.finally(session.request(fail), session.close()).await; //@ body
    drop(with);
    match outcome {
        Ok(()) => stage.print("main: all went well"), //@ well
        Err(error) => stage.print(format!("main: caught {error}")), //@ caught
    }
    Ok(())
}

demo!(Demo {
    title: "A session that is always closed",
    summary: "`async with` opens a session, runs a body, and closes the session, whatever became of the body. Opening and closing may wait.",
    keywords: "async context manager __aenter__ __aexit__ finally try cleanup drop aiohttp ClientSession",
    params: &[
        Param::switch("fail", false).label("fail in the body"),
        Param::duration_ms("delay", 500, 0..=HOUR_MS).label("each pause"),
    ],
    goldens: "fail=yes delay=0s&fail=yes",
});
