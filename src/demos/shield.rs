use super::prelude::*;

/// Must not be cut off in the middle.
async fn save(stage: Stage, duration: Duration) {
    stage.print("save: begins"); //@ begins
    let saved = stage.catch_cancel(stage.sleep(duration)).await; //@ save
    if saved.is_err() {
        stage.print("save: cut off, and half is written"); //@ cut-off
        stage.raise_cancelled().await; //@ raise
    }
    stage.print("save: all is written"); //@ written
}

/// Has something saved, and answers when it is; may be cancelled before.
async fn handler(stage: Stage, duration: Duration, shields: bool, waits: bool) {
    let saving = stage.spawn("save", save(stage.clone(), duration)); //@ task
    let body = async {
        if shields {
            stage.shield(&saving).await; //@ shield
        } else {
            (&saving).await; //@ bare
        }
        stage.print("handler: answers that it is saved"); //@ answers
    };
    if stage.catch_cancel(body).await.is_err() {
        stage.print("handler: cancelled"); //@ cancelled
        if waits {
            (&saving).await; //@ wait
            stage.print("handler: has waited for the save"); //@ waited
        }
        stage.raise_cancelled().await; //@ pass-on
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let mode = values.choice("mode");
    let (shields, waits) = (mode != "bare", mode == "wait");
    let body = handler(stage.clone(), values.duration("save"), shields, waits);
    let handler = stage.spawn("handler", body); //@ handler
    stage.sleep(values.duration("cancel")).await; //@ before
    stage.print("main: cancels the handler"); //@ cancels
    handler.cancel(); //@ cancel
    stage.wait_all(&[handler]).await; //@ over
    stage.print("main: the handler is over"); //@ is-over
    stage.sleep(values.duration("linger")).await; //@ linger
    stage.print("main: ends"); //@ ends
    Ok(())
}

demo!(Demo {
    title: "Shield",
    summary: "A handler has something saved, and is cancelled meanwhile. A shield keeps the cancellation from what is awaited, and not from the one who awaits.",
    keywords: "asyncio.shield cancel protect CancelledError background task client disconnect critical section transaction",
    params: &[
        Param::mode(
            "shield",
            &[
                ("bare", "the save itself"),
                ("shield", "a shield around it"),
                ("wait", "the shield, and then the rest"),
            ]
        )
        .label("the handler awaits"),
        Param::duration_ms("save", 2_000, 0..=HOUR_MS).label("saving takes"),
        Param::duration_ms("cancel", 800, 0..=HOUR_MS).label("main cancels the handler after"),
        Param::duration_ms("linger", 1_700, 0..=HOUR_MS).label("main goes on for"),
    ],
    goldens: "mode=bare mode=wait linger=0s linger=0s&mode=wait cancel=3s cancel=2s \
        cancel=2s&mode=bare cancel=0s&save=0s cancel=0s&mode=wait cancel=0s&mode=bare&linger=0s",
    remedies: &[Remedy::new(FindingKind::Lost, "mode", "wait")],
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn the_save_survives_its_handler_but_not_the_program() {
        check(
            "shield",
            "",
            expect![[r#"
            0.000 save: begins
            0.800 main: cancels the handler
            0.800 handler: cancelled
            0.800 main: the handler is over
            2.000 save: all is written
            2.500 main: ends
            finished at 2.500
        "#]],
        );
        check(
            "shield",
            "linger=0s",
            expect![[r#"
            0.000 save: begins
            0.800 main: cancels the handler
            0.800 handler: cancelled
            0.800 main: the handler is over
            0.800 main: ends
            0.800 save: cut off, and half is written
            finished at 0.800
        "#]],
        );
    }
}
