use super::prelude::*;
use crate::stage::sync::Semaphore;
use std::cell::Cell;
use std::rc::Rc;

/// The server counts what came within the last second, and refuses what is too much.
#[derive(Clone)]
struct Server {
    stage: Stage,
    allowed: i64,
    latency: Duration,
    recent: Rc<Cell<i64>>,
}

impl Server {
    async fn request(&self, name: &str) -> bool {
        self.count(1);
        let me = self.clone();
        let second = Duration::from_secs(1);
        self.stage.call_later(second, move || me.count(-1)); //@ forget
        let takes_it = self.recent.get() <= self.allowed;
        self.stage.sleep(self.latency).await; //@ answer
        let answer = if takes_it { "answered" } else { "refused" };
        self.stage.print(format!("{name}: {answer}")); //@ answered
        takes_it
    }

    fn count(&self, change: i64) {
        self.recent.set(self.recent.get() + change);
        self.stage.watch("within a second", self.recent.get());
    }
}

/// Puts a token in the bucket at equal times, unless it is full.
async fn refill(stage: Stage, tokens: Queue<()>, every: Duration) {
    loop {
        stage.sleep(every).await; //@ every
        if !tokens.is_full() {
            tokens.put(()).await; //@ refill
        }
    }
}

async fn client(name: String, server: Server, limit: Limit) -> bool {
    match limit {
        Limit::None => server.request(&name).await, //@ none
        Limit::Permits(permits) => {
            let _permit = permits.acquire().await; //@ permit
            server.request(&name).await //@ with-permit
        }
        Limit::Tokens(tokens) => {
            tokens.get().await; //@ token
            server.request(&name).await //@ with-token
        }
    }
}

#[derive(Clone)]
enum Limit {
    None,
    /// So many at a time.
    Permits(Semaphore),
    /// So many in any length of time, and a few at once.
    Tokens(Queue<()>),
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let burst = values.int("burst") as usize;
    let server = Server {
        stage: stage.clone(),
        allowed: values.int("allowed"),
        latency: values.duration("latency"),
        recent: Rc::default(),
    };
    let tokens = stage.queue("tokens", burst);
    let limit = match values.choice("mode") {
        "none" => Limit::None,
        "semaphore" => Limit::Permits(stage.semaphore("permits", burst)),
        _ => Limit::Tokens(tokens.clone()),
    };
    for _ in 0..burst {
        tokens.put(()).await; //@ fill
    }
    let every = values.duration("every");
    let refill = stage.spawn("refill", refill(stage.clone(), tokens, every)); //@ task

    let mut clients = Vec::new();
    for number in 1..=values.int("requests") {
        let name = format!("client {number}");
        let body = client(name.clone(), server.clone(), limit.clone());
        clients.push(stage.spawn(name, body)); //@ gather
    }
    let answered = stage.gather(clients).await; //@ gather
    let refused = answered.iter().filter(|answered| !**answered).count();
    stage.print(format!("main: {refused} refused")); //@ end
    refill.cancel(); //@ cancel
    stage.wait_all(&[refill]).await; //@ wait
    Ok(())
}

demo!(Demo {
    title: "Rate limit",
    summary: "A server takes six requests a second and refuses more. A semaphore limits how many are under way, which says nothing of a second; a bucket of tokens does.",
    keywords: "token bucket leaky bucket throttle 429 too many requests quota requests per second semaphore aiolimiter burst",
    params: &[
        Param::mode(
            "bucket",
            &[
                ("semaphore", "a semaphore"),
                ("bucket", "a token bucket"),
                ("none", "nothing"),
            ]
        )
        .label("held back by"),
        Param::int("requests", 12, 0..=1_000),
        Param::int("burst", 3, 1..=1_000).label("permits, or tokens at most"),
        Param::duration_ms("every", 400, 10..=MINUTE_MS).label("time to a new token"),
        Param::duration_ms("latency", 300, 0..=MINUTE_MS / 6).label("time to an answer"),
        Param::int("allowed", 6, 0..=1_000).label("the server takes in a second"),
    ],
    goldens: "mode=semaphore mode=none requests=0 burst=1&every=170ms \
        mode=semaphore&latency=0s&burst=2 burst=100 allowed=0&requests=3 every=10ms&latency=0s \
        mode=semaphore&latency=1s&burst=6",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[track_caller]
    fn check_last_line(setting: &str, expected: &str) {
        let trace = run_with("rate-limit", setting);
        let last = output::lines(&trace).last().map(|line| line.text);
        assert_eq!(last, Some(expected), "{setting}");
    }

    #[test]
    fn a_semaphore_limits_a_rate_only_together_with_the_latency() {
        check_last_line("", "main: 0 refused");
        check_last_line("requests=200", "main: 0 refused");
        check_last_line("mode=none", "main: 6 refused");
        check_last_line("mode=semaphore", "main: 6 refused");
        check_last_line("mode=semaphore&latency=550ms", "main: 0 refused");
    }
}
