use super::prelude::*;

/// A game: the master moves, which needs the master; then the opponent thinks, which does not.
async fn game(stage: Stage, board: i64, moves: i64, master: Duration, opponent: Duration) {
    for _ in 0..moves {
        stage.block(master); //@ master
        stage.sleep(opponent).await; //@ opponent
    }
    stage.print(format!("board {board}: over after {moves} moves")); //@ over
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (opponents, moves) = (values.whole("opponents"), values.whole("moves"));
    let (master, opponent) = (
        values.duration("masters-move"),
        values.duration("opponents-move"),
    );
    let games = (1..=opponents).map(|board| game(stage.clone(), board, moves, master, opponent));
    if values.choice("mode") == "sequential" {
        for game in games {
            game.await; //@ one-by-one
        }
    } else {
        let tasks = (1..)
            .zip(games)
            .map(|(board, game)| stage.spawn(format!("board {board}"), game)); //@ gather
        stage.gather(tasks).await; //@ gather
    }
    stage.print(format!("moves by the master: {}", opponents * moves)); //@ moves
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "chess",
    title: "A grandmaster against many",
    group: Group::WhyAsync,
    lede: "A master needs 5 s for a move, each of ten opponents 55 s. One game after another takes five hours; all at once, half an hour.",
    teaches: source!("chess.md"),
    search: "simultaneous exhibition polgar judit gather sequential blocking concurrency",
    params: &[
        Param {
            key: "opponents",
            label: "opponents",
            kind: Kind::Whole {
                default: 10,
                min: 0,
                max: 200,
            },
            not_in_python: false,
        },
        Param {
            key: "masters-move",
            label: "a move of the master's takes",
            kind: Kind::Duration {
                default_ms: 5_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "opponents-move",
            label: "a move of an opponent's takes",
            kind: Kind::Duration {
                default_ms: 55_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "moves",
            label: "moves of each in a game",
            kind: Kind::Whole {
                default: 30,
                min: 0,
                max: 200,
            },
            not_in_python: false,
        },
        Param {
            key: "mode",
            label: "version",
            kind: Kind::Choice {
                default: "simultaneous",
                options: &[
                    ("sequential", "one after another"),
                    ("simultaneous", "simultaneous"),
                ],
            },
            not_in_python: false,
        },
    ],
    rust: source!("chess.rs"),
    counterpart: Counterpart::Python(source!("chess.py")),
    goldens: goldens![
        "mode=sequential",
        "opponents=0",
        "opponents=13&moves=2",
        "opponents=5&moves=3&masters-move=0s&opponents-move=0s",
        "opponents=12&moves=1&opponents-move=0s",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn half_an_hour_instead_of_five() {
        check(
            &DEMO,
            "",
            expect![[r#"
            1800.000 board 1: over after 30 moves
            1805.000 board 2: over after 30 moves
            1810.000 board 3: over after 30 moves
            1815.000 board 4: over after 30 moves
            1820.000 board 5: over after 30 moves
            1825.000 board 6: over after 30 moves
            1830.000 board 7: over after 30 moves
            1835.000 board 8: over after 30 moves
            1840.000 board 9: over after 30 moves
            1845.000 board 10: over after 30 moves
            1845.000 moves by the master: 300
            finished at 1845.000
        "#]],
        );
        check(
            &DEMO,
            "mode=sequential",
            expect![[r#"
            1800.000 board 1: over after 30 moves
            3600.000 board 2: over after 30 moves
            5400.000 board 3: over after 30 moves
            7200.000 board 4: over after 30 moves
            9000.000 board 5: over after 30 moves
            10800.000 board 6: over after 30 moves
            12600.000 board 7: over after 30 moves
            14400.000 board 8: over after 30 moves
            16200.000 board 9: over after 30 moves
            18000.000 board 10: over after 30 moves
            18000.000 moves by the master: 300
            finished at 18000.000
        "#]],
        );
    }
}
