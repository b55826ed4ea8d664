use crate::prelude::*;

type Outcome = Result<String, Failure>;

fn after(stage: &Stage, delay: u64, name: &str, fails: bool) -> Task<Outcome> {
    let (stage, name) = (stage.clone(), name.to_owned());
    stage.clone().spawn(name.clone(), async move {
        stage.sleep(ms(delay)).await;
        stage.print(&name);
        if fails { Err(value_error(&name)) } else { Ok(name) }
    })
}

fn tasks<const N: usize>(stage: &Stage, delays: [u64; N]) -> Vec<Task<Outcome>> {
    let task = |delay: u64| after(stage, delay, &delay.to_string(), false);
    delays.map(task).into()
}

fn names(tasks: &[Task<Outcome>]) -> String {
    let mut names: Vec<String> = tasks
        .iter()
        .filter_map(|task| task.result()?.ok())
        .collect();
    names.sort();
    format!("{names:?}").replace('"', "'")
}

pub async fn registers_when_awaited(stage: Stage) -> Done {
    let tasks = tasks(&stage, [1, 2]);
    let waiting = stage.wait(&tasks, WaitUntil::FirstCompleted, None);
    stage.sleep(ms(5)).await;
    let printer = stage.clone();
    stage.call_soon(move || printer.print("a turn later"));
    let (done, pending) = waiting.await;
    stage.print(format!("{} {}", done.len(), pending.len()));
    Ok(())
}

pub async fn made_and_never_awaited(stage: Stage) -> Done {
    let tasks = tasks(&stage, [1]);
    let waiting = stage.wait_all(&tasks);
    let _ = (&tasks[0]).await;
    drop(waiting);
    stage.print("closed");
    Ok(())
}

pub async fn for_a_time(stage: Stage) -> Done {
    let tasks = tasks(&stage, [1, 2, 3]);
    let all = WaitUntil::AllCompleted;
    let (done, pending) = stage.wait(&tasks, all, Some(ms(2))).await;
    stage.print(format!("{} {}", names(&done), pending.len()));
    let (done, pending) = stage.wait(&pending, all, Some(ms(0))).await;
    stage.print(format!("{} {}", done.len(), pending.len()));
    let (done, pending) = stage.wait(&tasks, all, Some(ms(1000))).await;
    stage.print(format!("{} {}", names(&done), pending.len()));
    Ok(())
}

pub async fn until_the_first_exception(stage: Stage) -> Done {
    let mut tasks = tasks(&stage, [1, 4]);
    tasks.push(after(&stage, 2, "fails", true));
    let (done, pending) = stage.wait(&tasks, WaitUntil::FirstException, None).await;
    stage.print(format!("{} {}", done.len(), pending.len()));
    let (done, pending) = stage.wait(&pending, WaitUntil::FirstException, None).await;
    stage.print(format!("{} {}", done.len(), pending.len()));
    Ok(())
}

pub async fn a_cancelled_task_is_no_exception(stage: Stage) -> Done {
    let tasks = tasks(&stage, [1, 2]);
    tasks[0].cancel();
    let (done, pending) = stage.wait(&tasks, WaitUntil::FirstException, None).await;
    stage.print(format!("{} {}", done.len(), pending.len()));
    Ok(())
}

pub async fn of_nothing(stage: Stage) -> Done {
    let nothing: [Task<()>; 0] = [];
    if let Err(failure) = stage.catch(stage.wait_all(&nothing)).await {
        stage.print(failure.message);
    }
    Ok(())
}

pub async fn of_what_is_done(stage: Stage) -> Done {
    let tasks = tasks(&stage, [1]);
    let _ = (&tasks[0]).await;
    let printer = stage.clone();
    stage.call_soon(move || printer.print("a turn later"));
    let (done, pending) = stage.wait(&tasks, WaitUntil::AllCompleted, None).await;
    stage.print(format!("{} {}", done.len(), pending.len()));
    Ok(())
}

pub async fn cancelled_it_leaves_its_tasks_alone(stage: Stage) -> Done {
    let tasks = tasks(&stage, [3]);
    let waiting = stage.spawn("waiter", stage.wait_all(&tasks));
    stage.sleep(ms(1)).await;
    waiting.cancel();
    stage.wait_all(std::slice::from_ref(&waiting)).await;
    let (cancelled, done) = (py(waiting.is_cancelled()), py(tasks[0].is_done()));
    stage.print(format!("{cancelled} {done}"));
    let _ = (&tasks[0]).await;
    Ok(())
}

pub async fn of_futures(stage: Stage) -> Done {
    let (future, other) = (stage.future::<i64>("one"), stage.future("other"));
    let set = future.clone();
    stage.call_later(ms(1), move || set.set(Ok(1)));
    let both = [future.clone(), other];
    let (done, pending) = stage.wait(&both, WaitUntil::FirstCompleted, None).await;
    let result = future.result().expect("it is done")?;
    stage.print(format!("{} {} {result}", done.len(), pending.len()));
    Ok(())
}

pub async fn for_with_time_enough(stage: Stage) -> Done {
    let task = after(&stage, 1, "one", false);
    let name = stage.wait_for(&task, ms(1000)).await??;
    stage.print(name);
    Ok(())
}

pub async fn for_too_long(stage: Stage) -> Done {
    let task = after(&stage, 1000, "one", false);
    if let Err(timed_out) = stage.wait_for(&task, ms(1)).await {
        let failure = Failure::from(timed_out);
        let cause = failure.cause.expect("it has one");
        let cancelled = py(task.is_cancelled());
        stage.print(format!("{}() {}() {cancelled}", failure.kind, cause.kind));
    }
    Ok(())
}

pub async fn for_no_time_of_what_is_not_done(stage: Stage) -> Done {
    let task = after(&stage, 1000, "one", false);
    if stage.wait_for(&task, ms(0)).await.is_err() {
        stage.print(format!("timed out {}", py(task.is_cancelled())));
    }
    Ok(())
}

pub async fn for_no_time_of_what_is_done(stage: Stage) -> Done {
    let task = after(&stage, 0, "one", false);
    let _ = (&task).await;
    let name = stage.wait_for(&task, ms(0)).await??;
    stage.print(name);
    Ok(())
}

pub async fn for_what_refuses(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("refuses", async move {
        let _ = inner.catch_cancel(inner.sleep(ms(1000))).await;
        inner.sleep(ms(2)).await;
        "all the same"
    });
    // It is cancelled before it begins.
    match stage.wait_for(&task, ms(0)).await {
        Ok(value) => stage.print(value),
        Err(timed_out) => return Err(timed_out.into()),
    }
    Ok(())
}

pub async fn for_cancelled_from_outside(stage: Stage) -> Done {
    let inner = after(&stage, 1000, "one", false);
    let task = stage.spawn("waiter", {
        let (stage, inner) = (stage.clone(), inner.clone());
        async move {
            if let Err(TimedOut) = stage.wait_for(&inner, ms(500)).await {
                stage.print("not a timeout");
            }
        }
    });
    stage.sleep(ms(1)).await;
    task.cancel();
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(format!("{} {}", py(task.is_cancelled()), py(inner.is_cancelled())));
    Ok(())
}

pub async fn as_completed_with_failures(stage: Stage) -> Done {
    let mut tasks = tasks(&stage, [2]);
    tasks.push(after(&stage, 1, "fails", true));
    let mut completed = stage.as_completed(tasks);
    while let Some(outcome) = completed.next().await {
        match outcome {
            Ok(name) => stage.print(format!("got {name}")),
            Err(failure) => stage.print(format!("caught {}", failure.message)),
        }
    }
    Ok(())
}

pub async fn as_completed_within_a_time(stage: Stage) -> Done {
    let mut completed = stage.as_completed_within(ms(4), tasks(&stage, [1, 9]));
    loop {
        match stage.catch(completed.next()).await {
            Ok(Some(name)) => stage.print(format!("got {}", name?)),
            Ok(None) => return Ok(()),
            Err(failure) if failure.kind == "TimeoutError" => stage.print("not in time"),
            Err(failure) => return Err(failure),
        }
    }
}
