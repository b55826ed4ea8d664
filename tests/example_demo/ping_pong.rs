use super::prelude::*;

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    for _ in 0..values.int("rounds") {
        stage.print("ping");
        stage.sleep(values.duration("pause")).await;
        stage.print("pong");
    }
    Ok(())
}

demo!(Demo {
    title: "Ping and pong",
    summary: "One task says ping, waits, and says pong. While it waits the loop is free.",
    keywords: "sleep await print loop",
    params: &[
        Param::int("rounds", 3, 0..=10_000),
        Param::duration_ms("pause", 500, 0..=HOUR_MS).label("pause before each pong"),
    ],
    goldens: "rounds=0 rounds=50&pause=0s",
});
