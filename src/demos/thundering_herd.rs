use super::prelude::*;
use crate::stage::task::Task;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Holds a page once somebody has asked the database for it.
struct Cache {
    stage: Stage,
    mode: String,
    time: Duration,
    page: RefCell<Option<String>>,
    lock: Lock,
    pending: RefCell<Option<Task<()>>>,
    queries: Cell<i64>,
}

impl Cache {
    async fn query(self: Rc<Self>) {
        self.queries.set(self.queries.get() + 1);
        let stage = &self.stage;
        stage.print(format!("database: query {}", self.queries.get())); //@ query
        stage.sleep(self.time).await; //@ database
        let page = format!("the page of query {}", self.queries.get());
        *self.page.borrow_mut() = Some(page);
    }

    fn is_empty(&self) -> bool {
        self.page.borrow().is_none()
    }

    async fn get(self: Rc<Self>) -> Option<String> {
        match self.mode.as_str() {
            "shared" => {
                let pending = self.pending.borrow().clone();
                let pending = pending.unwrap_or_else(|| {
                    let query = Rc::clone(&self).query();
                    self.stage.spawn("query", query) //@ pending
                });
                *self.pending.borrow_mut() = Some(pending.clone());
                self.stage.shield(&pending).await; //@ shared
            }
            "lock" => {
                let _held = self.lock.acquire().await; //@ lock
                // Somebody else may have asked while this one waited.
                if self.is_empty() {
                    Rc::clone(&self).query().await;
                }
            }
            _ if self.is_empty() => Rc::clone(&self).query().await,
            _ => {}
        }
        self.page.borrow().clone()
    }
}

async fn client(number: i64, cache: Rc<Cache>) {
    let stage = cache.stage.clone();
    let page = cache.get().await.unwrap_or_default();
    stage.print(format!("client {number}: has {page}")); //@ has
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let cache = Rc::new(Cache {
        stage: stage.clone(),
        mode: values.choice("mode").to_owned(),
        time: values.duration("query"),
        page: RefCell::default(),
        lock: stage.lock("lock"),
        pending: RefCell::default(),
        queries: Cell::new(0),
    });
    let mut clients = Vec::new();
    for number in 1..=values.int("clients") {
        let body = client(number, Rc::clone(&cache));
        clients.push(stage.spawn(format!("client {number}"), body)); //@ task
    }
    stage.gather(clients).await; //@ gather
    stage.print(format!("main: {} queries for one page", cache.queries.get())); //@ sum
    Ok(())
}

demo!(Demo {
    title: "Thundering herd",
    summary: "A page is not in the cache, and several clients want it at once. Each finds the cache empty and asks the database, unless they agree that one asks for all.",
    keywords: "cache stampede dogpile single flight coalescing lock double-checked memoize async lru_cache shared future request collapsing",
    params: &[
        Param::mode(
            "naive",
            &[
                ("naive", "everybody asks"),
                ("lock", "a lock"),
                ("shared", "a shared task")
            ]
        ),
        Param::int("clients", 5, 0..=4_000),
        Param::duration_ms("query", 1_000, 0..=HOUR_MS).label("time of a query"),
    ],
    goldens: "mode=lock mode=shared clients=0 query=0s mode=lock&query=0s mode=shared&query=0s",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn one_query_is_enough_when_they_agree() {
        let queries = |mode: &str| {
            let trace = run_with("thundering-herd", &format!("mode={mode}&clients=100"));
            output::lines(&trace)
                .filter(|line| line.text.starts_with("database"))
                .count()
        };
        assert_eq!(queries("naive"), 100);
        assert_eq!(queries("lock"), 1);
        assert_eq!(queries("shared"), 1);
    }
}
