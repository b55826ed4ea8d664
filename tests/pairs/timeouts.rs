use crate::prelude::*;

fn says(stage: &Stage, timed_out: Result<(), TimedOut>, line: &str) {
    if let Err(TimedOut) = timed_out {
        stage.print(line);
    }
}

pub async fn rescheduled_to_later(stage: Stage) -> Done {
    let left = stage.timeout_at(Some(stage.now() + ms(2)), async |scope| {
        scope.reschedule(Some(stage.now() + ms(5)))?;
        stage.sleep(ms(4)).await;
        let when = scope.when().expect("there is a limit").as_secs_f64();
        stage.print(format!("in time {} {when}", py(scope.is_expired())));
        Ok::<_, Failure>(scope)
    });
    let scope = left.await??;
    stage.print(py(scope.is_expired()));
    Ok(())
}

pub async fn rescheduled_to_sooner(stage: Stage) -> Done {
    let scope = RefCell::new(None);
    let left = stage.timeout_at(Some(stage.now() + ms(1000)), async |timeout| {
        scope.replace(Some(timeout.clone()));
        let _ = timeout.reschedule(Some(stage.now() + ms(1)));
        stage.sleep(ms(500)).await;
    });
    if left.await.is_err() {
        let scope = scope.take().expect("it was entered");
        stage.print(format!("timed out {}", py(scope.is_expired())));
    }
    Ok(())
}

pub async fn without_limit_then_with_one(stage: Stage) -> Done {
    let left = stage.timeout_at(None, async |scope| {
        stage.print(scope.when().map_or("None", |_| "Some"));
        stage.sleep(ms(1)).await;
        let _ = scope.reschedule(Some(stage.now()));
        stage.print("rescheduled");
        stage.sleep(ms(1)).await;
        stage.print("never");
    });
    says(&stage, left.await, "timed out");
    Ok(())
}

pub async fn the_limit_taken_away(stage: Stage) -> Done {
    let left = stage.timeout_at(Some(stage.now() + ms(1)), async |scope| {
        let _ = scope.reschedule(None);
        stage.sleep(ms(2)).await;
        scope
    });
    let scope = left.await?;
    let when = scope.when().map_or("None", |_| "Some");
    stage.print(format!("in time {} {when}", py(scope.is_expired())));
    Ok(())
}

pub async fn rescheduled_when_it_is_over(stage: Stage) -> Done {
    let known = RefCell::new(None);
    let left = stage.timeout_at(Some(stage.now() + ms(1)), async |scope| {
        known.replace(Some(scope.clone()));
        if let Err(cancelled) = stage.catch_cancel(stage.sleep(ms(1000))).await {
            if let Err(failure) = scope.reschedule(None) {
                stage.print(failure.message);
            }
            stage.raise(cancelled).await;
        }
    });
    let _ = left.await;
    let scope = known.take().expect("it was entered");
    if let Err(failure) = scope.reschedule(None) {
        stage.print(failure.message);
    }
    Ok(())
}

pub async fn rescheduled_after_a_good_end(stage: Stage) -> Done {
    let scope = stage.timeout_at(Some(ms(1000)), async |scope| scope).await?;
    if let Err(failure) = scope.reschedule(None) {
        stage.print(failure.message);
    }
    Ok(())
}

pub async fn at_a_time_in_the_past(stage: Stage) -> Done {
    stage.sleep(ms(2)).await;
    let left = stage.timeout_at(Some(ms(1)), async |_| {
        stage.print("begins");
        stage.sleep(ms(1000)).await;
    });
    if let Err(timed_out) = left.await {
        let cause = Failure::from(timed_out).cause.expect("it has one");
        stage.print(format!("timed out {}()", cause.kind));
    }
    Ok(())
}

pub async fn the_inner_one_is_over(stage: Stage) -> Done {
    let body = async {
        let inner = stage.timeout(ms(1), stage.sleep(ms(1000))).await;
        says(&stage, inner, "inner");
        stage.sleep(ms(1000)).await;
    };
    let outer = stage.timeout(ms(5), body).await;
    says(&stage, outer, "outer");
    Ok(())
}

/// An outer timeout around an inner one, of which only the outer is over, or both are.
async fn nested(stage: &Stage, inner_ms: u64, then: &str) {
    let scopes = RefCell::new(Vec::new());
    let left = stage.timeout_at(Some(stage.now() + ms(1)), async |outer| {
        scopes.borrow_mut().push(outer);
        let left = stage.timeout_at(Some(stage.now() + ms(inner_ms)), async |inner| {
            scopes.borrow_mut().push(inner);
            stage.sleep(ms(1000)).await;
        });
        says(stage, left.await, then);
        stage.yield_now().await;
        stage.print("after");
    });
    if left.await.is_err() {
        let expired: Vec<_> = scopes.borrow().iter().map(|s| py(s.is_expired())).collect();
        stage.print(format!("outer {}", expired.join(" ")));
    }
}

pub async fn the_outer_one_is_over(stage: Stage) -> Done {
    nested(&stage, 5, "never").await;
    Ok(())
}

pub async fn both_at_once(stage: Stage) -> Done {
    nested(&stage, 1, "inner").await;
    Ok(())
}

fn waits(stage: &Stage, limit: u64) -> Task<()> {
    let stage = stage.clone();
    stage.clone().spawn("waits", async move {
        let left = stage.timeout(ms(limit), stage.sleep(ms(1000))).await;
        says(&stage, left, "never");
    })
}

pub async fn cancelled_from_outside(stage: Stage) -> Done {
    let task = waits(&stage, 5);
    stage.sleep(ms(1)).await;
    task.cancel_with("from outside");
    if let Err(cancelled) = stage.catch_cancel(task).await {
        stage.print(message(&cancelled));
    }
    Ok(())
}

pub async fn cancelled_in_the_same_turn(stage: Stage) -> Done {
    let task = waits(&stage, 1);
    stage.sleep(ms(1)).await;
    task.cancel();
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(format!("{} {}", py(task.is_cancelled()), task.cancelling()));
    Ok(())
}

pub async fn a_body_that_catches_it(stage: Stage) -> Done {
    let left = stage.timeout_at(Some(ms(1)), async |scope| {
        if stage.catch_cancel(stage.sleep(ms(1000))).await.is_err() {
            stage.print("caught");
        }
        scope
    });
    let scope = left.await?;
    let cancelling = stage.current_task().cancelling();
    stage.print(format!("{} {cancelling}", py(scope.is_expired())));
    Ok(())
}

pub async fn a_body_that_fails_with_it(stage: Stage) -> Done {
    let known = RefCell::new(None);
    let left = stage.timeout_at(Some(ms(1)), async |scope| {
        known.replace(Some(scope));
        let caught = stage.catch_cancel(stage.sleep(ms(1000))).await;
        caught.map_err(|_| value_error("instead"))
    });
    if let Err(failure) = left.await? {
        let scope = known.take().expect("it was entered");
        stage.print(format!("{} {}", failure.message, py(scope.is_expired())));
    }
    Ok(())
}

pub async fn a_clean_up_that_takes_its_time(stage: Stage) -> Done {
    let clean_up = async {
        stage.sleep(ms(3)).await;
        stage.print("clean");
    };
    let body = stage.finally(stage.sleep(ms(1000)), clean_up);
    let left = stage.timeout(ms(1), body).await;
    says(&stage, left, "timed out");
    Ok(())
}

pub async fn leaves_main(stage: Stage) -> Done {
    Ok(stage.timeout(ms(1), stage.sleep(ms(1000))).await?)
}
