use crate::prelude::*;
use interleave::stage::barrier::Barrier;

fn comes(stage: &Stage, barrier: &Barrier, name: &'static str) -> Task<Done> {
    let (stage, barrier) = (stage.clone(), barrier.clone());
    stage.clone().spawn(name, async move {
        match barrier.wait().await {
            Ok(index) => stage.print(format!("{name} {index}")),
            Err(failure) => stage.print(format!("{name} {}", failure.message)),
        }
        Ok(())
    })
}

pub async fn three_meet(stage: Stage) -> Done {
    let barrier = stage.barrier("barrier", 3);
    let tasks = [3, 1, 2].map(|delay| {
        let (stage, barrier) = (stage.clone(), barrier.clone());
        stage.clone().spawn("comes", async move {
            stage.sleep(ms(delay)).await;
            stage.print(format!("waits {}", barrier.waiting()));
            let index = barrier.wait().await?;
            stage.print(format!("goes on {index}"));
            Ok(())
        })
    });
    stage.try_gather(tasks).await?;
    stage.print(format!("{} {}", barrier.waiting(), barrier.parties()));
    Ok(())
}

pub async fn used_twice(stage: Stage) -> Done {
    let barrier = stage.barrier("barrier", 2);
    let tasks = ["a", "b"].map(|name| {
        let (stage, barrier) = (stage.clone(), barrier.clone());
        stage.clone().spawn(name, async move {
            for number in 0..2 {
                barrier.wait().await?;
                stage.print(format!("{name} {number}"));
            }
            Ok(())
        })
    });
    stage.try_gather(tasks).await?;
    Ok(())
}

pub async fn who_comes_while_it_drains(stage: Stage) -> Done {
    let barrier = stage.barrier("barrier", 2);
    let tasks = ["a", "b", "c", "d"].map(|name| comes(&stage, &barrier, name));
    stage.try_gather(tasks).await?;
    Ok(())
}

pub async fn with_a_context_manager(stage: Stage) -> Done {
    let barrier = stage.barrier("barrier", 2);
    let tasks = ["a", "b"].map(|name| {
        let (stage, barrier) = (stage.clone(), barrier.clone());
        stage.clone().spawn(name, async move {
            let body = async |index: Result<usize, Failure>| {
                stage.print(format!("{name} {}", index?));
                Ok(())
            };
            stage.async_with(barrier.wait(), body, async |_, _| false).await?;
            Ok(())
        })
    });
    stage.try_gather(tasks).await?;
    Ok(())
}

pub async fn reset(stage: Stage) -> Done {
    let barrier = stage.barrier("barrier", 3);
    let tasks = ["a", "b"].map(|name| comes(&stage, &barrier, name));
    stage.yield_now().await;
    barrier.reset().await;
    stage.print(format!("reset {}", py(barrier.is_broken())));
    stage.try_gather(tasks).await?;
    let wait = |barrier: Barrier| async move { barrier.wait().await };
    let waits = [(); 3].map(|()| stage.spawn("waits", wait(barrier.clone())));
    stage.try_gather(waits).await?;
    stage.print("works again");
    Ok(())
}

pub async fn aborted(stage: Stage) -> Done {
    let barrier = stage.barrier("barrier", 2);
    let task = comes(&stage, &barrier, "a");
    stage.yield_now().await;
    barrier.abort().await;
    stage.print(py(barrier.is_broken()));
    task.await?;
    if let Err(failure) = barrier.wait().await {
        stage.print(format!("b {}", failure.message));
    }
    barrier.wait().await?;
    Ok(())
}

pub async fn one_is_cancelled(stage: Stage) -> Done {
    let barrier = stage.barrier("barrier", 2);
    let first = comes(&stage, &barrier, "a");
    stage.yield_now().await;
    first.cancel();
    stage.wait_all(&[first]).await;
    stage.print(barrier.waiting().to_string());
    let tasks = ["b", "c"].map(|name| comes(&stage, &barrier, name));
    stage.try_gather(tasks).await?;
    Ok(())
}
