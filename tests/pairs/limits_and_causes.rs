use crate::prelude::*;
use interleave::stage::generator::Generator;

type Outcome = Result<String, Failure>;

fn after(stage: &Stage, delay: u64, name: &'static str) -> Task<Outcome> {
    let inner = stage.clone();
    stage.spawn(name, async move {
        inner.sleep(ms(delay)).await;
        inner.print(name);
        Ok(name.to_owned())
    })
}

fn fails(stage: &Stage, delay: u64, name: &'static str) -> Task<Outcome> {
    let inner = stage.clone();
    stage.spawn(name, async move {
        inner.sleep(ms(delay)).await;
        Err(value_error(name))
    })
}

/// Waits, and prints how many are done and how many are not.
async fn wait(stage: &Stage, tasks: &[Task<Outcome>], until: WaitUntil, limit: Option<u64>) {
    let (done, pending) = stage.wait(tasks, until, limit.map(ms)).await;
    stage.print(format!("{} {}", done.len(), pending.len()));
}

/// [`wait`] for the first exception, and prints which one it is.
async fn wait_for_exception(
    stage: &Stage,
    tasks: &[Task<Outcome>],
    limit: Option<u64>,
    failing: usize,
) {
    let until = WaitUntil::FirstException;
    let (done, pending) = stage.wait(tasks, until, limit.map(ms)).await;
    let failure = tasks[failing].failure().expect("it failed").message;
    stage.print(format!("{} {} {failure}", done.len(), pending.len()));
}

/// A callback that prints a line.
fn says(stage: &Stage, line: &'static str) -> impl FnOnce() + use<> {
    let stage = stage.clone();
    move || stage.print(line)
}

pub async fn a_wait_whose_limit_comes_with_the_end(stage: Stage) -> Done {
    let tasks = [after(&stage, 2, "a")];
    wait(&stage, &tasks, WaitUntil::AllCompleted, Some(2)).await;
    wait(&stage, &tasks, WaitUntil::AllCompleted, Some(2)).await;
    Ok(())
}

pub async fn a_wait_for_the_first_within_a_limit(stage: Stage) -> Done {
    let tasks = [after(&stage, 3, "a"), after(&stage, 4, "b")];
    wait(&stage, &tasks, WaitUntil::FirstCompleted, Some(1)).await;
    wait(&stage, &tasks, WaitUntil::FirstCompleted, Some(1000)).await;
    wait(&stage, &tasks, WaitUntil::FirstCompleted, Some(1000)).await;
    Ok(())
}

pub async fn a_wait_with_a_limit_is_cancelled(stage: Stage) -> Done {
    let task = after(&stage, 3, "a");
    let (inner, waited) = (stage.clone(), [task.clone()]);
    let waiting = stage.spawn("waits", async move {
        wait(&inner, &waited, WaitUntil::AllCompleted, Some(2)).await;
    });
    stage.sleep(ms(1)).await;
    waiting.cancel();
    stage.wait_all(std::slice::from_ref(&waiting)).await;
    stage.print(format!(
        "{} {}",
        py(waiting.is_cancelled()),
        py(task.is_done())
    ));
    stage.print(task.await?);
    Ok(())
}

pub async fn a_wait_for_an_exception_within_a_limit(stage: Stage) -> Done {
    let tasks = [after(&stage, 1, "a"), fails(&stage, 3, "b")];
    wait(&stage, &tasks, WaitUntil::FirstException, Some(2)).await;
    wait_for_exception(&stage, &tasks, Some(2), 1).await;
    Ok(())
}

pub async fn an_exception_that_is_there_already(stage: Stage) -> Done {
    let tasks = [fails(&stage, 0, "a"), after(&stage, 3, "b")];
    stage.sleep(ms(1)).await;
    wait_for_exception(&stage, &tasks, None, 0).await;
    Ok(())
}

pub async fn call_at_is_taken_back(stage: Stage) -> Done {
    let one = stage.call_at(ms(2), says(&stage, "one"));
    let taken = one.clone();
    stage.call_at(ms(1), move || taken.cancel());
    stage.call_at(ms(3), says(&stage, "two"));
    stage.sleep(ms(4)).await;
    stage.print(py(one.is_cancelled()));
    Ok(())
}

pub async fn call_at_before_a_sleep_of_the_same_length(stage: Stage) -> Done {
    stage.call_at(ms(2), says(&stage, "set first"));
    stage.sleep(ms(2)).await;
    stage.print("slept");
    Ok(())
}

pub async fn call_at_with_the_deadline_of_call_later(stage: Stage) -> Done {
    stage.call_later(ms(2), says(&stage, "later"));
    stage.call_at(ms(2), says(&stage, "at"));
    let inner = stage.clone();
    stage.call_at(ms(1), move || {
        inner.call_later(ms(1), says(&inner, "set later"));
    });
    stage.sleep(ms(3)).await;
    Ok(())
}

pub async fn call_at_now(stage: Stage) -> Done {
    stage.sleep(ms(1)).await;
    stage.call_at(stage.now(), says(&stage, "due now"));
    stage.call_soon(says(&stage, "soon"));
    stage.yield_now().await;
    stage.print("a turn later");
    stage.yield_now().await;
    stage.print("two turns later");
    Ok(())
}

/// Fails after a while, with an error that another one caused.
async fn raises(stage: Stage) -> Done {
    stage.sleep(ms(1)).await;
    Err(Failure::new("RuntimeError", "outside").caused_by(value_error("inside")))
}

fn with_cause(failure: &Failure) -> String {
    let cause = failure.cause.as_ref().expect("it has a cause");
    format!("{} because of {}", failure.message, cause.message)
}

pub async fn an_error_with_a_cause(stage: Stage) -> Done {
    if let Err(failure) = raises(stage.clone()).await {
        stage.print(with_cause(&failure));
    }
    Ok(())
}

pub async fn a_cause_goes_through_a_task(stage: Stage) -> Done {
    let task = stage.spawn("raises", raises(stage.clone()));
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(with_cause(&task.failure().expect("it failed")));
    Ok(())
}

pub async fn thrown_at_the_last_value(stage: Stage) -> Done {
    let inner = stage.clone();
    let mut values: Generator<u32> = stage.generator(|out: Yielder<u32>| async move {
        let clean_up = async {
            inner.sleep(ms(1)).await;
            inner.print("closed");
        };
        inner.finally(out.give(1), clean_up).await;
    });
    stage.print(values.next().await.expect("a value").to_string());
    if let Err(failure) = values.throw(value_error("thrown")).await {
        stage.print(format!("came back: {}", failure.message));
    }
    let last = values.next().await.map(|value| value.to_string());
    stage.print(last.unwrap_or("no more".to_owned()));
    Ok(())
}
