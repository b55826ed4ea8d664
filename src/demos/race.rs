use super::prelude::*;

/// Answers after a time, unless it is cancelled before.
async fn ask(stage: Stage, name: String, latency: Duration) -> String {
    let slept = stage.catch_cancel(stage.sleep(latency)).await; //@ wait
    if slept.is_err() {
        stage.print(format!("{name}: cancelled")); //@ cancelled
        stage.raise_cancelled().await; //@ raise
    }
    stage.print(format!("{name}: answers")); //@ answers
    name
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let mut tasks = Vec::new();
    for (index, latency) in values.durations("latencies").iter().enumerate() {
        let name = format!("server {}", index + 1);
        let body = ask(stage.clone(), name.clone(), *latency);
        tasks.push(stage.spawn(name, body)); //@ task
    }

    // Waits for the first, takes its answer, and cancels the others.
    let winner = stage.race(tasks.clone()).await; //@ race
    stage.print(format!("main: {winner} wins")); //@ wins

    // Whoever was cancelled gets the time to clean up.
    stage.wait_all(&tasks).await; //@ wait-all
    stage.print("main: nobody is left over"); //@ left
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "race",
    title: "The first wins",
    group: Group::WorkingTogether,
    lede: "The same question goes to several servers. The first answer is taken, and the other requests are cancelled.",
    teaches: source!("race.md"),
    search: "asyncio.wait FIRST_COMPLETED cancel fastest hedged request happy eyeballs select",
    params: &[Param {
        key: "latencies",
        label: "time each server takes",
        kind: Kind::Durations {
            default_ms: &[3_000, 1_000, 2_000],
            min_ms: 0,
            max_ms: 3_600_000,
            most: 500,
        },
        not_in_python: false,
    }],
    rust: source!("race.rs"),
    counterpart: Counterpart::Python(source!("race.py")),
    goldens: goldens![
        "latencies=2s,1s,1s,2s",
        "latencies=0s,0s,1s",
        "latencies=5s",
        "latencies=1h,2s,1h,1h,3s",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn one_wins_and_the_others_are_cancelled() {
        check(
            &DEMO,
            "",
            expect![[r#"
            1.000 server 2: answers
            1.000 main: server 2 wins
            1.000 server 1: cancelled
            1.000 server 3: cancelled
            1.000 main: nobody is left over
            finished at 1.000
        "#]],
        );
    }

    #[test]
    fn of_two_that_are_done_together_the_first_wins() {
        check(
            &DEMO,
            "latencies=2s,1s,1s",
            expect![[r#"
            1.000 server 2: answers
            1.000 server 3: answers
            1.000 main: server 2 wins
            1.000 server 1: cancelled
            1.000 main: nobody is left over
            finished at 1.000
        "#]],
        );
    }
}
