use super::prelude::*;
use crate::stage::future::Future as Reply;
use crate::stage::sync::Event;

/// What waits at the server's door.
enum Connection {
    Request(Reply<&'static str>),
    Socket,
    Stop,
}

/// What the parts of the server share.
#[derive(Clone)]
struct Server {
    stage: Stage,
    connections: Queue<Connection>,
    handler_wait: Duration,
    closing: Event,
}

impl Server {
    /// Serves a connection to its end; for a WebSocket that is when the server closes.
    async fn handle(self, connection: Connection) -> Result<(), Failure> {
        match connection {
            Connection::Socket => self.closing.wait().await, //@ socket
            // A client that gave up has taken its reply back.
            Connection::Request(reply) if !reply.is_done() => {
                self.stage.sleep(self.handler_wait).await; //@ handler
                if !reply.is_done() {
                    reply.set(Ok("200 OK"))?; //@ reply
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Of the sync server: has time for one connection at a time.
    async fn worker(self) -> Result<(), Failure> {
        loop {
            match /*@ worker-get */ self.connections.get().await {
                Connection::Stop => return Ok(()),
                connection => self.clone().handle(connection).await?, //@ handle
            }
        }
    }

    /// Of the async server: makes a task for each connection, and takes the next.
    async fn acceptor(self) -> Result<(), Failure> {
        let mut handlers = Vec::new();
        loop {
            match /*@ get */ self.connections.get().await {
                Connection::Stop => break,
                connection => {
                    let name = format!("handler {}", handlers.len() + 1);
                    let handler = self.clone().handle(connection);
                    handlers.push(self.stage.spawn(name, handler)); //@ accept
                }
            }
        }
        self.stage.try_gather(handlers).await?; //@ handlers
        Ok(())
    }
}

/// A client: asks, and waits for the reply as long as it has patience.
async fn request(
    stage: Stage,
    number: i64,
    connections: Queue<Connection>,
    patience: Duration,
) -> Result<bool, Failure> {
    let reply = stage.future(&format!("reply {number}"));
    connections.put(Connection::Request(reply.clone())).await; //@ request
    match /*@ wait */ stage.timeout(patience, &reply).await {
        Ok(status) => stage.print(format!("request {number}: {}", status?)), //@ answered
        Err(TimedOut) => {
            stage.print(format!("request {number}: gave up")); //@ gave-up
            return Ok(false);
        }
    }
    Ok(true)
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let server = Server {
        stage: stage.clone(),
        connections: stage.queue("connections", 0),
        handler_wait: values.duration("handler-wait"),
        closing: stage.event("closing"),
    };
    let connections = server.connections.clone();
    let mut servers = Vec::new();
    if values.choice("mode") == "sync" {
        for number in 1..=values.whole("workers") {
            let worker = server.clone().worker();
            servers.push(stage.spawn(format!("worker {number}"), worker)); //@ servers
        }
    } else {
        servers.push(stage.spawn("acceptor", server.clone().acceptor())); //@ servers
    }
    for _ in 0..values.whole("sockets") {
        connections.put(Connection::Socket).await; //@ open
    }

    let (requests, patience) = (values.whole("requests"), values.duration("patience"));
    let gap = Duration::from_secs_f64(1.0 / values.whole("arrivals") as f64);
    let mut clients = Vec::new();
    let mut longest = 0;
    for number in 1..=requests {
        let client = request(stage.clone(), number, connections.clone(), patience);
        clients.push(stage.spawn(format!("request {number}"), client)); //@ client
        stage.sleep(gap).await; //@ gap
        longest = longest.max(connections.len());
    }
    let outcomes = stage.try_gather(clients).await?; //@ clients
    let answered = outcomes.iter().filter(|answered| **answered).count();
    stage.print(format!("answered: {answered} of {requests}")); //@ count
    stage.print(format!("longest queue: {longest}")); //@ longest
    if answered > 0 {
        let throughput = answered as f64 / stage.now().as_secs_f64();
        stage.note(format!("throughput: {} a second", fixed(throughput, 1)));
    }

    server.closing.set(); //@ closing
    for _ in &servers {
        connections.put(Connection::Stop).await; //@ stop
    }
    stage.try_gather(servers).await?; //@ end
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "web-server",
    title: "A web server with two workers",
    group: Group::WhyAsync,
    lede: "Two browsers hold a WebSocket open, and requests come in. A server with one worker per connection has nobody left to answer them; an async one has a task for each.",
    teaches: source!("web_server.md"),
    search: "wsgi asgi gunicorn uvicorn thread pool websocket throughput latency queue timeout",
    params: &[
        Param {
            key: "requests",
            label: "requests",
            kind: Kind::Whole {
                default: 40,
                min: 0,
                max: 2_000,
            },
            not_in_python: false,
        },
        Param {
            key: "arrivals",
            label: "arrivals a second",
            kind: Kind::Whole {
                default: 10,
                min: 1,
                max: 1_000,
            },
            not_in_python: false,
        },
        Param {
            key: "handler-wait",
            label: "the handler waits",
            kind: Kind::Duration {
                default_ms: 500,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "workers",
            label: "workers",
            kind: Kind::Whole {
                default: 2,
                min: 1,
                max: 500,
            },
            not_in_python: false,
        },
        Param {
            key: "sockets",
            label: "open sockets",
            kind: Kind::Whole {
                default: 2,
                min: 0,
                max: 500,
            },
            not_in_python: false,
        },
        Param {
            key: "patience",
            label: "a client waits for at most",
            kind: Kind::Duration {
                default_ms: 5_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "mode",
            label: "version",
            kind: Kind::Choice {
                default: "async",
                options: &[("sync", "a worker per connection"), ("async", "async")],
            },
            not_in_python: false,
        },
    ],
    rust: source!("web_server.rs"),
    counterpart: Counterpart::Python(source!("web_server.py")),
    goldens: goldens![
        "mode=sync",
        "mode=sync&sockets=0",
        "mode=sync&workers=3&patience=1s&arrivals=20",
        "requests=0",
        "requests=6&handler-wait=1s&patience=1s",
        "requests=3&handler-wait=0s&patience=0s&sockets=0",
        "requests=3&handler-wait=0s&patience=0s&mode=sync&workers=7",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn open_sockets_hold_workers_and_do_not_hold_tasks() {
        check(
            &DEMO,
            "requests=4",
            expect![[r#"
            0.500 request 1: 200 OK
            0.600 request 2: 200 OK
            0.700 request 3: 200 OK
            0.800 request 4: 200 OK
            0.800 answered: 4 of 4
            0.800 longest queue: 0
            0.800 note: throughput: 5.0 a second
            finished at 0.800
        "#]],
        );
        check(
            &DEMO,
            "requests=4&mode=sync",
            expect![[r#"
            5.000 request 1: gave up
            5.100 request 2: gave up
            5.200 request 3: gave up
            5.300 request 4: gave up
            5.300 answered: 0 of 4
            5.300 longest queue: 4
            finished at 5.300
        "#]],
        );
    }

    #[test]
    fn with_both_workers_held_nobody_is_answered() {
        let trace = run_with(&DEMO, "mode=sync");
        let answered = output::lines(&trace).find(|line| line.text.starts_with("answered"));
        assert_eq!(answered.map(|line| line.text), Some("answered: 0 of 40"));
        let trace = run_with(&DEMO, "");
        let answered = output::lines(&trace).find(|line| line.text.starts_with("answered"));
        assert_eq!(answered.map(|line| line.text), Some("answered: 40 of 40"));
    }
}
