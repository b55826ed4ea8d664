//! Rules of asyncio's that are worth a test of their own, each with the smallest program.

use crate::common::check_invariants;
use expect_test::{Expect, expect};
use interleave::clock::{Clock, InstantClock};
use interleave::derived::output;
use interleave::executor::{EventLoop, Limits};
use interleave::stage::task::Task;
use interleave::stage::timeout::TimedOut;
use interleave::stage::{Failure, Stage};
use interleave::trace::{Ending, EventKind, Trace};
use std::cell::RefCell;
use std::future::Future;
use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

fn run<F: Future<Output = ()> + 'static>(main: impl FnOnce(Stage) -> F) -> Trace {
    let trace = run_unchecked(main);
    check_invariants(&trace);
    trace
}

fn run_unchecked<F: Future<Output = ()> + 'static>(main: impl FnOnce(Stage) -> F) -> Trace {
    let clock: Rc<dyn Clock> = Rc::new(InstantClock::default());
    let event_loop = EventLoop::new(clock, Limits::default());
    let main = main(Stage::new(event_loop.clone()));
    event_loop.spawn(
        "main",
        Location::caller(),
        Box::pin(async {
            main.await;
            (Ending::Returned, String::new())
        }),
    );
    event_loop.run_instantly();
    event_loop.into_trace()
}

/// Compares what a program prints.
#[track_caller]
fn check<F: Future<Output = ()> + 'static>(main: impl FnOnce(Stage) -> F, expected: Expect) {
    expected.assert_eq(&output::text(&run(main)));
}

/// What tasks find after somebody put it there.
type Shared<T> = Rc<RefCell<Option<T>>>;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn equal_deadlines_fire_in_the_order_in_which_they_were_set() {
    check(
        |stage| async move {
            let sleeper = |name: &'static str| {
                let stage = stage.clone();
                stage.clone().spawn(name, async move {
                    stage.sleep(SECOND).await;
                    stage.print(name);
                })
            };
            let tasks = ["a", "b", "c"].map(sleeper);
            stage.gather(tasks).await;
        },
        expect![[r#"
            a
            b
            c
        "#]],
    );
}

#[test]
fn gather_gives_results_in_the_order_of_its_arguments() {
    check(
        |stage| async move {
            let task = |ms: u64| {
                let pause = stage.sleep(Duration::from_millis(ms));
                stage.spawn(format!("{ms}"), async move {
                    pause.await;
                    ms
                })
            };
            let results = stage.gather([30, 10, 20].map(task)).await;
            stage.print(format!("{results:?}"));
        },
        expect![[r#"
            [30, 10, 20]
        "#]],
    );
}

#[test]
fn a_cancelled_task_cleans_up_before_its_waiter_resumes() {
    check(
        |stage| async move {
            let inner = stage.clone();
            let task = stage.spawn("worker", async move {
                let _ = inner.catch_cancel(inner.sleep(10 * SECOND)).await;
                inner.print("cleans up");
                inner.sleep(SECOND).await;
                inner.print("cleaned up");
                inner.raise_cancelled().await;
            });
            stage.yield_now().await;
            task.cancel();
            let waited = stage.catch_cancel(&task).await;
            stage.print(format!("the waiter resumes: {waited:?}"));
        },
        expect![[r#"
            cleans up
            cleaned up
            the waiter resumes: Err(Cancelled { message: None })
        "#]],
    );
}

#[test]
fn reporting_an_item_as_done_too_often_is_an_error() {
    check(
        |stage| async move {
            let queue = stage.queue("items", 0);
            queue.put("item").await;
            queue.get().await;
            stage.print(format!("{:?}", queue.task_done()));
            stage.print(format!("{}", queue.task_done().unwrap_err()));
        },
        expect![[r#"
            Ok(())
            ValueError: task_done() called too many times
        "#]],
    );
}

#[test]
fn a_task_can_be_awaited_more_than_once() {
    check(
        |stage| async move {
            let task = stage.spawn("answer", async { 42 });
            let other = stage.spawn("other", {
                let task = task.clone();
                async move { task.await + 1 }
            });
            let sum = (&task).await + (&task).await;
            stage.print(format!("{sum} {}", other.await));
        },
        expect![[r#"
            84 43
        "#]],
    );
}

#[test]
fn whoever_cancels_itself_feels_it_at_its_next_await_and_after_those_it_woke_meanwhile() {
    check(
        |stage| async move {
            let event = stage.event("go");
            let waiter = stage.spawn("waiter", {
                let (stage, event) = (stage.clone(), event.clone());
                async move {
                    event.wait().await;
                    stage.print("the waiter goes on");
                }
            });
            stage.yield_now().await;
            let me: Shared<Task<()>> = Rc::default();
            let task = stage.spawn("me", {
                let (stage, me) = (stage.clone(), me.clone());
                async move {
                    me.borrow().as_ref().expect("it is there").cancel();
                    stage.print("cancelled myself");
                    event.set();
                    let felt = stage.catch_cancel(stage.sleep(SECOND)).await;
                    stage.print(format!("{felt:?}"));
                }
            });
            *me.borrow_mut() = Some(task.clone());
            task.await;
            waiter.await;
        },
        expect![[r#"
            cancelled myself
            the waiter goes on
            Err(Cancelled { message: None })
        "#]],
    );
}

#[test]
fn a_failure_counts_more_than_a_cancellation_that_was_not_felt() {
    check(
        |stage| async move {
            let me: Shared<Task<Result<(), Failure>>> = Rc::default();
            let task = stage.spawn("me", {
                let me = me.clone();
                async move {
                    me.borrow().as_ref().expect("it is there").cancel();
                    Err::<(), _>(Failure::new("ValueError", "no"))
                }
            });
            *me.borrow_mut() = Some(task.clone());
            stage.print(format!("{:?}", task.await.map_err(|f| f.to_string())));
        },
        expect![[r#"
            Err("ValueError: no")
        "#]],
    );
}

#[test]
fn a_getter_that_was_cancelled_gets_nothing_meant_for_the_next() {
    check(
        |stage| async move {
            let queue = stage.queue("items", 0);
            let getter = |name: &'static str| {
                let (stage, queue) = (stage.clone(), queue.clone());
                stage.clone().spawn(name, async move {
                    let item = queue.get().await;
                    stage.print(format!("{name} got {item}"));
                })
            };
            let [first, second] = ["first", "second"].map(getter);
            stage.yield_now().await;
            first.cancel();
            queue.put("item").await;
            stage.yield_now().await;
            stage.print(format!("{} {}", first.is_cancelled(), second.is_done()));
        },
        expect![[r#"
            second got item
            true true
        "#]],
    );
}

#[test]
fn a_notification_is_not_lost_with_a_waiter_that_is_cancelled() {
    check(
        |stage| async move {
            let lock = stage.lock("lock");
            let condition = stage.condition("condition", &lock);
            let waiter = |name: &'static str| {
                let (stage, condition) = (stage.clone(), condition.clone());
                stage.clone().spawn(name, async move {
                    let held = condition.acquire().await;
                    condition.wait(&held).await;
                    stage.print(format!("{name} was notified"));
                })
            };
            let [first, second] = ["first", "second"].map(waiter);
            stage.yield_now().await;
            let held = condition.acquire().await;
            condition.notify(1).expect("it holds the lock");
            drop(held);
            first.cancel();
            second.await;
            stage.print(format!("first cancelled: {}", first.is_cancelled()));
        },
        expect![[r#"
            second was notified
            first cancelled: true
        "#]],
    );
}

#[test]
fn a_failure_that_comes_too_late_for_a_gather_is_looked_at_all_the_same() {
    let trace = run(|stage| async move {
        let failing = |name: &'static str| {
            stage.spawn(name, async move {
                Err::<(), _>(Failure::new("ValueError", name))
            })
        };
        let failed = stage.try_gather(["a", "b"].map(failing)).await;
        stage.print(format!("{failed:?}"));
    });
    let retrieved =
        |event: &&interleave::trace::Event| matches!(event.kind, EventKind::Retrieved { .. });
    assert!(trace.events.iter().filter(retrieved).count() >= 2);
    assert_eq!(interleave::derived::findings::findings(&trace), []);
}

#[test]
fn a_wait_that_was_given_up_wakes_nobody() {
    check(
        |stage| async move {
            let slow = stage.spawn("slow", stage.sleep(2 * SECOND));
            let fickle = stage.spawn("fickle", {
                let (stage, slow) = (stage.clone(), slow.clone());
                async move {
                    let waiting = stage.wait_all(std::slice::from_ref(&slow));
                    let _ = stage.timeout(SECOND, waiting).await;
                    stage.gather([slow]).await;
                    stage.print("the one that waited twice");
                }
            });
            stage.sleep(SECOND / 2).await;
            let steady = stage.spawn("steady", {
                let (stage, slow) = (stage.clone(), slow.clone());
                async move {
                    stage.gather([slow]).await;
                    stage.print("the one that waited first");
                }
            });
            stage.gather([fickle, steady]).await;
        },
        expect![[r#"
            the one that waited first
            the one that waited twice
        "#]],
    );
}

#[test]
fn a_limit_of_nothing_lets_the_body_begin_and_no_more() {
    check(
        |stage| async move {
            let body = async {
                stage.print("begins");
                stage.sleep(SECOND).await;
            };
            let TimedOut = stage.timeout(Duration::ZERO, body).await.unwrap_err();
            stage.print(format!("timed out after {:?}", stage.now()));
        },
        expect![[r#"
            begins
            timed out after 0ns
        "#]],
    );
}

#[test]
fn what_a_task_spawns_on_its_way_out_has_six_turns() {
    // CPython 3.11 to 3.13 print the same, and complain that a pending task was destroyed.
    let trace = run_unchecked(|stage| async move {
        let inner = stage.clone();
        stage.spawn("lost", async move {
            let _ = inner.catch_cancel(inner.sleep(SECOND)).await;
            let stage = inner.clone();
            inner.spawn("spawned late", async move {
                for turn in 1.. {
                    stage.print(format!("turn {turn}"));
                    stage.yield_now().await;
                }
            });
        });
        stage.yield_now().await;
    });
    expect![[r#"
        turn 1
        turn 2
        turn 3
        turn 4
        turn 5
        turn 6
    "#]]
    .assert_eq(&output::text(&trace));
}

#[test]
fn tasks_that_await_each_other_can_be_cancelled() {
    // CPython ends such a program with a RecursionError.
    check(
        |stage| async move {
            let second: Shared<Task<()>> = Rc::default();
            let first = stage.spawn("first", {
                let (stage, second) = (stage.clone(), second.clone());
                async move {
                    stage.yield_now().await;
                    let second = second.borrow().clone();
                    second.expect("it is there").await;
                }
            });
            *second.borrow_mut() = Some(stage.spawn("second", {
                let first = first.clone();
                async move { first.await }
            }));
            stage.sleep(SECOND).await;
            first.cancel();
            let _ = stage.catch_cancel(first).await;
            stage.print("both are cancelled");
        },
        expect![[r#"
            both are cancelled
        "#]],
    );
}

#[test]
fn a_chain_of_thousands_of_tasks_is_cancelled_from_its_end() {
    check(
        |stage| async move {
            let mut last = stage.spawn("0", stage.sleep(SECOND));
            for number in 1..9_000 {
                let next = async move { last.await };
                last = stage.spawn(number.to_string(), next);
            }
            stage.yield_now().await;
            last.cancel();
            let _ = stage.catch_cancel(last).await;
            stage.print(format!("all are cancelled after {:?}", stage.now()));
        },
        expect![[r#"
            all are cancelled after 0ns
        "#]],
    );
}

#[test]
fn time_stands_still_at_the_last_nanosecond_that_can_be_counted() {
    let years = Duration::from_secs(100 * 365 * 86_400);
    let trace = run(|stage| async move {
        let sleeper = |name: &'static str| {
            let stage = stage.clone();
            stage.clone().spawn(name, async move {
                for _ in 0..3 {
                    stage.sleep(years).await;
                    stage.block(Duration::MAX);
                }
            })
        };
        stage.gather(["a", "b"].map(sleeper)).await;
        stage.print(format!(
            "{:?}",
            stage.now() == Duration::from_nanos(interleave::trace::MAX_TIME_NS)
        ));
    });
    assert_eq!(output::text(&trace), "true\n");
    let recording = interleave::derived::recording::Recording::from_trace(trace.clone());
    let (timeline, found) = (recording.timeline(), recording.findings());
    let headline = interleave::derived::headline::sentence(&trace, timeline, &found);
    assert!(
        headline.starts_with("the loop was blocked for"),
        "{headline}"
    );
    assert!(
        recording
            .metrics()
            .is_some_and(|metrics| metrics.sleeps == 6)
    );
    assert!(!recording.critical_path().is_empty());
}
