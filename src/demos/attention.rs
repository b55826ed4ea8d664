use super::prelude::*;

/// Parallel: the television plays the film, and the loop only waits for its end.
async fn watch(stage: Stage, film: Duration) {
    stage.print("watching: the film begins"); //@ begins
    stage.sleep(film).await; //@ film
    stage.print("watching: the film ends"); //@ ends
}

/// Time-sliced: a stretch of typing, which needs the thread, then a stretch without.
async fn text(stage: Stage, slices: i64, slice: Duration) {
    for part in 1..=slices {
        stage.block(slice); //@ typing
        stage.print(format!("texting: part {part} of {slices}")); //@ part
        stage.sleep(slice).await; //@ pause
    }
}

/// Event-driven: nothing to do until the phone has something.
async fn react(stage: Stage, phone: Queue<usize>, notifications: usize) {
    for _ in 0..notifications {
        let number = phone.get().await; //@ get
        stage.print(format!("reacting: notification {number}")); //@ reacts
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let phone = stage.queue("phone", 0);
    let notifications = values.durations("notifications");
    for (number, when) in (1..).zip(notifications) {
        let phone = phone.clone();
        stage.call_later(*when, /*@ notify */ move || {
            let _ = phone.try_put(number); //@ notify
        });
    }
    let watching = watch(stage.clone(), values.duration("film"));
    let texting = text(
        stage.clone(),
        values.whole("slices"),
        values.duration("slice"),
    );
    let reacting = react(stage.clone(), phone, notifications.len());
    stage
        .gather(/*@ gather */ [
            stage.spawn("watching", watching), //@ gather
            stage.spawn("texting", texting),   //@ gather
            stage.spawn("reacting", reacting), //@ gather
        ])
        .await;
    stage.print("time for bed"); //@ bed
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "attention",
    title: "Three kinds of attention",
    group: Group::WhyAsync,
    lede: "An evening with a film, a long text message and a phone that buzzes: three ways in which one thread can be part of several things.",
    teaches: source!("attention.md"),
    search: "parallel time slicing event-driven concurrency preemptive cooperative queue call_later",
    params: &[
        Param {
            key: "film",
            label: "length of the film",
            kind: Kind::Duration {
                default_ms: 7_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "slices",
            label: "slices of texting",
            kind: Kind::Whole {
                default: 6,
                min: 0,
                max: 1_000,
            },
            not_in_python: false,
        },
        Param {
            key: "slice",
            label: "length of a slice, and of a pause",
            kind: Kind::Duration {
                default_ms: 500,
                min_ms: 0,
                max_ms: 600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "notifications",
            label: "notifications, after",
            kind: Kind::Durations {
                default_ms: &[700, 2_200, 5_600],
                min_ms: 0,
                max_ms: 3_600_000,
                most: 100,
            },
            not_in_python: false,
        },
    ],
    rust: source!("attention.rs"),
    counterpart: Counterpart::Python(source!("attention.py")),
    goldens: goldens![
        "film=0s&slices=0&notifications=0s",
        "slice=0s&slices=5&notifications=0s,0s,7s",
        "slices=3&slice=1s&film=4s&notifications=4s,1s,1s,3s,2s,6s",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn a_notification_that_comes_during_typing_is_read_after_it() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 watching: the film begins
            0.500 texting: part 1 of 6
            0.700 reacting: notification 1
            1.500 texting: part 2 of 6
            2.500 texting: part 3 of 6
            2.500 reacting: notification 2
            3.500 texting: part 4 of 6
            4.500 texting: part 5 of 6
            5.500 texting: part 6 of 6
            5.600 reacting: notification 3
            7.000 watching: the film ends
            7.000 time for bed
            finished at 7.000
        "#]],
        );
    }
}
