use crate::prelude::*;
use interleave::stage::task::CurrentTask;

/// A task that can reach itself by its handle.
fn with_itself<F: Future<Output = Done> + 'static>(
    stage: &Stage,
    body: impl FnOnce(Stage, Rc<RefCell<Option<Task<Done>>>>) -> F,
) -> Task<Done> {
    let me = Rc::new(RefCell::new(None));
    let task = stage.spawn("me", body(stage.clone(), Rc::clone(&me)));
    *me.borrow_mut() = Some(task.clone());
    task
}

pub async fn awaits_itself(stage: Stage) -> Done {
    let task = with_itself(&stage, |stage, me| async move {
        let me = me.borrow().clone().expect("it is there");
        if let Err(failure) = me.await {
            stage.print(failure.message);
        }
        stage.sleep(ms(1)).await;
        stage.print("goes on");
        Ok(())
    });
    task.await
}

pub async fn awaits_itself_and_fails(stage: Stage) -> Done {
    let me: Rc<RefCell<Option<Task<u32>>>> = Rc::default();
    let inside = Rc::clone(&me);
    // The type of this task has no room for a failure: it unwinds both.
    let task = stage.spawn("me", async move {
        let me = inside.borrow().clone().expect("it is there");
        me.await
    });
    *me.borrow_mut() = Some(task.clone());
    let printer = stage.clone();
    stage.call_soon(move || printer.print("a turn"));
    if let Err(failure) = stage.catch(task).await {
        stage.print(failure.kind);
    }
    Ok(())
}

async fn tells(stage: Stage, name: &'static str, body: impl Future<Output = ()>) -> Done {
    if let Err(cancelled) = stage.catch_cancel(body).await {
        stage.print(format!("{name} {}", message(&cancelled)));
        stage.raise(cancelled).await;
    }
    Ok(())
}

pub async fn a_cancellation_has_a_message(stage: Stage) -> Done {
    let task = stage.spawn("task", tells(stage.clone(), "caught", stage.sleep(ms(1000))));
    stage.yield_now().await;
    task.cancel_with("enough");
    for _ in 0..2 {
        if let Err(cancelled) = stage.catch_cancel(&task).await {
            stage.print(format!("waiter {}", message(&cancelled)));
        }
    }
    Ok(())
}

pub async fn a_message_goes_down_the_chain(stage: Stage) -> Done {
    let future = stage.future::<()>("future");
    let inner = {
        let (stage, future) = (stage.clone(), future.clone());
        async move {
            let body = async {
                let _ = (&future).await;
            };
            tells(stage, "inner", body).await
        }
    };
    let spawner = stage.clone();
    let outer = async move {
        let _ = spawner.spawn("inner", inner).await;
    };
    let task = stage.spawn("outer", tells(stage.clone(), "outer", outer));
    stage.sleep(ms(1)).await;
    task.cancel_with("all of you");
    stage.wait_all(&[task]).await;
    Ok(())
}

pub async fn a_message_for_what_has_not_begun(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("never", async move { inner.print("never") });
    task.cancel_with("too early");
    if let Err(cancelled) = stage.catch_cancel(task).await {
        stage.print(message(&cancelled));
    }
    Ok(())
}

pub async fn the_last_message_of_two(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("sleeps", async move {
        if let Err(cancelled) = inner.catch_cancel(inner.sleep(ms(1000))).await {
            let cancelling = inner.current_task().cancelling();
            inner.print(format!("{} {cancelling}", message(&cancelled)));
        }
    });
    stage.yield_now().await;
    task.cancel_with("first");
    task.cancel_with("second");
    task.await;
    Ok(())
}

pub async fn a_message_to_a_lock(stage: Stage) -> Done {
    let lock = stage.lock("lock");
    let _held = lock.acquire().await;
    let (inner, wanted) = (stage.clone(), lock.clone());
    let task = stage.spawn("waits", async move {
        if let Err(cancelled) = inner.catch_cancel(wanted.acquire()).await {
            inner.print(message(&cancelled));
        }
    });
    stage.yield_now().await;
    task.cancel_with("no lock for you");
    task.await;
    Ok(())
}

pub async fn cancelling_and_uncancel(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("stubborn", async move {
        let me = inner.current_task();
        while inner.catch_cancel(inner.sleep(ms(1))).await.is_err() {
            let asked = me.cancelling();
            inner.print(format!("asked {asked} left {}", me.uncancel()));
        }
        "done"
    });
    stage.yield_now().await;
    task.cancel();
    stage.yield_now().await;
    task.cancel();
    stage.yield_now().await;
    let cancelling = task.cancelling();
    let result = task.await;
    stage.print(format!("{cancelling} {result}"));
    Ok(())
}

pub async fn uncancelled_before_it_feels_it(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("me", async move {
        let me: CurrentTask = inner.current_task();
        me.cancel();
        let cancelling = me.cancelling();
        inner.print(format!("{cancelling} {}", me.uncancel()));
        inner.sleep(ms(1)).await;
        inner.print("slept");
    });
    task.await;
    Ok(())
}

pub async fn uncancelled_from_outside(stage: Stage) -> Done {
    let sleeps = || {
        let stage = stage.clone();
        stage.clone().spawn("sleeps", async move {
            match stage.catch_cancel(stage.sleep(ms(1))).await {
                Ok(()) => stage.print("slept"),
                Err(_) => stage.print("cancelled all the same"),
            }
        })
    };
    let (sleeping, fresh) = (sleeps(), sleeps());
    stage.yield_now().await;
    let third = sleeps();
    for task in [&sleeping, &third] {
        task.cancel();
        let left = task.uncancel();
        stage.print(format!("{left} {}", task.cancelling()));
    }
    stage.gather([sleeping, fresh, third]).await;
    Ok(())
}

pub async fn uncancel_of_nothing(stage: Stage) -> Done {
    let me = stage.current_task();
    stage.print(format!("{} {}", me.uncancel(), me.cancelling()));
    Ok(())
}

pub async fn cancelled_and_returns(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("me", async move {
        inner.current_task().cancel_with("on my way out");
        1
    });
    if let Err(cancelled) = stage.catch_cancel(task).await {
        stage.print(message(&cancelled));
    }
    Ok(())
}

pub async fn cancelled_twice_in_a_sleep(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("sleeps", async move {
        if inner.catch_cancel(inner.sleep(ms(1000))).await.is_err() {
            inner.print("once");
        }
        inner.sleep(ms(1)).await;
        inner.print("slept");
    });
    stage.yield_now().await;
    task.cancel();
    task.cancel();
    (&task).await;
    stage.print(format!("{} {}", task.cancelling(), py(task.is_cancelled())));
    Ok(())
}

fn fails(stage: &Stage) -> Task<Result<u32, Failure>> {
    stage.spawn("fails", async { Err(value_error("no")) })
}

pub async fn failed_and_cancelled_afterwards(stage: Stage) -> Done {
    let task = fails(&stage);
    stage.sleep(ms(1)).await;
    stage.print(py(task.cancel()));
    Ok(())
}

pub async fn failed_and_nobody_looked(stage: Stage) -> Done {
    let task = fails(&stage);
    stage.sleep(ms(1)).await;
    stage.print(py(task.is_done()));
    Ok(())
}

pub async fn failed_and_waited_for(stage: Stage) -> Done {
    stage.wait_all(&[fails(&stage)]).await;
    stage.print("nobody looked");
    Ok(())
}

pub async fn failed_and_waited_for_as_the_first_exception(stage: Stage) -> Done {
    let inner = stage.clone();
    let sleeps = stage.spawn("sleeps", async move {
        inner.sleep(ms(1)).await;
        Ok(0)
    });
    let tasks = [fails(&stage), sleeps];
    stage.wait(&tasks, WaitUntil::FirstException, None).await;
    stage.print("the wait looked");
    Ok(())
}

pub async fn failed_under_a_gather_that_collects(stage: Stage) -> Done {
    let results = stage.gather([fails(&stage)]).await;
    for result in results {
        let failure = result.expect_err("it failed");
        stage.print(format!("[{}('{}')]", failure.kind, failure.message));
    }
    Ok(())
}

pub async fn done_callbacks(stage: Stage) -> Done {
    let task = stage.spawn("returns", async { 1 });
    let told = |what: &'static str| {
        let stage = stage.clone();
        move |task: &Task<i32>| {
            let result = task.result().expect("it is done");
            stage.print(format!("{what} {result}"));
        }
    };
    task.add_done_callback(told("first"));
    let second = task.add_done_callback(told("second"));
    task.add_done_callback(told("third"));
    let removed = [(); 2].map(|()| i32::from(task.remove_done_callback(second)));
    stage.print(format!("{} {}", removed[0], removed[1]));
    (&task).await;
    stage.print("awaited");
    task.add_done_callback(told("late"));
    stage.print("added");
    stage.yield_now().await;
    Ok(())
}

pub async fn a_done_callback_before_who_awaits(stage: Stage) -> Done {
    let task = stage.spawn("sleeps", stage.sleep(ms(1)));
    let awaits = |name: &'static str| {
        let (stage, task) = (stage.clone(), task.clone());
        stage.clone().spawn(name, async move {
            task.await;
            stage.print(name);
        })
    };
    let first = awaits("first");
    stage.yield_now().await;
    let printer = stage.clone();
    task.add_done_callback(move |_| printer.print("callback"));
    let second = awaits("second");
    stage.gather([first, second]).await;
    Ok(())
}

pub async fn a_done_callback_of_a_cancelled_task(stage: Stage) -> Done {
    let task = stage.spawn("sleeps", stage.sleep(ms(1000)));
    let printer = stage.clone();
    task.add_done_callback(move |task| printer.print(format!("told {}", py(task.is_cancelled()))));
    stage.yield_now().await;
    task.cancel();
    stage.print("asked");
    stage.wait_all(&[task]).await;
    stage.print("waited");
    Ok(())
}
