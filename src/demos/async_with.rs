use super::prelude::*;

struct Session {
    stage: Stage,
    delay: Duration,
}

impl Session {
    async fn open(stage: Stage, delay: Duration) -> Session {
        stage.print("session: opening");
        stage.sleep(delay).await;
        stage.print("session: open");
        Session { stage, delay }
    }

    async fn close(&self) {
        self.stage.print("session: closing");
        self.stage.sleep(self.delay).await;
        self.stage.print("session: closed");
    }

    async fn request(&self, fail: bool) -> Result<(), Failure> {
        self.stage.print("body: sends a request");
        self.stage.sleep(self.delay).await;
        if fail {
            return Err(Failure::new("ConnectionError", "the server hung up"));
        }
        self.stage.print("body: got the answer");
        Ok(())
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let fail = values.switch("fail");
    let session = Session::open(stage.clone(), values.duration("delay")).await;
    // `finally` closes the session when the body returns, fails or is cancelled.
    let outcome = stage.finally(session.request(fail), session.close()).await;
    match outcome {
        Ok(()) => stage.print("main: all went well"),
        Err(error) => stage.print(format!("main: caught {error}")),
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
