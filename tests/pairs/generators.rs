use crate::prelude::*;
use interleave::stage::generator::Generator;

async fn numbers_body(stage: Stage, out: Yielder<u32>, name: &'static str, clean_up: Duration) {
    let body = async {
        for number in 0..3 {
            stage.print(format!("{name} yields {number}"));
            out.give(number).await;
        }
    };
    let at_last = async {
        stage.print(format!("{name} cleans up"));
        stage.sleep(clean_up).await;
        stage.print(format!("{name} is clean"));
    };
    stage.finally(body, at_last).await;
}

fn numbers(stage: &Stage, name: &'static str, clean_up: u64) -> Generator<u32> {
    stage.generator(|out| numbers_body(stage.clone(), out, name, ms(clean_up)))
}

fn or_no_more<T: ToString>(value: Option<T>) -> String {
    value.map_or("no more".to_owned(), |value| value.to_string())
}

pub async fn left_early(stage: Stage) -> Done {
    let mut values = numbers(&stage, "a", 1);
    stage.print(format!("got {}", or_no_more(values.next().await)));
    drop(values);
    stage.print("after the loop");
    stage.yield_now().await;
    stage.print("a turn later");
    stage.yield_now().await;
    stage.print("two turns later");
    stage.sleep(ms(2)).await;
    Ok(())
}

pub async fn left_at_the_end_of_main(stage: Stage) -> Done {
    let mut values = numbers(&stage, "a", 1);
    stage.print(format!("got {}", or_no_more(values.next().await)));
    drop(values);
    stage.print("main ends");
    Ok(())
}

thread_local! {
    static HELD: RefCell<Option<Generator<u32>>> = const { RefCell::new(None) };
}

pub async fn held_until_the_shutdown(stage: Stage) -> Done {
    let mut held = numbers(&stage, "held", 1);
    stage.print(or_no_more(held.next().await));
    stage.print("main ends");
    HELD.set(Some(held));
    Ok(())
}

pub async fn held_by_a_task_that_ends(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("holds", async move {
        let mut values = numbers(&inner, "a", 1);
        values.next().await;
        inner.yield_now().await;
    });
    task.await;
    stage.print("it has ended");
    stage.sleep(ms(5)).await;
    Ok(())
}

pub async fn never_started(stage: Stage) -> Done {
    drop(numbers(&stage, "a", 1));
    stage.sleep(ms(1)).await;
    stage.print("nothing happened");
    Ok(())
}

pub async fn run_to_its_end(stage: Stage) -> Done {
    let mut values = numbers(&stage, "a", 1);
    while let Some(number) = values.next().await {
        stage.print(format!("got {number}"));
    }
    stage.print("after the loop");
    Ok(())
}

pub async fn closed_by_hand(stage: Stage) -> Done {
    let mut values = numbers(&stage, "a", 1);
    stage.print(or_no_more(values.next().await));
    values.close().await?;
    stage.print("closed");
    values.close().await?;
    stage.print(or_no_more(values.next().await));
    Ok(())
}

pub async fn closed_before_it_starts(stage: Stage) -> Done {
    let mut values = numbers(&stage, "a", 1);
    values.close().await?;
    stage.print(or_no_more(values.next().await));
    Ok(())
}

pub async fn ignores_its_end(stage: Stage) -> Done {
    let inner = stage.clone();
    let mut values: Generator<u32> = stage.generator(|out: Yielder<u32>| async move {
        let (first, second) = (out.give(1), out.give(2));
        let body = async {
            first.await;
        };
        let clean_up = async {
            second.await;
        };
        inner.finally(body, clean_up).await;
    });
    stage.print(or_no_more(values.next().await));
    if let Err(failure) = values.close().await {
        stage.print(failure.message);
    }
    Ok(())
}

fn or_none(value: Option<&'static str>) -> &'static str {
    value.unwrap_or("None")
}

pub async fn sent_into(stage: Stage) -> Done {
    let inner = stage.clone();
    let mut echo: Generator<&str, &str> = stage.generator(|out: Yielder<&str, &str>| async move {
        let mut sent = None;
        loop {
            inner.print(format!("was sent {}", or_none(sent)));
            sent = out.give(or_none(sent)).await;
        }
    });
    stage.print(or_none(echo.next().await));
    stage.print(or_none(echo.send("one").await));
    stage.print(or_none(echo.send("two").await));
    stage.print(or_none(echo.next().await));
    echo.close().await
}

pub async fn sent_into_the_end(stage: Stage) -> Done {
    let inner = stage.clone();
    let mut values: Generator<u32, &str> = stage.generator(|out: Yielder<u32, &str>| async move {
        inner.print(format!("got {}", or_none(out.give(1).await)));
        inner.print(format!("got {}", or_none(out.give(2).await)));
    });
    stage.print(or_no_more(values.next().await));
    stage.print(or_no_more(values.send("a").await));
    if values.send("b").await.is_none() {
        stage.print("it is over");
    }
    Ok(())
}

pub async fn sent_between_waits(stage: Stage) -> Done {
    let inner = stage.clone();
    let mut values: Generator<u32, u32> = stage.generator(|out: Yielder<u32, u32>| async move {
        let mut value = Some(0);
        while let Some(number) = value {
            inner.sleep(ms(1)).await;
            value = out.give(number).await;
        }
        inner.print("ends");
    });
    stage.print(or_no_more(values.next().await));
    stage.print(or_no_more(values.send(5).await));
    if values.next().await.is_none() {
        stage.print("it is over");
    }
    Ok(())
}

pub async fn thrown_into(stage: Stage) -> Done {
    let mut values = numbers(&stage, "a", 1);
    stage.print(or_no_more(values.next().await));
    if let Err(failure) = values.throw(value_error("no")).await {
        stage.print(format!("caught {}", failure.message));
    }
    stage.print(or_no_more(values.next().await));
    Ok(())
}

pub async fn thrown_into_what_catches(stage: Stage) -> Done {
    let inner = stage.clone();
    let mut values: Generator<&str> = stage.generator(|out: Yielder<&str>| async move {
        loop {
            if let Err(failure) = inner.catch(out.give("asks")).await {
                inner.print(format!("inside: {}", failure.message));
                inner.sleep(ms(1)).await;
            }
        }
    });
    stage.print(or_none(values.next().await));
    stage.print(or_none(values.throw(value_error("one")).await?));
    stage.print(or_none(values.throw(value_error("two")).await?));
    values.close().await
}

pub async fn thrown_before_it_starts(stage: Stage) -> Done {
    let mut values = numbers(&stage, "a", 1);
    if let Err(failure) = values.throw(value_error("early")).await {
        stage.print(format!("caught {}", failure.message));
    }
    stage.print(or_no_more(values.next().await));
    Ok(())
}

pub async fn cancelled_while_one_pulls(stage: Stage) -> Done {
    let inner = stage.clone();
    let task = stage.spawn("pulls", async move {
        let body = inner.clone();
        let mut values: Generator<u32> = inner.generator(|out: Yielder<u32>| async move {
            let waits = async {
                out.give(1).await;
                body.sleep(ms(1000)).await;
            };
            body.finally(waits, async { body.print("cleans up") }).await;
        });
        while let Some(number) = values.next().await {
            inner.print(format!("got {number}"));
        }
    });
    stage.sleep(ms(1)).await;
    task.cancel();
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(py(task.is_cancelled()));
    Ok(())
}

pub async fn two_left_early_are_closed_in_order(stage: Stage) -> Done {
    for name in ["a", "b"] {
        let mut values = numbers(&stage, name, 0);
        stage.print(format!("got {}", or_no_more(values.next().await)));
    }
    stage.sleep(ms(1)).await;
    stage.print("main ends");
    Ok(())
}
