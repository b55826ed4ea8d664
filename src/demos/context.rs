use super::prelude::*;
use crate::stage::context::ContextVar;
use std::cell::Cell;
use std::rc::Rc;

/// Which request is being handled: for the whole program, or as each task sees it.
#[derive(Clone)]
enum Current {
    Global(Stage, Rc<Cell<i64>>),
    Context(ContextVar<i64>),
}

impl Current {
    fn set(&self, request: i64) {
        match self {
            Current::Global(stage, cell) => {
                cell.set(request);
                stage.watch("request", request);
            }
            Current::Context(variable) => {
                variable.set(request);
            }
        }
    }

    fn get(&self) -> i64 {
        match self {
            Current::Global(_, cell) => cell.get(),
            Current::Context(variable) => variable.get().unwrap_or(0),
        }
    }
}

/// A part of the handler, which calls itself by a number of its own.
async fn query(stage: Stage, number: i64, current: Current, time: Duration) {
    stage.print(format!("query {number}: for request {}", current.get())); //@ asks
    current.set(100 + number);
    stage.sleep(time).await; //@ query
    stage.print(format!("query {number}: is now {}", current.get())); //@ is-now
}

async fn handler(stage: Stage, number: i64, current: Current, values: Values) {
    current.set(number);
    stage.print(/*@ begins */ format!(
        "handler {number}: begins, request {}",
        current.get()
    ));
    stage.sleep(values.duration("work")).await; //@ work
    let body = query(
        stage.clone(),
        number,
        current.clone(),
        values.duration("query"),
    );
    if values.choice("call") == "task" {
        stage.spawn(format!("query {number}"), body).await; //@ task
    } else {
        body.await; //@ inside
    }
    stage.print(format!("handler {number}: ends, request {}", current.get())); //@ ends
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let current = match values.choice("mode") {
        "global" => Current::Global(stage.clone(), Rc::default()),
        _ => Current::Context(stage.context_var(Some(0))),
    };
    let mut tasks = Vec::new();
    for number in 1..=values.int("requests") {
        let body = handler(stage.clone(), number, current.clone(), values.clone());
        tasks.push(stage.spawn(format!("handler {number}"), body)); //@ handler
        stage.sleep(values.duration("gap")).await; //@ gap
    }
    stage.gather(tasks).await; //@ gather
    stage.print(format!("main: request {}", current.get())); //@ main
    Ok(())
}

demo!(Demo {
    title: "Which task sees which value",
    summary: "Handlers note which request they are at, pause, and look again. In a global variable they find what somebody else noted; a context variable has a value for each task.",
    keywords: "contextvars ContextVar copy_context thread local threading.local request id logging task local tracing",
    params: &[
        Param::mode(
            "context",
            &[("global", "a global"), ("context", "a context variable")]
        )
        .label("noted in"),
        Param::int("requests", 3, 0..=1_000),
        Param::duration_ms("gap", 300, 0..=HOUR_MS).label("time between requests"),
        Param::duration_ms("work", 800, 0..=HOUR_MS).label("a handler works for"),
        Param::duration_ms("query", 400, 0..=HOUR_MS).label("its query takes"),
        Param::choice(
            "call",
            "task",
            &[("task", "a task"), ("await", "awaited in place")]
        )
        .label("the query is"),
    ],
    goldens: "mode=global call=await mode=global&call=await requests=0 gap=0s&work=0s&query=0s \
        mode=global&gap=0s&work=0s&query=0s&call=await",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    /// How many handlers end at another request than theirs.
    fn mixed_up(setting: &str) -> usize {
        let trace = run_with("context", setting);
        let ends = output::lines(&trace).filter_map(|line| {
            let (number, request) = line.text.strip_prefix("handler ")?.split_once(": ends, ")?;
            Some(request != format!("request {number}"))
        });
        ends.filter(|is_mixed_up| *is_mixed_up).count()
    }

    #[test]
    fn handlers_keep_their_request_unless_what_they_await_in_place_sets_another() {
        assert_eq!(mixed_up("requests=50"), 0);
        assert_eq!(mixed_up("requests=50&mode=global"), 50);
        assert_eq!(mixed_up("requests=50&call=await"), 50);
    }
}
