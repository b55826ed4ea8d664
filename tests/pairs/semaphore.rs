use crate::prelude::*;
use interleave::stage::sync::Semaphore;

fn take(stage: &Stage, sem: &Semaphore, name: &'static str) -> Task<()> {
    let (stage, sem) = (stage.clone(), sem.clone());
    stage.clone().spawn(name, async move {
        sem.acquire().await.forget();
        stage.print(format!("got {name}"));
    })
}

pub async fn release_wakes_one(stage: Stage) -> Done {
    let (sem, event) = (stage.semaphore("s", 3), stage.event("e"));
    for _ in 0..3 {
        sem.acquire().await.forget();
    }
    let mut tasks = vec![take(&stage, &sem, "1")];
    tasks.push(stage.spawn("notified", {
        let (stage, event) = (stage.clone(), event.clone());
        async move {
            event.wait().await;
            stage.print("event");
        }
    }));
    stage.yield_now().await;
    tasks.push(stage.spawn("release twice", {
        let sem = sem.clone();
        async move {
            sem.release();
            sem.release();
        }
    }));
    tasks.extend(["a", "b"].map(|name| take(&stage, &sem, name)));
    tasks.push(stage.spawn("release and set", async move {
        sem.release();
        event.set();
    }));
    stage.gather(tasks).await;
    Ok(())
}

pub async fn permits_come_back_while_others_wait(stage: Stage) -> Done {
    let sem = stage.semaphore("s", 2);
    sem.acquire().await.forget();
    sem.acquire().await.forget();
    let tasks = ["a", "b", "c"].map(|name| take(&stage, &sem, name));
    stage.yield_now().await;
    sem.release();
    sem.release();
    sem.release();
    stage.print(py(sem.is_locked()));
    stage.yield_now().await;
    stage.print(py(sem.is_locked()));
    stage.gather(tasks).await;
    stage.print(py(sem.is_locked()));
    Ok(())
}

pub async fn a_cancelled_waiter_passes_its_permit_on(stage: Stage) -> Done {
    let sem = stage.semaphore("s", 1);
    sem.acquire().await.forget();
    let [a, b] = ["a", "b"].map(|name| take(&stage, &sem, name));
    stage.yield_now().await;
    sem.release();
    a.cancel();
    stage.wait_all(&[a.clone(), b]).await;
    stage.print(format!("{} {}", py(a.is_cancelled()), py(sem.is_locked())));
    Ok(())
}

pub async fn released_without_a_guard(stage: Stage) -> Done {
    let sem = stage.semaphore("s", 0);
    stage.print(py(sem.is_locked()));
    sem.release();
    sem.release();
    sem.acquire().await.forget();
    stage.print(py(sem.is_locked()));
    sem.acquire().await.forget();
    stage.print(py(sem.is_locked()));
    Ok(())
}

pub async fn bounded_is_released_too_often(stage: Stage) -> Done {
    let sem = stage.bounded_semaphore("s", 1);
    let held = sem.acquire().await;
    stage.print(py(sem.is_locked()));
    drop(held);
    if let Err(failure) = sem.release() {
        stage.print(failure.message);
    }
    Ok(())
}

fn take_bounded(
    stage: &Stage,
    sem: &interleave::stage::sync::BoundedSemaphore,
    name: &'static str,
) -> Task<()> {
    let (stage, sem) = (stage.clone(), sem.clone());
    stage.clone().spawn(name, async move {
        sem.acquire().await.forget();
        stage.print(format!("got {name}"));
    })
}

pub async fn bounded_wakes_waiters_all_the_same(stage: Stage) -> Done {
    let sem = stage.bounded_semaphore("s", 2);
    sem.acquire().await.forget();
    sem.acquire().await.forget();
    let task = take_bounded(&stage, &sem, "third");
    stage.yield_now().await;
    sem.release()?;
    task.await;
    sem.release()?;
    sem.release()?;
    if let Err(failure) = sem.release() {
        stage.print(failure.message);
    }
    Ok(())
}

pub async fn bounded_release_counts_the_waiter(stage: Stage) -> Done {
    let sem = stage.bounded_semaphore("s", 1);
    sem.acquire().await.forget();
    let task = take_bounded(&stage, &sem, "second");
    stage.yield_now().await;
    sem.release()?;
    sem.release()?;
    task.await;
    stage.print(py(sem.is_locked()));
    Ok(())
}

pub async fn bounded_with_a_guard_and_without(stage: Stage) -> Done {
    let sem = stage.bounded_semaphore("s", 1);
    sem.acquire().await.forget();
    stage.print(py(sem.is_locked()));
    sem.release()?;
    let held = sem.acquire().await;
    stage.print(py(sem.is_locked()));
    drop(held);
    stage.print(py(sem.is_locked()));
    Ok(())
}
