use crate::prelude::*;
use interleave::stage::group::TaskGroup;

async fn after(stage: Stage, delay: u64, name: &'static str) -> Done {
    match stage.catch_cancel(stage.sleep(ms(delay))).await {
        Ok(()) => stage.print(name),
        Err(cancelled) => {
            stage.print(format!("{name} cancelled"));
            stage.raise(cancelled).await;
        }
    }
    Ok(())
}

async fn fails(stage: Stage, delay: u64, name: &'static str) -> Done {
    stage.sleep(ms(delay)).await;
    stage.print(format!("{name} fails"));
    Err(value_error(name))
}

/// As Python shows a tuple of errors.
fn tuple(failures: &[Failure]) -> String {
    let parts: Vec<String> = failures.iter().map(repr).collect();
    let comma = if parts.len() == 1 { "," } else { "" };
    format!("({}{comma})", parts.join(", "))
}

fn repr(failure: &Failure) -> String {
    format!("{}('{}')", failure.kind, failure.message)
}

fn word(failure: &Failure) -> String {
    let first = failure.message.split(' ').next().unwrap_or_default();
    format!("{}: {first}", failure.kind)
}

fn print_errors(stage: &Stage, left: Result<(), Vec<Failure>>) {
    if let Err(failures) = left {
        stage.print(tuple(&failures));
    }
}

pub async fn takes_no_tasks_while_it_aborts(stage: Stage) -> Done {
    async fn adds(stage: Stage, group: TaskGroup) -> Done {
        if let Err(cancelled) = stage.catch_cancel(stage.sleep(ms(1000))).await {
            if let Err(failure) = group.spawn("never", after(stage.clone(), 0, "never")) {
                let known = py(failure.message.contains("shutting down"));
                stage.print(format!("{} {known}", word(&failure)));
            }
            stage.raise(cancelled).await;
        }
        Ok(())
    }
    let left = stage.task_group(async |group| {
        group.spawn("adds", adds(stage.clone(), group.clone()))?;
        group.spawn("one", fails(stage.clone(), 1, "one"))?;
        Ok(())
    });
    print_errors(&stage, left.await);
    Ok(())
}

pub async fn takes_no_tasks_after_its_end(stage: Stage) -> Done {
    let left = stage.task_group(async |group| {
        group.spawn("one", after(stage.clone(), 0, "one"))?;
        Ok(group)
    });
    let group = left.await?;
    if let Err(failure) = group.spawn("never", after(stage.clone(), 0, "never")) {
        let known = py(failure.message.contains("finished"));
        stage.print(format!("{} {known}", word(&failure)));
    }
    stage.sleep(ms(1)).await;
    Ok(())
}

pub async fn takes_tasks_while_it_waits_for_others(stage: Stage) -> Done {
    async fn adds(stage: Stage, group: TaskGroup) -> Done {
        stage.sleep(ms(1)).await;
        group.spawn("added", after(stage.clone(), 1, "added"))?;
        Ok(())
    }
    let left = stage.task_group(async |group| {
        group.spawn("adds", adds(stage.clone(), group.clone()))?;
        Ok(())
    });
    left.await?;
    stage.print("left");
    Ok(())
}

pub async fn the_body_may_fail(stage: Stage) -> Done {
    let left = stage.task_group(async |group| {
        group.spawn("one", after(stage.clone(), 1000, "one"))?;
        stage.sleep(ms(1)).await;
        Err(value_error("of the body"))
    });
    print_errors(&stage, left.await);
    Ok(())
}

pub async fn several_errors_at_once(stage: Stage) -> Done {
    let left = stage.task_group(async |group| {
        for name in ["a", "b", "c"] {
            group.spawn(name, fails(stage.clone(), 1, name))?;
        }
        group.spawn("d", after(stage.clone(), 1, "d"))?;
        Ok(())
    });
    if let Err(failures) = left.await {
        let failure = Failure::from(failures);
        let text = failure.to_string();
        stage.print(text.trim_start_matches("ExceptionGroup: "));
        stage.print(tuple(&failure.group));
    }
    Ok(())
}

pub async fn an_error_on_the_way_out(stage: Stage) -> Done {
    async fn cleans_up(stage: Stage) -> Done {
        let caught = stage.catch_cancel(stage.sleep(ms(1000))).await;
        stage.sleep(ms(1)).await;
        caught.map_err(|_| Failure::new("KeyError", "in clean-up"))
    }
    let left = stage.task_group(async |group| {
        group.spawn("cleans up", cleans_up(stage.clone()))?;
        group.spawn("one", fails(stage.clone(), 1, "one"))?;
        Ok(())
    });
    if let Err(failures) = left.await {
        // An `except*` of two kinds catches them in the order of the group.
        let kinds: Vec<_> = failures.iter().map(|failure| failure.kind).collect();
        stage.print(format!("{kinds:?}").replace('"', "'"));
    }
    Ok(())
}

fn text_of_group(failure: &Failure) -> String {
    let text = failure.to_string();
    text.trim_start_matches("ExceptionGroup: ").to_owned()
}

pub async fn a_group_in_a_group(stage: Stage) -> Done {
    async fn inner(stage: Stage) -> Done {
        let left = stage.task_group(async |group| {
            group.spawn("deep", fails(stage.clone(), 1, "deep"))?;
            Ok(())
        });
        Ok(left.await?)
    }
    let left = stage.task_group(async |group| {
        group.spawn("inner", inner(stage.clone()))?;
        group.spawn("beside", after(stage.clone(), 1000, "beside"))?;
        Ok(())
    });
    if let Err(failures) = left.await {
        let outer = Failure::from(failures);
        let (first, second) = (&outer.group[0], &outer.group[0].group[0]);
        let texts = [text_of_group(&outer), text_of_group(first), repr(second)];
        stage.print(texts.join(" / "));
    }
    Ok(())
}

pub async fn cancelled_from_outside(stage: Stage) -> Done {
    async fn grouped(stage: Stage) -> Done {
        let left = stage.task_group(async |group| {
            group.spawn("one", after(stage.clone(), 1000, "one"))?;
            Ok(())
        });
        match stage.catch_cancel(left).await {
            Ok(left) => left?,
            Err(cancelled) => {
                let cancelling = stage.current_task().cancelling();
                stage.print(format!("the parent is cancelled {cancelling}"));
                stage.raise(cancelled).await;
            }
        }
        Ok(())
    }
    let task = stage.spawn("grouped", grouped(stage.clone()));
    stage.sleep(ms(1)).await;
    task.cancel();
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(py(task.is_cancelled()));
    Ok(())
}

pub async fn cancelled_while_it_fails(stage: Stage) -> Done {
    async fn grouped(stage: Stage) -> Done {
        let left = stage.task_group(async |group| {
            group.spawn("one", fails(stage.clone(), 1, "one"))?;
            stage.sleep(ms(1000)).await;
            Ok(())
        });
        if left.await.is_err() {
            stage.print(format!("caught {}", stage.current_task().cancelling()));
        }
        stage.sleep(ms(1)).await;
        stage.print("never");
        Ok(())
    }
    let task = stage.spawn("grouped", grouped(stage.clone()));
    stage.sleep(ms(1)).await;
    task.cancel();
    stage.wait_all(std::slice::from_ref(&task)).await;
    stage.print(py(task.is_cancelled()));
    Ok(())
}

pub async fn an_exception_group_is_split(stage: Stage) -> Done {
    let of = |kind, message: &str| Failure::new(kind, message);
    let inner = Failure::group("inner", vec![of("KeyError", "2"), of("ValueError", "3")]);
    let all = Failure::group("some", vec![of("ValueError", "1"), inner]);
    let (values, rest) = all.split(&|failure| failure.kind == "ValueError");
    let values = values.expect("there are some");
    stage.print(format!("{} {}", text_of_group(&values), values.group.len()));
    let (keys, _) = values.split(&|failure| failure.kind == "KeyError");
    stage.print(keys.map_or("None".to_owned(), |keys| text_of_group(&keys)));
    let rest = rest.expect("there are some");
    let texts = [text_of_group(&rest), text_of_group(&rest.group[0])];
    stage.print(texts.join(" / "));
    Ok(())
}

pub async fn leaves_main(stage: Stage) -> Done {
    let left = stage.task_group(async |group| {
        group.spawn("one", fails(stage.clone(), 1, "one"))?;
        group.spawn("two", fails(stage.clone(), 1, "two"))?;
        Ok(())
    });
    Ok(left.await?)
}
