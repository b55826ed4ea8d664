use crate::prelude::*;
use interleave::stage::generator::Generator;

async fn ticks(stage: Stage, name: &'static str, count: u32, pause: u64) {
    for number in 0..count {
        stage.print(format!("{name} {number}"));
        stage.sleep(ms(pause)).await;
    }
}

fn ticker(stage: &Stage, name: &'static str, count: u32, pause: u64) -> Task<()> {
    stage.spawn(name, ticks(stage.clone(), name, count, pause))
}

fn says(stage: &Stage, line: &'static str) -> impl FnOnce() + use<> {
    let stage = stage.clone();
    move || stage.print(line)
}

fn blocks(stage: &Stage, duration: u64) -> Task<()> {
    let stage = stage.clone();
    stage.clone().spawn("blocks", async move {
        stage.block(ms(duration));
        stage.print("blocked");
    })
}

pub async fn blocking_makes_timers_late(stage: Stage) -> Done {
    stage.gather([ticker(&stage, "tick", 3, 2), blocks(&stage, 5)]).await;
    Ok(())
}

pub async fn timers_that_are_late_fire_by_deadline(stage: Stage) -> Done {
    stage.call_later(ms(3), says(&stage, "three"));
    stage.call_later(ms(1), says(&stage, "one"));
    stage.call_later(ms(2), says(&stage, "two"));
    stage.block(ms(10));
    stage.yield_now().await;
    stage.print("main");
    Ok(())
}

pub async fn a_timer_set_while_late_ones_fire(stage: Stage) -> Done {
    let inner = stage.clone();
    stage.call_later(ms(1), move || {
        inner.call_later(ms(0), says(&inner, "inside"));
    });
    stage.call_later(ms(2), says(&stage, "two"));
    stage.block(ms(10));
    stage.sleep(ms(1)).await;
    stage.print("main");
    Ok(())
}

pub async fn equal_deadlines_in_the_order_of_their_making(stage: Stage) -> Done {
    stage.gather(["a", "b", "c"].map(|name| ticker(&stage, name, 2, 1))).await;
    Ok(())
}

pub async fn a_sleep_of_nothing_is_a_turn(stage: Stage) -> Done {
    stage.gather([ticker(&stage, "a", 3, 0), ticker(&stage, "b", 2, 0)]).await;
    Ok(())
}

pub async fn a_negative_sleep_is_a_turn(stage: Stage) -> Done {
    // There is no negative length of time here.
    stage.gather(["a", "b"].map(|name| ticker(&stage, name, 2, 0))).await;
    Ok(())
}

pub async fn tasks_begin_a_turn_later(stage: Stage) -> Done {
    let task = ticker(&stage, "task", 1, 0);
    stage.print("made");
    stage.yield_now().await;
    stage.print("a turn later");
    task.await;
    Ok(())
}

pub async fn awaiting_a_coroutine_takes_no_turn(stage: Stage) -> Done {
    stage.call_soon(says(&stage, "beside"));
    async { stage.print("inner") }.await;
    stage.print("outer");
    stage.yield_now().await;
    Ok(())
}

pub async fn awaiting_what_is_done_takes_no_turn(stage: Stage) -> Done {
    let task = ticker(&stage, "task", 1, 0);
    stage.sleep(ms(1)).await;
    stage.call_soon(says(&stage, "beside"));
    task.await;
    stage.print("main");
    stage.yield_now().await;
    Ok(())
}

pub async fn a_callback_before_a_task(stage: Stage) -> Done {
    stage.call_soon(says(&stage, "callback"));
    let task = ticker(&stage, "task", 1, 0);
    stage.call_soon(says(&stage, "another"));
    task.await;
    Ok(())
}

fn in_a_thread(stage: &Stage, duration: u64, line: Option<&'static str>) -> Task<()> {
    let stage = stage.clone();
    let work = stage.threads(32).run("sleep", Job::Sleep(ms(duration)));
    stage.clone().spawn("threads", async move {
        if let (Ok(_), Some(line)) = (work.await, line) {
            stage.print(line);
        }
    })
}

pub async fn two_threads_and_a_ticker(stage: Stage) -> Done {
    let threads = [3, 2].map(|duration| in_a_thread(&stage, duration, None));
    let [first, second] = threads;
    stage.gather([first, second, ticker(&stage, "tick", 4, 1)]).await;
    stage.print("all done");
    Ok(())
}

pub async fn a_thread_and_the_loop_at_one_time(stage: Stage) -> Done {
    let inner = stage.clone();
    let threads = in_a_thread(&stage, 2, Some("thread"));
    let sleeps = stage.spawn("sleeps", async move {
        inner.sleep(ms(2)).await;
        inner.print("sleep");
    });
    stage.gather([threads, sleeps]).await;
    Ok(())
}

pub async fn a_thread_while_the_loop_is_blocked(stage: Stage) -> Done {
    let threads = in_a_thread(&stage, 1, Some("thread"));
    stage.gather([threads, blocks(&stage, 4)]).await;
    Ok(())
}

pub async fn a_hundred_thousand_seconds(stage: Stage) -> Done {
    stage.sleep(Duration::from_secs(100_000)).await;
    stage.sleep(ms(1)).await;
    stage.print("slept");
    Ok(())
}

pub async fn a_sleep_that_is_cancelled_at_its_end(stage: Stage) -> Done {
    let task = ticker(&stage, "tick", 2, 1);
    stage.sleep(ms(1)).await;
    stage.print(py(task.cancel()));
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(py(task.is_cancelled()));
    Ok(())
}

pub async fn generator_closed_in_a_timeout(stage: Stage) -> Done {
    let inner = stage.clone();
    let mut values: Generator<&str> = stage.generator(|out: Yielder<&str>| async move {
        let body = async {
            loop {
                inner.sleep(ms(2)).await;
                out.give("value").await;
            }
        };
        let clean_up = async {
            inner.sleep(ms(1)).await;
            inner.print("closed");
        };
        inner.finally(body, clean_up).await
    });
    let pulls = async {
        while let Some(value) = values.next().await {
            stage.print(value);
        }
    };
    if let Err(TimedOut) = stage.timeout(ms(5), pulls).await {
        stage.print("timed out");
    }
    Ok(())
}

fn slow_to_close(stage: &Stage) -> Generator<u32> {
    let inner = stage.clone();
    stage.generator(|out: Yielder<u32>| async move {
        let body = async {
            out.give(1).await;
        };
        inner.finally(body, inner.sleep(ms(1))).await;
    })
}

pub async fn generator_closed_twice_at_once(stage: Stage) -> Done {
    let mut numbers = slow_to_close(&stage);
    numbers.next().await;
    let mut again = numbers.clone();
    let closing = stage.spawn("closing", async move { numbers.close().await });
    stage.yield_now().await;
    if let Err(failure) = again.close().await {
        stage.print(failure.message);
    }
    closing.await?;
    stage.print("closed");
    Ok(())
}

pub async fn generator_pulled_twice_at_once(stage: Stage) -> Done {
    let inner = stage.clone();
    let mut numbers: Generator<u32> = stage.generator(|out: Yielder<u32>| async move {
        inner.sleep(ms(1)).await;
        out.give(1).await;
    });
    let mut again = numbers.clone();
    let first = stage.spawn("first", async move { numbers.next().await.unwrap_or_default() });
    stage.yield_now().await;
    if let Err(failure) = stage.catch(again.next()).await {
        stage.print(failure.message);
    }
    stage.print(first.await.to_string());
    Ok(())
}

pub async fn a_clean_up_fails_while_a_generator_closes(stage: Stage) -> Done {
    let inner = stage.clone();
    let mut numbers: Generator<u32> = stage.generator(|out: Yielder<u32>| async move {
        let body = async {
            out.give(1).await;
        };
        let clean_up = async {
            inner.raise(value_error("in clean-up")).await;
        };
        inner.finally(body, clean_up).await;
    });
    numbers.next().await;
    if let Err(failure) = numbers.close().await {
        stage.print(failure.message);
    }
    Ok(())
}

pub async fn an_asend_before_it_starts(stage: Stage) -> Done {
    let inner = stage.clone();
    let mut numbers: Generator<u32, &str> = stage.generator(|out: Yielder<u32, &str>| async move {
        let sent = out.give(1).await.unwrap_or("None");
        inner.print(format!("got {sent}"));
    });
    if let Err(failure) = stage.catch(numbers.send("early")).await {
        stage.print(failure.message);
    }
    stage.print(numbers.next().await.unwrap_or_default().to_string());
    Ok(())
}

pub async fn a_failed_task_in_a_finally(stage: Stage) -> Done {
    let task: Task<Done> = stage.spawn("fails", async { Err(value_error("no")) });
    let clean_up = async {
        stage.sleep(ms(1)).await;
        stage.print("clean");
    };
    if let Err(failure) = stage.finally(async { task.await }, clean_up).await {
        stage.print(format!("caught {}", failure.message));
    }
    Ok(())
}

pub async fn a_clean_up_is_cancelled(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("works", async move {
        let clean_up = async {
            if let Err(cancelled) = inner.catch_cancel(inner.sleep(ms(1000))).await {
                inner.print(format!("again {}", message(&cancelled)));
            }
            inner.print("clean");
        };
        inner.finally(inner.sleep(ms(1000)), clean_up).await;
    });
    stage.sleep(ms(1)).await;
    task.cancel_with("first");
    stage.sleep(ms(1)).await;
    task.cancel_with("second");
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(py(task.is_cancelled()));
    Ok(())
}

pub async fn a_race_by_hand(stage: Stage) -> Done {
    let tasks = ["0.003", "0.001", "0.002"].map(|delay| {
        let seconds: f64 = delay.parse().expect("a number");
        let sleep = stage.sleep(Duration::from_secs_f64(seconds));
        stage.spawn(delay, async move {
            sleep.await;
            delay
        })
    });
    let (done, pending) = stage.wait(&tasks, WaitUntil::FirstCompleted, None).await;
    for task in &pending {
        task.cancel();
    }
    let first = done[0].result().expect("it is done");
    stage.print(format!("{first} {}", pending.len()));
    stage.wait_all(&pending).await;
    let cancelled: Vec<_> = tasks.iter().map(|task| py(task.is_cancelled())).collect();
    stage.print(format!("[{}]", cancelled.join(", ")));
    Ok(())
}

pub async fn main_catches_its_own_cancellation(stage: Stage) -> Done {
    let me = stage.current_task();
    stage.call_later(ms(1), move || {
        me.cancel_with("stop");
    });
    if let Err(cancelled) = stage.catch_cancel(stage.sleep(ms(1000))).await {
        stage.print(message(&cancelled));
    }
    stage.print("goes on");
    Ok(())
}
