//! Whatever scenario a reader makes, its link says all of it and nothing else.

use interleave::demos::DEMOS;
use interleave::derived::timeline::Scale;
use interleave::link::view::{At, View};
use interleave::link::{SPEEDS, Scenario, decode, encode_with};
use interleave::param::{Item, Kind, Param};
use interleave::trace::ClockKind;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A text that a parameter allows.
fn allowed(param: &Param) -> BoxedStrategy<String> {
    let one = |item: Item| match item {
        Item::Int { min, max } => (min..=max).prop_map(|number| number.to_string()).boxed(),
        Item::Duration { min_ms, max_ms } => {
            (min_ms..=max_ms).prop_map(|ms| format!("{ms}ms")).boxed()
        }
        // Commas part the values of a list, and white space around one is none of it.
        Item::Text { max_chars } => {
            let letters = prop::collection::vec(
                select(vec!['a', 'é', '&', '=', '%', '#', '"', '?', '日', '+']),
                1..=max_chars.min(12),
            );
            letters.prop_map(String::from_iter).boxed()
        }
    };
    match param.kind {
        Kind::One(item) => one(item),
        Kind::List { item, max_len } => prop::collection::vec(one(item), 1..=max_len.min(5))
            .prop_map(|values| values.join(","))
            .boxed(),
        Kind::Choice { options } => {
            let keys: Vec<String> = options.iter().map(|(key, _)| (*key).to_owned()).collect();
            select(keys).boxed()
        }
        Kind::Switch => select(vec!["yes".to_owned(), "no".to_owned()]).boxed(),
    }
}

/// What a reader does to a demo, of which a scenario is made.
#[derive(Clone, Debug)]
struct Wishes {
    /// Position in the list of demos.
    demo: usize,
    /// For each parameter, what is typed, if anything is.
    texts: Vec<Option<String>>,
    is_instant: bool,
    speed: Option<u32>,
    compared: Option<Index>,
}

fn any_wishes() -> impl Strategy<Value = Wishes> {
    let typed = (0..DEMOS.len()).prop_flat_map(|demo| {
        let texts: Vec<_> = DEMOS[demo]
            .params
            .iter()
            .map(|param| prop::option::of(allowed(param)))
            .collect();
        (Just(demo), texts)
    });
    let speed = prop::option::of(select(SPEEDS.to_vec()));
    let rest = (any::<bool>(), speed, any::<Option<Index>>());
    (typed, rest).prop_map(|((demo, texts), (is_instant, speed, compared))| Wishes {
        demo,
        texts,
        is_instant,
        speed,
        compared,
    })
}

fn scenario(wishes: &Wishes) -> Scenario {
    let demo = DEMOS[wishes.demo];
    let mut scenario = Scenario::defaults_of(demo);
    for (param, text) in demo.params.iter().zip(&wishes.texts) {
        // Some texts that the letters make are refused, as a list of two equal names may be.
        if let Some(text) = text {
            let _ = scenario.values.set(param.key, text);
        }
    }
    match wishes.is_instant {
        true => scenario.clock = ClockKind::Instant,
        false => scenario.speed = wishes.speed,
    }
    scenario.compare = None;
    if let Some(index) = wishes.compared.filter(|_| !demo.modes().is_empty()) {
        let (mode, _) = index.get(demo.modes());
        // None can be compared with itself.
        let _ = scenario.compare_with(Some(mode));
    }
    scenario
}

fn any_view() -> impl Strategy<Value = View> {
    let at = prop_oneof![
        any::<u32>().prop_map(|us| At::Time(u64::from(us) * 1_000)),
        Just(At::End),
    ];
    let zoom = (0..1_000_000_000_u64, 1..1_000_000_000_u64);
    (
        prop::option::of(at),
        prop::option::of("[^\u{0}]{1,40}"),
        prop::option::of(select(vec![Scale::Time, Scale::Order])),
        prop::option::of(zoom.prop_map(|(from, length)| (from, from + length))),
        prop::option::of(1..100_usize),
    )
        .prop_map(|(at, task, axis, zoom, lesson)| View {
            at,
            task,
            axis,
            zoom,
            lesson,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn a_link_says_a_scenario_and_what_is_shown_of_it(wishes in any_wishes(), view in any_view()) {
        let scenario = scenario(&wishes);
        let fragment = encode_with(&scenario, &view);
        let (read, complaints) = decode(&fragment);
        prop_assert_eq!(&complaints, &Vec::<String>::new(), "{}", fragment);
        prop_assert!(read.scenario == scenario, "{}", fragment);
        prop_assert_eq!(read.view, view, "{}", fragment);
        // It is written as it was read.
        prop_assert_eq!(encode_with(&read.scenario, &View::default()), encode_with(&scenario, &View::default()));
    }
}
