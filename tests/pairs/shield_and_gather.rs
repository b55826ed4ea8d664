use crate::prelude::*;

type Outcome = Result<String, Failure>;

fn after(stage: &Stage, delay: u64, name: &str, fails: bool) -> Task<Outcome> {
    let (stage, name) = (stage.clone(), name.to_owned());
    stage.clone().spawn(name.clone(), async move {
        if let Err(cancelled) = stage.catch_cancel(stage.sleep(ms(delay))).await {
            stage.print(format!("{name} cancelled {}", message(&cancelled)));
            stage.raise(cancelled).await;
        }
        stage.print(&name);
        if fails { Err(value_error(&name)) } else { Ok(name) }
    })
}

pub async fn shielded_from_a_cancellation(stage: Stage) -> Done {
    let inner = after(&stage, 3, "inner", false);
    let task = {
        let (stage, inner) = (stage.clone(), inner.clone());
        stage.clone().spawn("waits", async move {
            let shield = stage.shield(&inner);
            if let Err(cancelled) = stage.catch_cancel(shield).await {
                let done = py(inner.is_done());
                stage.print(format!("waiter {} {done}", message(&cancelled)));
                stage.raise(cancelled).await;
            }
        })
    };
    stage.sleep(ms(1)).await;
    task.cancel_with("leave it");
    stage.wait_all(&[task]).await;
    stage.print(inner.await?);
    Ok(())
}

pub async fn shielded_takes_a_turn_more(stage: Stage) -> Done {
    let inner = after(&stage, 1, "inner", false);
    let outer = stage.clone();
    stage.call_later(ms(1), move || {
        let next = outer.clone();
        outer.call_soon(move || {
            let printer = next.clone();
            next.call_soon(move || printer.print("beside"));
        });
    });
    let result = stage.shield(&inner).await?;
    stage.print(result);
    Ok(())
}

pub async fn shielded_and_cancelled_itself(stage: Stage) -> Done {
    let inner = after(&stage, 1000, "inner", false);
    let cancels = inner.clone();
    stage.call_later(ms(1), move || {
        cancels.cancel_with("you");
    });
    if let Err(cancelled) = stage.catch_cancel(stage.shield(&inner)).await {
        stage.print(format!("waiter {}", message(&cancelled)));
    }
    Ok(())
}

pub async fn shielded_and_failed(stage: Stage) -> Done {
    let inner = after(&stage, 1, "inner", true);
    if let Err(failure) = stage.shield(&inner).await {
        stage.print(format!("caught {}", failure.message));
    }
    Ok(())
}

pub async fn shielded_and_failed_when_nobody_waits(stage: Stage) -> Done {
    let inner = after(&stage, 2, "inner", true);
    let (waiter, shielded) = (stage.clone(), inner.clone());
    let task = stage.spawn("waits", async move { waiter.shield(&shielded).await });
    stage.sleep(ms(1)).await;
    task.cancel();
    stage.wait_all(&[inner, task]).await;
    stage.print("in 3.13 the exception nobody saw goes unreported");
    Ok(())
}

pub async fn shielded_what_is_done(stage: Stage) -> Done {
    let inner = after(&stage, 0, "inner", false);
    let _ = (&inner).await;
    let printer = stage.clone();
    stage.call_soon(move || printer.print("a turn later"));
    let result = stage.shield(&inner).await?;
    stage.print(result);
    Ok(())
}

pub async fn shielded_in_a_timeout(stage: Stage) -> Done {
    let inner = after(&stage, 3, "inner", false);
    if stage.timeout(ms(1), stage.shield(&inner)).await.is_err() {
        stage.print(format!("timed out {}", py(inner.is_done())));
    }
    stage.print(inner.await?);
    Ok(())
}

/// As Python shows a list of texts.
fn list(texts: &[String]) -> String {
    format!("{texts:?}").replace('"', "'")
}

pub async fn gather_of_gathers(stage: Stage) -> Done {
    let one = stage.try_gather([after(&stage, 2, "a", false), after(&stage, 1, "b", false)]);
    let two = stage.try_gather([after(&stage, 3, "c", false)]);
    let both = stage.try_gather([one, two]).await?;
    let lists: Vec<String> = both.iter().map(|texts| list(texts)).collect();
    stage.print(format!("[{}]", lists.join(", ")));
    Ok(())
}

fn count(stage: Stage, turn: u32) {
    if turn < 9 {
        stage.print(format!("turn {turn}"));
        let next = stage.clone();
        stage.call_soon(move || count(next, turn + 1));
    }
}

pub async fn gather_of_gathers_takes_a_turn_more(stage: Stage) -> Done {
    let counts = stage.clone();
    stage.call_later(ms(1), move || count(counts, 1));
    let inner = stage.clone();
    let task = stage.spawn("x", async move {
        inner.sleep(ms(1)).await;
        "x"
    });
    let results = stage.gather([stage.gather([task])]).await;
    stage.print(format!("{results:?}").replace('"', "'"));
    Ok(())
}

pub async fn a_gather_in_a_gather_fails(stage: Stage) -> Done {
    let one = stage.try_gather([after(&stage, 1, "a", true), after(&stage, 2, "b", false)]);
    let two = stage.try_gather([after(&stage, 3, "c", false)]);
    if let Err(failure) = stage.try_gather([one, two]).await {
        stage.print(format!("caught {}", failure.message));
    }
    stage.sleep(ms(5)).await;
    Ok(())
}

pub async fn a_gather_in_a_gather_is_cancelled(stage: Stage) -> Done {
    let one = stage.try_gather(["a", "b"].map(|name| after(&stage, 1000, name, false)));
    let inner = stage.clone();
    let task = stage.spawn("waits", async move {
        let two = inner.try_gather([after(&inner, 1000, "c", false)]);
        let _ = inner.try_gather([one, two]).await;
    });
    stage.sleep(ms(1)).await;
    task.cancel_with("all");
    if let Err(cancelled) = stage.catch_cancel(task).await {
        stage.print(format!("waiter {}", message(&cancelled)));
    }
    Ok(())
}

pub async fn gather_of_futures(stage: Stage) -> Done {
    let futures = [2, 1].map(|delay| {
        let future = stage.future::<u64>("future");
        let set = future.clone();
        stage.call_later(ms(delay), move || set.set(Ok(3 - delay)));
        future
    });
    let results = stage.try_gather(futures).await?;
    stage.print(format!("{results:?}"));
    Ok(())
}

pub async fn gather_of_a_future_that_is_cancelled(stage: Stage) -> Done {
    let (one, two) = (stage.future::<u64>("one"), stage.future::<u64>("two"));
    let cancels = one.clone();
    stage.call_later(ms(1), move || {
        cancels.cancel_with("given up");
    });
    let both = stage.try_gather([one, two.clone()]);
    if let Err(cancelled) = stage.catch_cancel(both).await {
        stage.print(format!("{} {}", message(&cancelled), py(two.is_done())));
    }
    Ok(())
}

pub async fn gather_of_one_task_twice(stage: Stage) -> Done {
    let task = after(&stage, 1, "a", false);
    let results = stage.try_gather([task.clone(), task]).await?;
    stage.print(list(&results));
    Ok(())
}

pub async fn gather_of_nothing(stage: Stage) -> Done {
    let printer = stage.clone();
    stage.call_soon(move || printer.print("a turn later"));
    let nothing: [Task<u64>; 0] = [];
    let results = stage.gather(nothing).await;
    stage.print(format!("{results:?}"));
    Ok(())
}

pub async fn gather_collects_cancellations(stage: Stage) -> Done {
    let task = after(&stage, 1000, "a", false);
    let cancels = task.clone();
    stage.call_later(ms(1), move || {
        cancels.cancel_with("you");
    });
    let results = stage.gather([task, after(&stage, 2, "b", false)]).await;
    let kind = |result: &Outcome| match result {
        Ok(_) => "str".to_owned(),
        Err(failure) => failure.kind.to_owned(),
    };
    let kinds: Vec<String> = results.iter().map(kind).collect();
    stage.print(list(&kinds));
    Ok(())
}

pub async fn gather_is_cancelled_when_one_refuses(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("waits", async move {
        let refusing = inner.clone();
        let refuses = inner.spawn("refuses", async move {
            if refusing.catch_cancel(refusing.sleep(ms(1000))).await.is_err() {
                refusing.print("refused");
            }
            Ok("refused".to_owned())
        });
        let _ = inner.try_gather([refuses, after(&inner, 1000, "b", false)]).await;
        inner.print("never");
    });
    stage.sleep(ms(1)).await;
    task.cancel_with("stop");
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(py(task.is_cancelled()));
    Ok(())
}

pub async fn gather_fails_and_the_others_go_on(stage: Stage) -> Done {
    let both = stage.try_gather([after(&stage, 1, "a", true), after(&stage, 2, "b", false)]);
    if let Err(failure) = both.await {
        stage.print(format!("caught {}", failure.message));
    }
    stage.sleep(ms(3)).await;
    Ok(())
}
