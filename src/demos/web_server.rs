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
            Connection::Socket => self.closing.wait().await,
            // A client that gave up has taken its reply back.
            Connection::Request(reply) if !reply.is_done() => {
                self.stage.sleep(self.handler_wait).await;
                if !reply.is_done() {
                    reply.set(Ok("200 OK"))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Of the sync server: has time for one connection at a time.
    async fn worker(self) -> Result<(), Failure> {
        loop {
            match self.connections.get().await {
                Connection::Stop => return Ok(()),
                connection => self.clone().handle(connection).await?,
            }
        }
    }

    /// Of the async server: makes a task for each connection, and takes the next.
    async fn acceptor(self) -> Result<(), Failure> {
        let mut handlers = Vec::new();
        loop {
            match self.connections.get().await {
                Connection::Stop => break,
                connection => {
                    let name = format!("handler {}", handlers.len() + 1);
                    let handler = self.clone().handle(connection);
                    handlers.push(self.stage.spawn(name, handler));
                }
            }
        }
        self.stage.try_gather(handlers).await?;
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
    connections.put(Connection::Request(reply.clone())).await;
    match stage.timeout(patience, &reply).await {
        Ok(status) => stage.print(format!("request {number}: {}", status?)),
        Err(TimedOut) => {
            stage.print(format!("request {number}: gave up"));
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
        for number in 1..=values.int("workers") {
            let worker = server.clone().worker();
            servers.push(stage.spawn(format!("worker {number}"), worker));
        }
    } else {
        servers.push(stage.spawn("acceptor", server.clone().acceptor()));
    }
    for _ in 0..values.int("sockets") {
        connections.put(Connection::Socket).await;
    }

    let (requests, patience) = (values.int("requests"), values.duration("patience"));
    let gap = Duration::from_secs_f64(1.0 / values.int("arrivals") as f64);
    let mut clients = Vec::new();
    let mut longest = 0;
    for number in 1..=requests {
        let client = request(stage.clone(), number, connections.clone(), patience);
        clients.push(stage.spawn(format!("request {number}"), client));
        stage.sleep(gap).await;
        longest = longest.max(connections.len());
    }
    let outcomes = stage.try_gather(clients).await?;
    let answered = outcomes.iter().filter(|answered| **answered).count();
    stage.print(format!("answered: {answered} of {requests}"));
    stage.print(format!("longest queue: {longest}"));
    if answered > 0 {
        let throughput = answered as f64 / stage.now().as_secs_f64();
        stage.note(format!("throughput: {} a second", fixed(throughput, 1)));
    }

    server.closing.set();
    for _ in &servers {
        connections.put(Connection::Stop).await;
    }
    stage.try_gather(servers).await?;
    Ok(())
}

demo!(Demo {
    title: "A web server with two workers",
    summary: "Two browsers hold a WebSocket open, and requests come in. A server with one worker per connection has nobody left to answer them; an async one has a task for each.",
    keywords: "wsgi asgi gunicorn uvicorn thread pool websocket throughput latency queue timeout",
    params: &[
        Param::int("requests", 40, 0..=2_000),
        Param::int("arrivals", 10, 1..=1_000).label("arrivals a second"),
        Param::duration_ms("handler-wait", 500, 0..=HOUR_MS).label("the handler waits"),
        Param::int("workers", 2, 1..=500),
        Param::int("sockets", 2, 0..=500).label("open sockets"),
        Param::duration_ms("patience", 5_000, 0..=HOUR_MS).label("a client waits for at most"),
        Param::mode(
            "async",
            &[("sync", "a worker per connection"), ("async", "async")]
        ),
    ],
    goldens: "mode=sync mode=sync&sockets=0 mode=sync&workers=3&patience=1s&arrivals=20 \
        requests=0 requests=6&handler-wait=1s&patience=1s \
        requests=3&handler-wait=0s&patience=0s&sockets=0 \
        requests=3&handler-wait=0s&patience=0s&mode=sync&workers=7",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn open_sockets_hold_workers_and_do_not_hold_tasks() {
        check(
            "web-server",
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
            "web-server",
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
}
