use super::prelude::*;

/// A server that takes its time to answer.
async fn ask(stage: Stage, name: String, latency: Duration) -> String {
    stage.sleep(latency).await; //@ wait
    stage.print(format!("{name} answers")); //@ answers
    name
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let mut tasks = Vec::new();
    for (index, latency) in values.durations("latencies").iter().enumerate() {
        let name = format!("server {}", index + 1);
        let body = ask(stage.clone(), name.clone(), *latency);
        tasks.push(stage.spawn(name, body)); //@ task
    }

    if values.choice("mode") == "completed" {
        let mut completed = stage.as_completed(tasks); //@ completed
        while let Some(name) = /*@ next */ completed.next().await {
            stage.print(format!("main: has the answer of {name}")); //@ has
        }
    } else {
        for task in tasks {
            let name = task.await; //@ asked
            stage.print(format!("main: has the answer of {name}")); //@ has-asked
        }
    }
    stage.print("main: has all answers"); //@ all
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "as-completed",
    title: "As they come",
    group: Group::WorkingTogether,
    lede: "Several servers are asked at once and answer after different times. Main takes each answer when it is there, or in the order in which it asked.",
    teaches: source!("as_completed.md"),
    search: "asyncio.as_completed gather order first finished streaming results",
    params: &[
        Param {
            key: "latencies",
            label: "time each server takes",
            kind: Kind::Durations {
                default_ms: &[3_000, 1_000, 4_000, 2_000],
                min_ms: 0,
                max_ms: 3_600_000,
                most: 500,
            },
            not_in_python: false,
        },
        Param {
            key: "mode",
            label: "main takes the answers",
            kind: Kind::Choice {
                default: "completed",
                options: &[
                    ("completed", "as they come"),
                    ("asked", "in the order asked"),
                ],
            },
            not_in_python: false,
        },
    ],
    rust: source!("as_completed.rs"),
    counterpart: Counterpart::Python(source!("as_completed.py")),
    goldens: goldens![
        "mode=asked",
        "latencies=2s,1s,2s,1s,0s,1s",
        "latencies=0s,0s,0s",
        "latencies=0s,0s,0s&mode=asked",
        "latencies=5s",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn answers_come_by_latency_or_in_the_order_asked() {
        check(
            &DEMO,
            "",
            expect![[r#"
            1.000 server 2 answers
            1.000 main: has the answer of server 2
            2.000 server 4 answers
            2.000 main: has the answer of server 4
            3.000 server 1 answers
            3.000 main: has the answer of server 1
            4.000 server 3 answers
            4.000 main: has the answer of server 3
            4.000 main: has all answers
            finished at 4.000
        "#]],
        );
        check(
            &DEMO,
            "mode=asked",
            expect![[r#"
            1.000 server 2 answers
            2.000 server 4 answers
            3.000 server 1 answers
            3.000 main: has the answer of server 1
            3.000 main: has the answer of server 2
            4.000 server 3 answers
            4.000 main: has the answer of server 3
            4.000 main: has the answer of server 4
            4.000 main: has all answers
            finished at 4.000
        "#]],
        );
    }
}
