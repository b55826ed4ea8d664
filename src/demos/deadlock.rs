use super::prelude::*;

/// Holds one lock, pauses, and wants the other one too.
async fn worker(stage: Stage, name: &'static str, first: Lock, second: Lock, pause: Duration) {
    let _first = first.acquire().await; //@ first
    stage.print(format!("{name}: has its first lock")); //@ has-first
    stage.sleep(pause).await; //@ pause
    let _second = second.acquire().await; //@ second
    stage.print(format!("{name}: has both")); //@ has-both
    stage.sleep(pause).await; //@ pause-both
    stage.print(format!("{name}: done")); //@ done
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let pause = values.duration("pause");
    let (a, b) = (stage.lock("a"), stage.lock("b"));
    let one = worker(stage.clone(), "A", a.clone(), b.clone(), pause);
    let other = match values.choice("mode") {
        "opposite" => worker(stage.clone(), "B", b, a, pause),
        _ => worker(stage.clone(), "B", a, b, pause),
    };
    stage
        .gather([stage.spawn("A", one), stage.spawn("B", other)]) //@ gather
        .await;
    stage.print("both are done"); //@ end
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "deadlock",
    title: "Deadlock",
    group: Group::WhatGoesWrong,
    lede: "Two tasks need two locks. Each takes one, and then waits for the one that the other holds: neither will ever go on.",
    teaches: source!("deadlock.md"),
    search: "lock mutex order hang freeze stuck cycle dining philosophers asyncio.Lock",
    params: &[
        Param {
            key: "mode",
            label: "order of the locks",
            kind: Kind::Choice {
                default: "opposite",
                options: &[("opposite", "opposite"), ("same", "the same")],
            },
            not_in_python: false,
        },
        Param {
            key: "pause",
            label: "pause between the locks",
            kind: Kind::Duration {
                default_ms: 1_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("deadlock.rs"),
    counterpart: Counterpart::Python(source!("deadlock.py")),
    goldens: goldens!["mode=same", "pause=0s", "mode=same&pause=0s"],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn opposite_order_deadlocks_and_the_same_order_queues() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 A: has its first lock
            0.000 B: has its first lock
            Deadlock at 1.000: deadlock: nothing can wake what is left; main waits for the group of 2 tasks; A waits for the lock b; B waits for the lock a
        "#]],
        );
        check(
            &DEMO,
            "mode=same",
            expect![[r#"
            0.000 A: has its first lock
            1.000 A: has both
            2.000 A: done
            2.000 B: has its first lock
            3.000 B: has both
            4.000 B: done
            4.000 both are done
            finished at 4.000
        "#]],
        );
    }

    #[test]
    fn without_a_pause_each_still_gets_its_first_lock() {
        check(
            &DEMO,
            "pause=0s",
            expect![[r#"
            0.000 A: has its first lock
            0.000 B: has its first lock
            Deadlock at 0.000: deadlock: nothing can wake what is left; main waits for the group of 2 tasks; A waits for the lock b; B waits for the lock a
        "#]],
        );
    }
}
