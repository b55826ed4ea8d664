use super::prelude::*;
use crate::stage::sync::Semaphore;
use crate::stage::task::Task;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A value that a database takes a while to find, and what is kept of it.
#[derive(Clone)]
struct Store {
    stage: Stage,
    database: Semaphore,
    time: Duration,
    cached: Rc<Cell<Option<i64>>>,
    queries: Rc<Cell<i64>>,
    lock: Lock,
    loading: Rc<RefCell<Option<Task<i64>>>>,
}

impl Store {
    async fn query(self) -> i64 {
        self.queries.set(self.queries.get() + 1);
        self.stage.watch("queries", self.queries.get());
        let connection = self.database.acquire().await; //@ connection
        self.stage.sleep(self.time).await; //@ query
        self.cached.set(Some(42));
        drop(connection);
        42
    }

    /// Whoever comes first begins to load, and everybody awaits the same task.
    fn shared(&self) -> Task<i64> {
        let mut loading = self.loading.borrow_mut();
        let load = || self.stage.spawn("load", self.clone().query()); //@ load
        loading.get_or_insert_with(load).clone()
    }
}

async fn reader(name: String, store: Store, mode: &'static str) {
    if store.cached.get().is_none() {
        store.stage.print(format!("{name}: not in the cache")); //@ miss
        match mode {
            "none" => {
                store.clone().query().await; //@ alone
            }
            "lock" => {
                let _held = store.lock.acquire().await; //@ lock
                if store.cached.get().is_none() {
                    store.clone().query().await; //@ looked
                }
            }
            "blind" => {
                let _held = store.lock.acquire().await; //@ blind
                store.clone().query().await; //@ not-looked
            }
            _ => {
                store.shared().await; //@ shared
            }
        }
    }
    store.stage.print(format!("{name}: has it")); //@ has-it
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let store = Store {
        stage: stage.clone(),
        database: stage.semaphore("database", values.int("connections") as usize),
        time: values.duration("query"),
        cached: Rc::default(),
        queries: Rc::default(),
        lock: stage.lock("the key"),
        loading: Rc::default(),
    };
    let mut readers = Vec::new();
    for number in 1..=values.int("readers") {
        let name = format!("reader {number}");
        let body = reader(name.clone(), store.clone(), values.choice("mode"));
        readers.push(stage.spawn(name, body)); //@ reader
        stage.sleep(values.duration("gap")).await; //@ gap
    }
    stage.gather(readers).await; //@ gather
    stage.print(format!("main: queries made: {}", store.queries.get())); //@ end
    Ok(())
}

demo!(Demo {
    title: "The thundering herd",
    summary: "A value is not in the cache, and eight readers want it. Each asks the database, for the same value; or the first one does, and the others wait for its answer.",
    keywords: "cache stampede dogpile double-checked lock single flight shared future memoize expire ttl async cache",
    params: &[
        Param::mode(
            "shared",
            &[
                ("none", "everybody asks"),
                ("shared", "a shared task"),
                ("lock", "a lock, and a second look"),
                ("blind", "a lock, and no second look"),
            ]
        )
        .label("who finds nothing in the cache"),
        Param::int("readers", 8, 0..=1_000),
        Param::duration_ms("gap", 40, 0..=MINUTE_MS).label("time between readers"),
        Param::duration_ms("query", 550, 0..=10 * MINUTE_MS).label("a query takes"),
        Param::int("connections", 2, 1..=1_000).label("queries at a time"),
    ],
    goldens: "mode=none mode=lock mode=blind gap=0s gap=0s&mode=lock gap=0s&query=0s&mode=none \
        gap=0s&query=0s&mode=blind readers=0 readers=20&connections=5&mode=none gap=0s&query=0s",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[track_caller]
    fn check_queries(setting: &str, expected: i64) {
        let trace = run_with("thundering-herd", setting);
        let last = output::lines(&trace).last().map(|line| line.text);
        let expected = format!("main: queries made: {expected}");
        assert_eq!(last, Some(expected.as_str()), "{setting}");
    }

    #[test]
    fn one_query_is_enough_for_a_herd_that_looks_twice_or_shares() {
        for gap in ["", "&gap=0s", "&readers=500&gap=0s"] {
            check_queries(&format!("mode=shared{gap}"), 1);
            check_queries(&format!("mode=lock{gap}"), 1);
        }
        check_queries("mode=none", 8);
        check_queries("mode=blind&readers=5", 5);
        check_queries("mode=none&gap=1s", 1);
    }
}
