use super::prelude::*;
use crate::stage::context::ContextVar;
use std::cell::RefCell;
use std::rc::Rc;

/// Where it stands which request this is.
#[derive(Clone)]
struct Current {
    is_asked_for_context: bool,
    in_context: ContextVar<String>,
    in_global: Rc<RefCell<String>>,
}

impl Current {
    /// Notes which request this is, for whoever asks later.
    fn enter(&self, request: String) {
        self.in_context.set(request.clone());
        *self.in_global.borrow_mut() = request;
    }

    fn get(&self) -> String {
        match self.is_asked_for_context {
            true => self.in_context.get().unwrap_or_default(),
            false => self.in_global.borrow().clone(),
        }
    }
}

async fn query(stage: Stage, number: i64, pause: Duration, current: Current) {
    stage.sleep(pause).await; //@ query
    stage.print(format!("query {number}: is part of {}", current.get())); //@ queried
}

async fn handle(stage: Stage, number: i64, pause: Duration, current: Current) {
    current.enter(format!("request {number}"));
    stage.print(format!("handler {number}: begins {}", current.get())); //@ begins
    let query = query(stage.clone(), number, pause, current.clone());
    stage.spawn(format!("query {number}"), query).await; //@ ask
    stage.print(format!("handler {number}: ends {}", current.get())); //@ ends
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let nobody = "nobody's request".to_owned();
    let current = Current {
        is_asked_for_context: values.choice("mode") == "context",
        in_context: stage.context_var(Some(nobody.clone())),
        in_global: Rc::new(RefCell::new(nobody)),
    };
    let mut handlers = Vec::new();
    for number in 1..=values.int("requests") {
        let body = handle(stage.clone(), number, values.duration("pause"), current.clone());
        handlers.push(stage.spawn(format!("handler {number}"), body)); //@ task
    }
    stage.gather(handlers).await; //@ gather
    stage.print(format!("main: sees {}", current.get())); //@ main
    Ok(())
}

demo!(Demo {
    title: "Context variables",
    summary: "Several requests at once, and code deep inside that wants to know to which it belongs. A global variable holds only the last; of a context variable each task has its own value.",
    keywords: "contextvars ContextVar copy_context request id logging thread-local task-local global state tracing",
    params: &[
        Param::mode(
            "context",
            &[("global", "global variable"), ("context", "context variable")]
        ),
        Param::int("requests", 3, 0..=4_000),
        Param::duration_ms("pause", 1_000, 0..=HOUR_MS).label("a query takes"),
    ],
    goldens: "mode=global requests=0 mode=global&pause=0s requests=1&mode=global",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn each_query_knows_its_own_request_only_by_the_context() {
        let own = |mode: &str| {
            let trace = run_with("context", &format!("mode={mode}&requests=9"));
            let queries = output::lines(&trace).filter_map(|line| {
                let (query, request) = line.text.strip_prefix("query ")?.split_once(": is part of ")?;
                Some(request.strip_prefix("request ")? == query)
            });
            queries.filter(|own| *own).count()
        };
        assert_eq!(own("context"), 9);
        assert_eq!(own("global"), 1);
    }
}
