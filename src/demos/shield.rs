use super::prelude::*;

/// Writes something that had better be written to its end.
async fn save(stage: Stage, time: Duration) {
    stage.print("save: begins"); //@ begins
    let slept = stage.catch_cancel(stage.sleep(time)).await; //@ write
    if slept.is_err() {
        stage.print("save: stopped in the middle"); //@ stopped
        stage.raise_cancelled().await; //@ raise
    }
    stage.print("save: all is written"); //@ written
}

async fn request(stage: Stage, shields: bool, time: Duration) {
    let saving = stage.spawn("save", save(stage.clone(), time)); //@ task
    let waited = stage.catch_cancel(async {
        if shields {
            stage.shield(&saving).await; //@ shield
        } else {
            (&saving).await; //@ plain
        }
    });
    if waited.await.is_err() {
        stage.print("request: cancelled"); //@ cancelled
        stage.raise_cancelled().await; //@ pass-on
    }
    stage.print("request: saved"); //@ saved
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let shields = values.choice("mode") == "shield";
    let body = request(stage.clone(), shields, values.duration("save"));
    let task = stage.spawn("request", body); //@ request
    stage.sleep(values.duration("after")).await; //@ after
    stage.print("main: the client has gone, cancels its request"); //@ cancels
    task.cancel(); //@ cancel
    stage.wait_all(&[task]).await; //@ wait
    stage.sleep(values.duration("linger")).await; //@ linger
    stage.print("main: ends"); //@ ends
    Ok(())
}

demo!(Demo {
    title: "Shield",
    summary: "A request saves something, and is cancelled meanwhile. Without a shield the saving is cancelled too; with one it goes on, if somebody waits for it.",
    keywords: "asyncio.shield cancel CancelledError protect background task transaction critical section",
    params: &[
        Param::mode("shield", &[("plain", "await"), ("shield", "await shield")]),
        Param::duration_ms("save", 2_000, 0..=HOUR_MS).label("saving takes"),
        Param::duration_ms("after", 1_000, 0..=HOUR_MS).label("cancelled after"),
        Param::duration_ms("linger", 2_000, 0..=HOUR_MS).label("main goes on for"),
    ],
    goldens: "mode=plain linger=0s linger=500ms after=3s mode=plain&after=3s after=0s \
        mode=plain&after=0s save=0s&after=0s&linger=0s",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn only_a_shield_lets_the_saving_end() {
        let says = |setting: &str, text: &str| {
            let trace = run_with("shield", setting);
            output::lines(&trace).any(|line| line.text == text)
        };
        assert!(says("mode=shield", "save: all is written"));
        assert!(says("mode=plain", "save: stopped in the middle"));
        assert!(says("mode=shield&linger=0s", "save: stopped in the middle"));
    }
}
