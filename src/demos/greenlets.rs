use super::prelude::*;

/// Looks like a call that blocks, and is one where nobody has patched it.
fn sleep(stage: &Stage, greenlet: &Greenlet, values: &Values) -> Result<(), Failure> {
    let time = values.duration("time");
    if values.switch("patched") {
        // To the loop's stack, and back to this one when the time is over.
        greenlet.wait(stage.sleep(time))
    } else {
        stage.block(time);
        Ok(())
    }
}

/// A plain function, without `async` and without `await`.
fn reader(stage: Stage, greenlet: Greenlet, name: String, values: Values) -> Result<(), Failure> {
    for step in 1..=values.int("steps") {
        stage.print(format!("{name}: reads {step}"));
        sleep(&stage, &greenlet, &values)?;
    }
    stage.print(format!("{name}: done"));
    Ok(())
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let mut readers = Vec::new();
    for number in 1..=values.int("greenlets") {
        let name = format!("reader {number}");
        let (own, own_name, values) = (stage.clone(), name.clone(), values.clone());
        let body = |greenlet| reader(own, greenlet, own_name, values);
        readers.push(stage.greenlet(name, body));
    }
    for outcome in stage.gather(readers).await {
        if let Err(failure) = outcome {
            stage.print(failure.message);
        }
    }
    Ok(())
}

demo!(Demo {
    title: "Greenlets",
    summary: "Plain functions that call something that looks blocking. Underneath the thread changes to another stack, as gevent does it in Python.",
    keywords: "gevent greenlet eventlet monkey patch stack switching stackful coroutine fiber JSPI goroutine green thread",
    params: &[
        Param::switch("patched", true).page_only(),
        Param::int("greenlets", 3, 0..=200),
        Param::int("steps", 3, 0..=500),
        Param::duration_ms("time", 300, 0..=MINUTE_MS).label("time of a step"),
    ],
    needs: Needs::StacksWhen(|values| values.switch("patched")),
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn not_patched_they_run_one_after_the_other() {
        check(
            "greenlets",
            "patched=no&greenlets=2&steps=2",
            expect![[r#"
            0.000 reader 1: reads 1
            0.300 reader 1: reads 2
            0.600 reader 1: done
            0.600 reader 2: reads 1
            0.900 reader 2: reads 2
            1.200 reader 2: done
            finished at 1.200
        "#]],
        );
    }

    #[test]
    fn without_a_browser_nobody_can_switch() {
        check(
            "greenlets",
            "greenlets=2",
            expect![[r#"
            0.000 reader 1: reads 1
            0.000 reader 2: reads 1
            0.000 a switch to another stack needs a browser and real time: run this with the live clock
            0.000 a switch to another stack needs a browser and real time: run this with the live clock
            finished at 0.000
        "#]],
        );
    }
}
