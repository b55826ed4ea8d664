use super::prelude::*;

/// A game: the master moves, which needs the master; then the opponent thinks, which does not.
async fn game(stage: Stage, board: i64, moves: i64, master: Duration, opponent: Duration) {
    for _ in 0..moves {
        stage.block(master);
        stage.sleep(opponent).await;
    }
    stage.print(format!("board {board}: over after {moves} moves"));
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (opponents, moves) = (values.int("opponents"), values.int("moves"));
    let (master, opponent) = (
        values.duration("masters-move"),
        values.duration("opponents-move"),
    );
    let games = (1..=opponents).map(|board| game(stage.clone(), board, moves, master, opponent));
    if values.choice("mode") == "sequential" {
        for game in games {
            game.await;
        }
    } else {
        let tasks = (1..)
            .zip(games)
            .map(|(board, game)| stage.spawn(format!("board {board}"), game));
        stage.gather(tasks).await;
    }
    stage.print(format!("moves by the master: {}", opponents * moves));
    Ok(())
}

demo!(Demo {
    title: "A grandmaster against many",
    summary: "A master needs 5 s for a move, each of ten opponents 55 s. One game after another takes five hours; all at once, half an hour.",
    keywords: "simultaneous exhibition polgar judit gather sequential blocking concurrency",
    params: &[
        Param::int("opponents", 10, 0..=200),
        Param::duration_ms("masters-move", 5_000, 0..=HOUR_MS)
            .label("a move of the master's takes"),
        Param::duration_ms("opponents-move", 55_000, 0..=HOUR_MS)
            .label("a move of an opponent's takes"),
        Param::int("moves", 30, 0..=200).label("moves of each in a game"),
        Param::mode(
            "simultaneous",
            &[
                ("sequential", "one after another"),
                ("simultaneous", "simultaneous"),
            ]
        ),
    ],
    goldens: "mode=sequential opponents=0 opponents=13&moves=2 \
        opponents=5&moves=3&masters-move=0s&opponents-move=0s \
        opponents=12&moves=1&opponents-move=0s",
});
