//! What the demos look like, as text.

use expect_test::{Expect, expect};
use interleave::param::Values;
use interleave::picture::text;
use interleave::timeline::Scale;
use interleave::{demos, link};

#[track_caller]
fn check(scale: Scale, slug: &str, setting: &str, expected: Expect) {
    let demo = demos::find(slug).expect("the demo exists");
    let mut values = Values::defaults(demo.params);
    link::apply_query(&mut values, setting).expect("the setting is valid");
    let trace = demo.run_instantly(values);
    expected.assert_eq(&text::render(&trace, scale, 60));
}

#[test]
fn hello_async() {
    check(
        Scale::Time,
        "hello-blocking-async",
        "",
        expect![[r#"
        main    █··························································█)
         task 1 █··························································█)
         task 2 █··························································█)
         task 3 █··························································█)
                0 to 2.00 s
    "#]],
    );
}

#[test]
fn hello_blocking() {
    check(
        Scale::Time,
        "hello-blocking-async",
        "mode=blocking",
        expect![[r#"
        main    █···························································█)
         task 1 ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓█)
         task 2 ░░░░░░░░░░░░░░░░░░░░▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓█)
         task 3 ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓█)
                0 to 6.00 s
    "#]],
    );
}

#[test]
fn factorial_async() {
    check(
        Scale::Time,
        "factorial",
        "",
        expect![[r#"
        main █···························································█)
         A   █···················█···················█)
         B   █···················█···················█···················█)
             0 to 3.00 s
    "#]],
    );
}

#[test]
fn factorial_blocking() {
    check(
        Scale::Time,
        "factorial",
        "mode=blocking",
        expect![[r#"
        main █··························································█)
         A   ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓)
         B   ░░░░░░░░░░░░░░░░░░░░░░░█▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓)
             0 to 5.00 s
    "#]],
    );
}

#[test]
fn factorial_without_a_pause_takes_no_time_but_has_an_order() {
    check(
        Scale::Order,
        "factorial",
        "delay=0s",
        expect![[r#"
        main ░░███████··········································░░█████ )
         A      ░░░░░░░░████░░░░░░░█████░░░░░░████ )
         B        ░░░░░░░░░░░████░░░░░░░█████░░░░░░█████░░███ )
             48 events
    "#]],
    );
}

#[test]
fn queue_workers() {
    check(
        Scale::Time,
        "queue-workers",
        "",
        expect![[r#"
        main      █··························································█)
         worker 1 █······················█··············█············█·······█)
         worker 2 █···············█·······························█··········█)
         worker 3 █·························█························█·······█)
         worker 4 █···········█·············█································█)
        pages     +66666666666655554444444333111111111111····················4
                  0 to 1.62 s
    "#]],
    );
}
