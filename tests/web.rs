//! Tests that need a browser: `cargo xtask test web` runs them as wasm in a dedicated worker of
//! headless Chromium, which is where a run happens.
#![cfg(target_arch = "wasm32")]

use gloo_timers::future::TimeoutFuture;
use interleave::clock::Clock;
use interleave::clock::live::LiveClock;
use interleave::demos;
use interleave::derived::output;
use interleave::derived::recording::Recording;
use interleave::engine;
use interleave::engine::browser::Offers;
use interleave::engine::live::pump;
use interleave::executor::{EventLoop, Limits};
use interleave::link::apply_query;
use interleave::param::Values;
use interleave::protocol::{Answer, Request};
use interleave::stage::Stage;
use interleave::trace::{ClockKind, EndReason, Ending, Trace};
use rand_mt::Mt;
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const MS: u64 = 1_000_000;

/// Runs a program on the browser's event loop.
async fn run_live<F>(program: impl FnOnce(Stage, EventLoop) -> F) -> Trace
where
    F: Future<Output = ()> + 'static,
{
    let event_loop = EventLoop::new(Rc::new(LiveClock::start()), Limits::default());
    let main = program(Stage::new(event_loop.clone()), event_loop.clone());
    let end = async move {
        main.await;
        (Ending::Returned, String::new())
    };
    event_loop.spawn("main", Location::caller(), Box::pin(end));
    pump(&event_loop, |_| None).await;
    event_loop.into_trace()
}

fn lines(trace: &Trace) -> Vec<String> {
    let lines = output::lines(trace);
    lines.map(|line| line.text.to_owned()).collect()
}

#[wasm_bindgen_test]
fn the_live_clock_blocks_at_least_as_long_as_asked_and_never_goes_back() {
    let clock = LiveClock::start();
    let mut last_ns = 0;
    for asked_ns in [0, MS / 2, 5 * MS] {
        let from_ns = clock.now_ns();
        assert!(from_ns >= last_ns);
        clock.block(asked_ns);
        last_ns = clock.now_ns();
        assert!(last_ns - from_ns >= asked_ns);
    }
}

#[wasm_bindgen_test]
async fn the_pump_serves_timers_in_the_order_of_their_deadlines_and_none_too_early() {
    let trace = run_live(|stage, _| async move {
        let tasks = [30, 10, 20].map(|ms| {
            let own = stage.clone();
            stage.spawn("sleeper", async move {
                own.sleep(Duration::from_millis(ms)).await;
                own.print(format!("{ms}"));
            })
        });
        stage.gather(tasks).await;
    })
    .await;
    assert_eq!(lines(&trace), ["10", "20", "30"]);
    for line in output::lines(&trace) {
        let asked_ms: u64 = line.text.parse().expect("the line is a number");
        assert!(
            line.time_ns >= asked_ms * MS,
            "{} at {}",
            line.text,
            line.time_ns
        );
    }
    assert_eq!(trace.end.expect("it ended").reason, EndReason::Finished);
}

#[wasm_bindgen_test]
async fn tasks_that_are_always_ready_let_the_browser_have_the_thread() {
    let served = Rc::new(Cell::new(false));
    let seen = Rc::clone(&served);
    // A browser's own timer, which a loop that kept the thread would starve for ever.
    gloo_timers::callback::Timeout::new(0, move || seen.set(true)).forget();
    let trace = run_live(|stage, _| async move {
        while !served.get() {
            stage.yield_now().await;
        }
        stage.print("served");
    })
    .await;
    assert_eq!(lines(&trace), ["served"]);
}

#[wasm_bindgen_test]
async fn something_outside_ends_the_wait_before_a_late_timer() {
    let trace = run_live(|stage, event_loop| async move {
        let arrived = Rc::new(Cell::new(false));
        let waker: Rc<RefCell<Option<Waker>>> = Rc::default();
        let (sets, wakes) = (Rc::clone(&arrived), Rc::clone(&waker));
        let _pending = event_loop.external_wait();
        let own = stage.clone();
        let late = stage.spawn("late", async move {
            own.sleep(Duration::from_secs(3_600)).await;
        });
        gloo_timers::callback::Timeout::new(1, move || {
            sets.set(true);
            let waker = wakes.take().expect("the task waits by then");
            waker.wake();
        })
        .forget();
        poll_fn(|context| {
            *waker.borrow_mut() = Some(context.waker().clone());
            if arrived.get() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        stage.print("arrived");
        late.cancel();
    })
    .await;
    assert_eq!(lines(&trace), ["arrived"]);
    assert!(trace.duration_ns() < 3_600_000 * MS);
}

#[wasm_bindgen_test]
fn messages_say_the_same_at_both_ends() {
    let request = Request {
        run: 7.0,
        fragment: "1/factorial?delay=1ms".to_owned(),
        speed: 1.0,
    };
    assert_eq!(Request::from_js(&request.to_js()), Some(request));
    let batch = Answer::Batch {
        run: 7.0,
        bytes: vec![1, 2, 3],
        over: true,
    };
    for answer in [Answer::Ready, batch] {
        assert_eq!(Answer::from_js(&answer.to_js().0), Some(answer));
    }
    for other in [
        js_sys::Object::new().into(),
        js_sys::Array::new().into(),
        "x".into(),
    ] {
        assert_eq!(
            (Request::from_js(&other), Answer::from_js(&other)),
            (None, None)
        );
    }
}

thread_local! {
    /// What the engine sent, and who waits for more of it.
    static SENT: RefCell<(Vec<Answer>, Option<Waker>)> = const { RefCell::new((Vec::new(), None)) };
}

fn keep(answer: Answer) {
    SENT.with_borrow_mut(|(answers, waker)| {
        answers.push(answer);
        if let Some(waker) = waker.take() {
            waker.wake();
        }
    });
}

/// The recording of a run as the page puts it together, once its last batch has arrived.
async fn recorded(number: f64, clock: ClockKind) -> Recording {
    let mut recording = Recording::new(clock);
    poll_fn(|context| {
        SENT.with_borrow_mut(|(answers, waker)| {
            for answer in std::mem::take(answers) {
                match answer {
                    Answer::Batch { run, bytes, over } if run == number => {
                        recording
                            .append(&bytes)
                            .expect("the batch continues the trace");
                        assert_eq!(over, recording.trace().end.is_some());
                    }
                    _ => {}
                }
            }
            *waker = Some(context.waker().clone());
        });
        match recording.trace().end {
            Some(_) => Poll::Ready(()),
            None => Poll::Pending,
        }
    })
    .await;
    recording
}

#[wasm_bindgen_test]
async fn a_request_is_answered_with_the_whole_run_live_and_instant() {
    let query = "delay=5ms";
    let demo = demos::find("factorial").expect("the demo exists");
    let mut values = Values::defaults(demo.params);
    apply_query(&mut values, query).expect("the setting is valid");
    let expected = lines(&demo.run_instantly(values));
    for (run, speed) in [(1.0, 1.0), (2.0, 0.0), (3.0, 2.0)] {
        let fragment = format!("1/factorial?{query}");
        engine::begin(
            &demos::WHY_ASYNC_1,
            &Offers::ALL,
            &Request {
                run,
                fragment,
                speed,
            },
            keep,
        );
        let clock = if speed > 0.0 {
            ClockKind::Live
        } else {
            ClockKind::Instant
        };
        let recording = recorded(run, clock).await;
        assert_eq!(lines(recording.trace()), expected);
        assert!(recording.trace().duration_ns() >= 15 * MS);
    }
}

#[wasm_bindgen_test]
async fn a_new_request_ends_the_run_before() {
    let request = |run, fragment: &str| Request {
        run,
        fragment: fragment.to_owned(),
        speed: 1.0,
    };
    engine::begin(
        &demos::WHY_ASYNC_1,
        &Offers::ALL,
        &request(4.0, "1/factorial?delay=1h"),
        keep,
    );
    engine::begin(
        &demos::WHY_ASYNC_1,
        &Offers::ALL,
        &request(5.0, "1/factorial?delay=0s"),
        keep,
    );
    let recording = recorded(5.0, ClockKind::Live).await;
    let end = recording.trace().end.clone().expect("it ended");
    assert_eq!(end.reason, EndReason::Finished);
}

#[wasm_bindgen_test]
async fn live_runs_leave_no_loops_behind() {
    let before = EventLoop::alive();
    let request = |run, fragment: &str| Request {
        run,
        fragment: fragment.to_owned(),
        speed: 1.0,
    };
    for run in 0..20 {
        let run = 100.0 + f64::from(run);
        // One that is given up while it sleeps, and one that blocks and ends.
        for (run, fragment) in [
            (run, "1/factorial?delay=1h"),
            (run + 0.5, "1/factorial?delay=1ms&mode=blocking"),
        ] {
            engine::begin(
                &demos::WHY_ASYNC_1,
                &Offers::ALL,
                &request(run, fragment),
                keep,
            );
        }
        recorded(run + 0.5, ClockKind::Live).await;
    }
    // Whoever drove them hears of their end in a task of the browser's.
    TimeoutFuture::new(0).await;
    let after = EventLoop::alive();
    // The last is kept until the next begins.
    assert!(after <= before + 1, "{before} loops before, {after} after");
}

/// Something that no engine and no page sends, or almost what one does.
fn hostile(random: &mut Mt, depth: u32) -> JsValue {
    let number = f64::from(random.next_u32());
    match random.next_u32() % if depth == 0 { 11 } else { 16 } {
        0 => JsValue::UNDEFINED,
        1 => JsValue::NULL,
        2 => (number as u32).is_multiple_of(2).into(),
        3 => f64::NAN.into(),
        4 => f64::NEG_INFINITY.into(),
        5 => number.into(),
        6 => "ready".into(),
        7 => format!("1/factorial?a={number}").into(),
        8 => js_sys::Uint8Array::new_with_length(number as u32 % 4_096)
            .buffer()
            .into(),
        9 => js_sys::Object::new().into(),
        10 => js_sys::BigInt::from(random.next_u32()).into(),
        _ => {
            let array = js_sys::Array::new();
            for _ in 0..random.next_u32() % 5 {
                array.push(&hostile(random, depth - 1));
            }
            array.into()
        }
    }
}

/// `cargo xtask soak` asks for a million.
const INPUTS: Option<&str> = option_env!("INTERLEAVE_INPUTS");

#[wasm_bindgen_test]
fn hostile_messages_are_told_from_sound_ones() {
    let inputs: u32 = INPUTS.map_or(20_000, |text| text.parse().expect("a number"));
    let mut random = Mt::new(1);
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let bytes = || js_sys::ArrayBuffer::from(memory.buffer()).byte_length();
    let before = bytes();
    let mut understood = 0;
    for _ in 0..inputs {
        let message = hostile(&mut random, 2);
        if let Some(request) = Request::from_js(&message) {
            assert_eq!(Request::from_js(&request.to_js()), Some(request));
            understood += 1;
        }
        if let Some(answer) = Answer::from_js(&message) {
            let mut recording = Recording::new(ClockKind::Live);
            if let Answer::Batch { bytes, .. } = answer {
                assert!(recording.append(&bytes).is_err(), "zeros are no batch");
            }
            understood += 1;
        }
    }
    assert!(understood > 0, "some are almost right");
    let grown = bytes() - before;
    assert!(grown <= 64 << 20, "the memory grew by {grown} bytes");
    wasm_bindgen_test::console_log!(
        r#"{{"decoder":"worker messages","inputs":{inputs},"seed":1,"most_bytes":{grown}}}"#
    );
}
