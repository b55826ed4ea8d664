use crate::prelude::*;
use interleave::stage::context::ContextVar;

/// A callback that prints a line.
fn says(stage: &Stage, line: &'static str) -> impl FnOnce() + use<> {
    let stage = stage.clone();
    move || stage.print(line)
}

pub async fn call_soon_in_order(stage: Stage) -> Done {
    for name in ["a", "b", "c"] {
        stage.call_soon(says(&stage, name));
    }
    stage.print("asked");
    stage.yield_now().await;
    stage.print("a turn later");
    Ok(())
}

pub async fn call_soon_taken_back(stage: Stage) -> Done {
    let handle = stage.call_soon(says(&stage, "never"));
    stage.call_soon(says(&stage, "the other"));
    stage.print(py(handle.is_cancelled()));
    handle.cancel();
    stage.print(py(handle.is_cancelled()));
    stage.yield_now().await;
    Ok(())
}

pub async fn call_later_taken_back(stage: Stage) -> Done {
    let handle = stage.call_later(ms(1), says(&stage, "never"));
    let when = handle.when().expect("it has a time").as_secs_f64();
    stage.print(format!("{when} {}", py(handle.is_cancelled())));
    handle.cancel();
    stage.sleep(ms(2)).await;
    stage.print(py(handle.is_cancelled()));
    Ok(())
}

pub async fn call_at_a_time(stage: Stage) -> Done {
    stage.sleep(ms(1)).await;
    stage.call_at(ms(3), says(&stage, "at 3"));
    stage.call_at(ms(2), says(&stage, "at 2"));
    stage.call_at(ms(0), says(&stage, "in the past"));
    stage.sleep(ms(5)).await;
    Ok(())
}

pub async fn taken_back_by_the_one_before(stage: Stage) -> Done {
    let handle = Rc::new(RefCell::new(None));
    let taken = Rc::clone(&handle);
    stage.call_later(ms(1), move || {
        let handle: Option<interleave::stage::handle::CallHandle> = taken.take();
        handle.expect("it is there").cancel();
    });
    *handle.borrow_mut() = Some(stage.call_later(ms(1), says(&stage, "never")));
    stage.sleep(ms(2)).await;
    stage.print("slept");
    Ok(())
}

pub async fn a_callback_wakes_a_task(stage: Stage) -> Done {
    let future = stage.future("future");
    let set = future.clone();
    stage.call_soon(move || set.set(Ok(1)));
    stage.call_soon(says(&stage, "beside"));
    let value: i32 = (&future).await?;
    stage.print(value.to_string());
    Ok(())
}

type NumberFuture = interleave::stage::future::Future<i32>;

fn tells(stage: &Stage, what: &'static str) -> impl FnOnce(&NumberFuture) + use<> {
    let stage = stage.clone();
    move |future| {
        if let Some(Ok(value)) = future.result() {
            stage.print(format!("{what} {value}"));
        }
    }
}

pub async fn callbacks_of_a_future(stage: Stage) -> Done {
    let future: NumberFuture = stage.future("future");
    future.add_done_callback(tells(&stage, "first"));
    let (inner, awaited) = (stage.clone(), future.clone());
    let task = stage.spawn("awaits", async move {
        inner.print(format!("awaited {}", (&awaited).await?));
        Ok(())
    });
    stage.yield_now().await;
    future.add_done_callback(tells(&stage, "second"));
    future.set(Ok(1))?;
    future.add_done_callback(tells(&stage, "late"));
    stage.print("set");
    task.await
}

pub async fn a_callback_of_a_cancelled_future(stage: Stage) -> Done {
    let future: NumberFuture = stage.future("future");
    let printer = stage.clone();
    future.add_done_callback(move |future| {
        printer.print(format!("told {}", py(future.is_cancelled())));
    });
    let first = py(future.cancel_with("no"));
    stage.print(format!("{first} {}", py(future.cancel())));
    if let Err(cancelled) = stage.catch_cancel(&future).await {
        stage.print(message(&cancelled));
    }
    stage.yield_now().await;
    Ok(())
}

pub async fn a_callback_of_a_future_taken_back(stage: Stage) -> Done {
    let future: NumberFuture = stage.future("future");
    let callback = future.add_done_callback(tells(&stage, "never"));
    future.remove_done_callback(callback);
    future.set(Ok(1))?;
    stage.yield_now().await;
    stage.print(py(future.is_done()));
    Ok(())
}

fn a_variable(stage: &Stage) -> ContextVar<&'static str> {
    stage.context_var(Some("default"))
}

fn value(var: &ContextVar<&'static str>) -> &'static str {
    var.get().expect("it has a default")
}

pub async fn each_task_has_its_own_value(stage: Stage) -> Done {
    let var = a_variable(&stage);
    let tasks = ["a", "b"].map(|name| {
        let (stage, var) = (stage.clone(), var.clone());
        stage.clone().spawn(name, async move {
            var.set(name);
            stage.sleep(ms(1)).await;
            stage.print(format!("{name} {}", value(&var)));
        })
    });
    stage.gather(tasks).await;
    stage.print(value(&var));
    Ok(())
}

pub async fn a_task_sees_what_was_set_when_it_was_made(stage: Stage) -> Done {
    let var = a_variable(&stage);
    var.set("before");
    let (inner, seen) = (stage.clone(), var.clone());
    let task = stage.spawn("prints", async move { inner.print(value(&seen)) });
    var.set("after");
    task.await;
    stage.print(value(&var));
    Ok(())
}

pub async fn an_awaited_coroutine_shares_it(stage: Stage) -> Done {
    let var = a_variable(&stage);
    let sets = async {
        var.set("set inside");
    };
    sets.await;
    stage.print(value(&var));
    Ok(())
}

pub async fn callbacks_keep_theirs(stage: Stage) -> Done {
    let var = a_variable(&stage);
    let prints = |what: &'static str| {
        let (stage, var) = (stage.clone(), var.clone());
        move || stage.print(format!("{what} {}", value(&var)))
    };
    var.set("one");
    stage.call_soon(prints("soon"));
    stage.call_later(ms(1), prints("later"));
    let task = stage.spawn("sleeps", stage.sleep(ms(1)));
    let done = prints("done");
    task.add_done_callback(move |_| done());
    var.set("two");
    stage.sleep(ms(2)).await;
    stage.print(value(&var));
    Ok(())
}

pub async fn a_callback_changes_nothing_outside(stage: Stage) -> Done {
    let var = a_variable(&stage);
    let inside = var.clone();
    stage.call_soon(move || {
        inside.set("in a callback");
    });
    stage.yield_now().await;
    stage.print(value(&var));
    Ok(())
}

pub async fn reset_by_its_token(stage: Stage) -> Done {
    let var = a_variable(&stage);
    let token = var.set("one");
    let inner = var.set("two");
    var.reset(inner);
    stage.print(value(&var));
    var.reset(token);
    stage.print(value(&var));
    Ok(())
}

pub async fn without_a_default(stage: Stage) -> Done {
    let var = stage.context_var::<i32>(None);
    let text = || var.get().map_or("None".to_owned(), |value| value.to_string());
    stage.print(text());
    var.set(1);
    stage.print(text());
    Ok(())
}

async fn enter(stage: &Stage) {
    stage.print("enters");
    stage.sleep(ms(1)).await;
}

async fn leave(stage: &Stage, error: Option<Failure>) -> bool {
    let kind = error.map_or("None", |error| error.kind);
    stage.print(format!("leaves {kind}"));
    stage.sleep(ms(1)).await;
    stage.print("left");
    kind == "ValueError"
}

async fn with_session(stage: &Stage, body: impl Future<Output = Done>) -> Done {
    let exit = |(), error| leave(stage, error);
    stage.async_with(enter(stage), |()| body, exit).await?;
    Ok(())
}

pub async fn a_context_manager_whose_exit_waits(stage: Stage) -> Done {
    let body = async {
        stage.print("inside");
        Ok(())
    };
    with_session(&stage, body).await?;
    stage.print("after");
    Ok(())
}

pub async fn a_context_manager_that_forgets_an_error(stage: Stage) -> Done {
    with_session(&stage, async { Err(value_error("forgotten")) }).await?;
    stage.print("after");
    Ok(())
}

pub async fn a_context_manager_that_passes_an_error_on(stage: Stage) -> Done {
    let error = Failure::new("KeyError", "'passed'");
    with_session(&stage, async { Err(error) }).await
}

fn works(stage: &Stage, body: impl Future<Output = Done> + 'static) -> Task<Done> {
    let stage = stage.clone();
    stage.clone().spawn("works", async move { with_session(&stage, body).await })
}

pub async fn a_context_manager_in_a_cancelled_task(stage: Stage) -> Done {
    let sleep = stage.sleep(ms(1000));
    let task = works(&stage, async {
        sleep.await;
        Ok(())
    });
    stage.sleep(ms(5)).await;
    task.cancel();
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(py(task.is_cancelled()));
    Ok(())
}

pub async fn a_context_manager_cancelled_while_it_leaves(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = works(&stage, async move {
        inner.print("inside");
        Ok(())
    });
    stage.sleep(Duration::from_micros(1500)).await;
    task.cancel();
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(py(task.is_cancelled()));
    Ok(())
}
