use crate::prelude::*;
use interleave::stage::queue::Queue;
use std::cmp::Ordering;

pub async fn least_first(stage: Stage) -> Done {
    let queue = stage.priority_queue("queue", 0);
    for item in [3, 1, 2, 1] {
        queue.put_nowait(item)?;
    }
    let mut items = Vec::new();
    for _ in 0..4 {
        items.push(queue.get().await);
    }
    stage.print(format!("{items:?}"));
    Ok(())
}

/// Compared by its priority alone.
struct Work {
    priority: usize,
    name: char,
}

impl Ord for Work {
    fn cmp(&self, other: &Self) -> Ordering {
        self.priority.cmp(&other.priority)
    }
}

impl PartialOrd for Work {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Work {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Work {}

pub async fn equal_priorities_in_the_heaps_order(stage: Stage) -> Done {
    let queue = stage.priority_queue("queue", 0);
    for (number, name) in ('a'..='h').enumerate() {
        let priority = number % 3;
        queue.put_nowait(Work { priority, name })?;
    }
    let mut names = String::new();
    for _ in 0..8 {
        names.push(queue.get().await.name);
    }
    stage.print(names);
    Ok(())
}

pub async fn a_priority_queue_with_waiters(stage: Stage) -> Done {
    let queue = stage.priority_queue("queue", 2);
    let puts = {
        let (stage, queue) = (stage.clone(), queue.clone());
        stage.clone().spawn("puts", async move {
            for item in [5, 4, 3, 2, 1] {
                queue.put(item).await;
                stage.print(format!("put {item}"));
            }
        })
    };
    let inner = stage.clone();
    let gets = stage.spawn("gets", async move {
        for _ in 0..5 {
            inner.print(format!("got {}", queue.get().await));
            inner.sleep(ms(1)).await;
        }
    });
    stage.gather([puts, gets]).await;
    Ok(())
}

fn gets<T: ToString + 'static>(stage: &Stage, queue: &Queue<T>, name: &'static str) -> Task<()> {
    let (stage, queue) = (stage.clone(), queue.clone());
    stage.clone().spawn(name, async move {
        match stage.catch(queue.get()).await {
            Ok(item) => stage.print(format!("{name} {}", item.to_string())),
            Err(failure) => stage.print(format!("{name} {}", failure.kind)),
        }
    })
}

pub async fn a_waiter_gets_the_least(stage: Stage) -> Done {
    let queue = stage.priority_queue("queue", 0);
    let tasks = ["a", "b"].map(|name| gets(&stage, &queue, name));
    stage.yield_now().await;
    queue.put_nowait(2)?;
    queue.put_nowait(1)?;
    stage.gather(tasks).await;
    Ok(())
}

pub async fn last_first(stage: Stage) -> Done {
    let queue = stage.lifo_queue("queue", 0);
    for item in ["a", "b", "c"] {
        queue.put(item).await;
    }
    let size = queue.len();
    let items = [queue.get_nowait()?, queue.get_nowait()?, queue.get_nowait()?];
    stage.print(format!("{size} {items:?}").replace('"', "'"));
    Ok(())
}

pub async fn last_first_with_room_for_one(stage: Stage) -> Done {
    let queue = stage.lifo_queue("queue", 1);
    let (inner, room) = (stage.clone(), queue.clone());
    let task = stage.spawn("puts", async move {
        for item in ["a", "b", "c"] {
            room.put(item).await;
            inner.print(format!("put {item}"));
        }
    });
    for _ in 0..3 {
        stage.sleep(ms(1)).await;
        stage.print(format!("got {}", queue.get().await));
    }
    task.await;
    Ok(())
}

pub async fn last_first_with_waiters(stage: Stage) -> Done {
    let queue = stage.lifo_queue("queue", 0);
    let tasks = ["a", "b"].map(|name| gets(&stage, &queue, name));
    stage.yield_now().await;
    for item in ["x", "y", "z"] {
        queue.put_nowait(item)?;
    }
    stage.gather(tasks).await;
    stage.print(queue.get_nowait()?);
    Ok(())
}

pub async fn last_first_joined(stage: Stage) -> Done {
    let queue = stage.lifo_queue("queue", 0);
    for item in ["a", "b"] {
        queue.put_nowait(item)?;
    }
    let (inner, work) = (stage.clone(), queue.clone());
    let worker: Task<Done> = stage.spawn("works", async move {
        loop {
            inner.print(work.get().await);
            inner.sleep(ms(1)).await;
            work.task_done()?;
        }
    });
    queue.join().await;
    stage.print(format!("joined {}", py(worker.cancel())));
    Ok(())
}

pub async fn without_waiting(stage: Stage) -> Done {
    let queue = stage.queue("queue", 1);
    queue.put_nowait("a")?;
    if let Err(failure) = queue.put_nowait("b") {
        stage.print(failure.kind);
    }
    stage.print(queue.get_nowait()?);
    if let Err(failure) = queue.get_nowait() {
        stage.print(failure.kind);
    }
    Ok(())
}

pub async fn shut_down_while_one_gets(stage: Stage) -> Done {
    let queue = stage.queue("queue", 0);
    let tasks = ["a", "b", "c"].map(|name| gets(&stage, &queue, name));
    stage.yield_now().await;
    queue.put_nowait("item")?;
    queue.shutdown(false);
    stage.gather(tasks).await;
    Ok(())
}

pub async fn shut_down_with_items_left(stage: Stage) -> Done {
    let queue = stage.queue("queue", 0);
    queue.put_nowait("a")?;
    queue.shutdown(false);
    if let Err(failure) = queue.put_nowait("b") {
        stage.print(failure.kind);
    }
    stage.print(queue.get().await);
    if let Err(failure) = stage.catch(queue.get()).await {
        stage.print(failure.kind);
    }
    if let Err(failure) = queue.get_nowait() {
        stage.print(failure.kind);
    }
    Ok(())
}

pub async fn shut_down_at_once(stage: Stage) -> Done {
    let queue = stage.queue("queue", 0);
    for item in ["a", "b"] {
        queue.put_nowait(item)?;
    }
    let (inner, joined) = (stage.clone(), queue.clone());
    let task = stage.spawn("joins", async move {
        joined.join().await;
        inner.print("joined");
    });
    stage.yield_now().await;
    queue.shutdown(true);
    stage.print(queue.len().to_string());
    task.await;
    queue.get().await;
    Ok(())
}

pub async fn shut_down_while_one_puts(stage: Stage) -> Done {
    let queue = stage.queue("queue", 1);
    queue.put("a").await;
    let (inner, full) = (stage.clone(), queue.clone());
    let task = stage.spawn("puts", async move {
        if let Err(failure) = inner.catch(full.put("b")).await {
            inner.print(failure.kind);
        }
    });
    stage.yield_now().await;
    queue.shutdown(false);
    task.await;
    stage.print(queue.len().to_string());
    Ok(())
}

pub async fn shut_down_and_joined(stage: Stage) -> Done {
    let queue = stage.queue("queue", 0);
    queue.put_nowait("a")?;
    queue.shutdown(false);
    stage.print(queue.get_nowait()?);
    queue.task_done()?;
    queue.join().await;
    stage.print("joined");
    Ok(())
}
