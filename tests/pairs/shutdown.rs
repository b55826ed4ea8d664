use crate::prelude::*;
use interleave::stage::generator::Generator;

fn count(stage: Stage, number: u32) {
    if number < 20 {
        stage.print(format!("turn {number}"));
        let next = stage.clone();
        stage.call_soon(move || count(next, number + 1));
    }
}

fn count_soon(stage: &Stage) {
    let inner = stage.clone();
    stage.call_soon(move || count(inner, 1));
}

pub async fn five_turns_without_tasks(stage: Stage) -> Done {
    count_soon(&stage);
    stage.yield_now().await;
    stage.print("main ends");
    Ok(())
}

pub async fn turns_with_a_task_that_is_cancelled(stage: Stage) -> Done {
    let task = stage.spawn("task", stage.sleep(ms(1000)));
    count_soon(&stage);
    stage.yield_now().await;
    stage.print(format!("main ends {}", py(task.is_done())));
    Ok(())
}

thread_local! {
    static HELD: RefCell<Option<Generator<u32>>> = const { RefCell::new(None) };
}

pub async fn turns_with_a_generator_to_close(stage: Stage) -> Done {
    let inner = stage.clone();
    let mut held: Generator<u32> = stage.generator(|out: Yielder<u32>| async move {
        let gives = async {
            out.give(1).await;
        };
        inner.finally(gives, async { inner.print("closed") }).await;
    });
    held.next().await;
    count_soon(&stage);
    stage.yield_now().await;
    stage.print("main ends");
    HELD.set(Some(held));
    Ok(())
}

pub async fn last_words(stage: Stage) -> Done {
    stage.print("main ends");
    let printer = stage.clone();
    stage.call_later(ms(0), move || printer.print("last words"));
    Ok(())
}

pub async fn too_late_for_last_words(stage: Stage) -> Done {
    let printer = stage.clone();
    stage.call_later(ms(1), move || printer.print("never"));
    Ok(())
}

pub async fn a_clean_up_that_waits(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("waits", async move {
        let clean_up = async {
            let printer = inner.clone();
            inner.call_later(ms(1), move || printer.print("a timer"));
            inner.sleep(ms(2)).await;
            inner.print("clean");
        };
        inner.finally(inner.sleep(ms(1000)), clean_up).await;
    });
    stage.yield_now().await;
    stage.print(format!("main ends {}", py(task.is_done())));
    Ok(())
}

pub async fn a_clean_up_that_spawns(stage: Stage) -> Done {
    async fn late(stage: Stage) {
        for number in 0..10 {
            stage.print(format!("late {number}"));
            stage.yield_now().await;
        }
    }
    let inner = stage.clone();
    let first = stage.spawn("spawns", async move {
        let clean_up = async {
            inner.spawn("late", late(inner.clone()));
        };
        inner.finally(inner.sleep(ms(1000)), clean_up).await;
    });
    stage.yield_now().await;
    stage.print(format!("main ends {}", py(first.is_done())));
    Ok(())
}

pub async fn a_task_that_refuses(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("refuses", async move {
        if inner.catch_cancel(inner.sleep(ms(1000))).await.is_err() {
            inner.print("refused");
        }
        inner.sleep(ms(2)).await;
        inner.print("done all the same");
    });
    stage.yield_now().await;
    stage.print(format!("main ends {}", py(task.is_done())));
    Ok(())
}

fn print_later(stage: &Stage, delay: u64, line: &'static str) {
    let printer = stage.clone();
    stage.call_later(ms(delay), move || printer.print(line));
}

pub async fn a_thread_that_nobody_waits_for(stage: Stage) -> Done {
    let threads = stage.threads(32);
    let task = stage.spawn("task", threads.run("sleep", Job::Sleep(ms(1000))));
    stage.sleep(ms(100)).await;
    task.cancel();
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(format!("cancelled {}", py(task.is_cancelled())));
    print_later(&stage, 500, "while the thread works");
    print_later(&stage, 1500, "never");
    Ok(())
}

pub async fn a_thread_that_main_leaves(stage: Stage) -> Done {
    let threads = stage.threads(32);
    let task = stage.spawn("task", threads.run("sleep", Job::Sleep(ms(1000))));
    stage.sleep(ms(100)).await;
    print_later(&stage, 500, "while the thread works");
    stage.print(format!("main ends {}", py(task.is_done())));
    Ok(())
}

pub async fn a_thread_in_time(stage: Stage) -> Done {
    let threads = stage.threads(32);
    let work = threads.run("sleep", Job::Sleep(ms(1000)));
    if let Err(TimedOut) = stage.timeout(ms(500), work).await {
        stage.print("timed out");
    }
    print_later(&stage, 400, "while the thread works");
    Ok(())
}

pub async fn main_fails(stage: Stage) -> Done {
    stage.spawn("task", stage.sleep(ms(1000)));
    stage.sleep(ms(1)).await;
    Err(value_error("of main"))
}

pub async fn main_is_cancelled(stage: Stage) -> Done {
    stage.current_task().cancel();
    stage.sleep(ms(1000)).await;
    Ok(())
}

pub async fn main_is_cancelled_with_a_message(stage: Stage) -> Done {
    let me = stage.current_task();
    stage.call_soon(move || {
        me.cancel_with("enough");
    });
    stage.sleep(ms(1000)).await;
    Ok(())
}

pub async fn main_fails_with_an_error_of_asyncios(stage: Stage) -> Done {
    let future = stage.future("future");
    future.set(Ok(1))?;
    future.set(Ok(2))
}

pub async fn main_waits_for_ever(stage: Stage) -> Done {
    let future = stage.future::<()>("future");
    (&future).await
}

pub async fn a_callback_fails(stage: Stage) -> Done {
    let printer = stage.clone();
    stage.call_later(ms(1), move || -> Done {
        printer.print("fails");
        Err(value_error("in a callback"))
    });
    print_later(&stage, 1, "the next");
    stage.sleep(ms(2)).await;
    stage.print("main goes on");
    Ok(())
}

pub async fn a_done_callback_fails(stage: Stage) -> Done {
    let task = stage.spawn("task", stage.sleep(ms(1)));
    task.add_done_callback(|_| panic!("in a callback"));
    let printer = stage.clone();
    task.add_done_callback(move |_| printer.print("the next"));
    task.await;
    stage.print("main goes on");
    Ok(())
}
