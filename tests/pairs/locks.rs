use crate::prelude::*;
use interleave::stage::sync::{Condition, Event, Lock};

fn a_condition(stage: &Stage) -> Condition {
    stage.condition("condition", &stage.lock("lock"))
}

fn waits(stage: &Stage, condition: &Condition, says: &'static str) -> Task<()> {
    let (stage, condition) = (stage.clone(), condition.clone());
    stage.clone().spawn(says, async move {
        let held = condition.acquire().await;
        condition.wait(&held).await;
        stage.print(says);
    })
}

pub async fn notify_without_the_lock(stage: Stage) -> Done {
    let condition = a_condition(&stage);
    let task = waits(&stage, &condition, "notified");
    stage.yield_now().await;
    for notified in [condition.notify(1), condition.notify_all()] {
        if let Err(failure) = notified {
            stage.print(failure.message);
        }
    }
    stage.sleep(ms(1)).await;
    stage.print(py(task.is_done()));
    let held = condition.acquire().await;
    condition.notify(1)?;
    drop(held);
    task.await;
    Ok(())
}

pub async fn notify_under_another_ones_lock(stage: Stage) -> Done {
    let condition = a_condition(&stage);
    let task = waits(&stage, &condition, "notified");
    stage.yield_now().await;
    let (inner, held) = (stage.clone(), condition.clone());
    let holding = stage.spawn("holds", async move {
        let _held = held.acquire().await;
        inner.sleep(ms(2)).await;
    });
    stage.sleep(ms(1)).await;
    condition.notify(1)?;
    stage.print("no error");
    stage.gather([task, holding]).await;
    Ok(())
}

pub async fn wait_for_a_predicate(stage: Stage) -> Done {
    let condition = a_condition(&stage);
    let items: Rc<RefCell<Vec<&str>>> = Rc::default();
    let task = {
        let (stage, condition, items) = (stage.clone(), condition.clone(), Rc::clone(&items));
        stage.clone().spawn("waits", async move {
            let held = condition.acquire().await;
            condition.wait_for(&held, || items.borrow().len() >= 2).await;
            stage.print(format!("has {}", items.borrow().len()));
        })
    };
    stage.yield_now().await;
    for item in ["a", "b"] {
        let held = condition.acquire().await;
        items.borrow_mut().push(item);
        condition.notify(1)?;
        drop(held);
        stage.sleep(ms(1)).await;
        stage.print(format!("put {item} {}", py(task.is_done())));
    }
    task.await;
    Ok(())
}

pub async fn notify_two_of_three(stage: Stage) -> Done {
    let condition = a_condition(&stage);
    let tasks = ["a", "b", "c"].map(|name| waits(&stage, &condition, name));
    stage.yield_now().await;
    let held = condition.acquire().await;
    condition.notify(2)?;
    drop(held);
    stage.sleep(ms(1)).await;
    stage.print("the last");
    let held = condition.acquire().await;
    condition.notify_all()?;
    drop(held);
    stage.gather(tasks).await;
    Ok(())
}

pub async fn a_cancelled_wait_has_the_lock(stage: Stage) -> Done {
    let lock = stage.lock("lock");
    let condition = stage.condition("condition", &lock);
    let (inner, wanted) = (stage.clone(), lock.clone());
    let task = stage.spawn("waits", async move {
        let held = condition.acquire().await;
        if let Err(cancelled) = inner.catch_cancel(condition.wait(&held)).await {
            inner.print(format!("{} {}", message(&cancelled), py(wanted.is_locked())));
            inner.raise(cancelled).await;
        }
    });
    stage.yield_now().await;
    task.cancel_with("no more");
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(format!("{} {}", py(task.is_cancelled()), py(lock.is_locked())));
    Ok(())
}

pub async fn released_without_a_guard(stage: Stage) -> Done {
    let lock = stage.lock("lock");
    lock.acquire().await.forget();
    stage.print(py(lock.is_locked()));
    lock.release()?;
    stage.print(py(lock.is_locked()));
    if let Err(failure) = lock.release() {
        stage.print(failure.message);
    }
    Ok(())
}

fn takes(stage: &Stage, lock: &Lock, says: &'static str) -> impl Future<Output = Done> + use<> {
    let (stage, lock) = (stage.clone(), lock.clone());
    async move {
        let _held = lock.acquire().await;
        stage.print(says);
        Ok(())
    }
}

pub async fn released_by_another_task(stage: Stage) -> Done {
    let lock = stage.lock("lock");
    lock.acquire().await.forget();
    let waits = stage.spawn("waits", takes(&stage, &lock, "has it"));
    let (inner, held) = (stage.clone(), lock.clone());
    let releases = stage.spawn("releases", async move {
        held.release()?;
        inner.print(format!("released {}", py(held.is_locked())));
        Ok(())
    });
    stage.gather([waits, releases]).await;
    stage.print(py(lock.is_locked()));
    Ok(())
}

pub async fn released_and_taken_in_one_turn(stage: Stage) -> Done {
    let lock = stage.lock("lock");
    lock.acquire().await.forget();
    let tasks = ["a", "b"].map(|name| stage.spawn(name, takes(&stage, &lock, name)));
    stage.yield_now().await;
    lock.release()?;
    takes(&stage, &lock, "main").await?;
    stage.gather(tasks).await;
    Ok(())
}

pub async fn a_lock_whose_waiters_are_all_cancelled(stage: Stage) -> Done {
    let lock = stage.lock("lock");
    lock.acquire().await.forget();
    let wanted = lock.clone();
    let task = stage.spawn("waits", async move { wanted.acquire().await.forget() });
    stage.yield_now().await;
    lock.release()?;
    task.cancel();
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(format!("{} {}", py(task.is_cancelled()), py(lock.is_locked())));
    lock.acquire().await.forget();
    stage.print(py(lock.is_locked()));
    Ok(())
}

pub async fn an_event_that_is_set_and_cleared(stage: Stage) -> Done {
    fn waits(stage: &Stage, event: &Event, name: &'static str) -> Task<()> {
        let (stage, event) = (stage.clone(), event.clone());
        stage.clone().spawn(name, async move {
            event.wait().await;
            stage.print(format!("{name} {}", py(event.is_set())));
        })
    }
    let event = stage.event("event");
    let mut tasks: Vec<_> = ["a", "b"].map(|name| waits(&stage, &event, name)).into();
    stage.yield_now().await;
    event.set();
    event.clear();
    tasks.push(waits(&stage, &event, "c"));
    stage.sleep(ms(1)).await;
    event.set();
    stage.gather(tasks).await;
    Ok(())
}
