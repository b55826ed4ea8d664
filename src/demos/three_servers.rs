use super::prelude::*;

/// Asks a server, and waits for its answer for as long as that takes.
async fn ask(stage: Stage, server: usize, latency: Duration) -> String {
    stage.print(format!("server {server}: asked")); //@ asked
    stage.sleep(latency).await; //@ wait
    stage.print(format!("server {server}: answered")); //@ answered
    format!("page {server}")
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let latencies = values.durations("latencies").to_vec();
    let requests = (1..)
        .zip(latencies)
        .map(|(server, latency)| ask(stage.clone(), server, latency));
    let pages = if values.choice("mode") == "sequential" {
        let mut pages = Vec::new();
        for request in requests {
            pages.push(request.await); //@ one-by-one
        }
        pages
    } else {
        let tasks = (1..)
            .zip(requests)
            .map(|(server, request)| stage.spawn(format!("server {server}"), request)); //@ gather
        stage.gather(tasks).await //@ gather
    };
    stage.print(format!("received: {}", pages.join(", "))); //@ received
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "three-servers",
    title: "Three servers, one of them slow",
    group: Group::WhyAsync,
    lede: "Three servers are asked for a page, and the second is slow. One after the other, everybody behind the slow one waits for it; at the same time, nobody does.",
    teaches: source!("three_servers.md"),
    search: "gather sequential latency slow request http head-of-line blocking",
    params: &[
        Param {
            key: "latencies",
            label: "latencies",
            kind: Kind::Durations {
                default_ms: &[1_000, 10_000, 1_000],
                min_ms: 0,
                max_ms: 3_600_000,
                most: 100,
            },
            not_in_python: false,
        },
        Param {
            key: "mode",
            label: "version",
            kind: Kind::Choice {
                default: "concurrent",
                options: &[
                    ("sequential", "one after the other"),
                    ("concurrent", "at the same time"),
                ],
            },
            not_in_python: false,
        },
    ],
    rust: source!("three_servers.rs"),
    counterpart: Counterpart::Python(source!("three_servers.py")),
    goldens: goldens![
        "mode=sequential",
        "latencies=0s",
        "latencies=0s,2s,1s,2s,0s,1s,500ms,500ms",
        "latencies=3s,3s,3s&mode=sequential",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn the_third_server_does_not_wait_for_the_slow_one() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 server 1: asked
            0.000 server 2: asked
            0.000 server 3: asked
            1.000 server 1: answered
            1.000 server 3: answered
            10.000 server 2: answered
            10.000 received: page 1, page 2, page 3
            finished at 10.000
        "#]],
        );
        check(
            &DEMO,
            "mode=sequential",
            expect![[r#"
            0.000 server 1: asked
            1.000 server 1: answered
            1.000 server 2: asked
            11.000 server 2: answered
            11.000 server 3: asked
            12.000 server 3: answered
            12.000 received: page 1, page 2, page 3
            finished at 12.000
        "#]],
        );
    }
}
