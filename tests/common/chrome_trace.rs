//! A strict reader of Chrome trace events: it refuses what a viewer would silently leave out or put elsewhere.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A process and a thread of it.
pub type Thread = (u64, u64);

/// A complete event, in nanoseconds.
#[derive(Clone, Debug)]
pub struct Slice {
    pub category: String,
    pub from_ns: u64,
    pub to_ns: u64,
}

/// A flow: from which slice's thread when, to which.
#[derive(Clone, Debug)]
pub struct Flow {
    pub from: Thread,
    pub from_ns: u64,
    /// The slice in which it begins.
    pub within: Slice,
    pub to: Thread,
    pub to_ns: u64,
}

/// What stands in a file.
#[derive(Debug, Default)]
pub struct Read {
    pub processes: BTreeMap<u64, String>,
    pub threads: BTreeMap<Thread, String>,
    /// In the order of the file.
    pub slices: BTreeMap<Thread, Vec<Slice>>,
    pub flows: Vec<Flow>,
    /// Thread, category, name and time.
    pub instants: Vec<(Thread, String, String, u64)>,
    /// Name, value and time.
    pub counters: Vec<(String, i64, u64)>,
}

/// Reads a file, and panics with the first rule that it breaks.
#[track_caller]
pub fn read(text: &str) -> Read {
    let file: Value = serde_json::from_str(text).expect("it is JSON");
    assert_eq!(file["displayTimeUnit"], "ns");
    let events = file["traceEvents"].as_array().expect("a list of events");
    // Each event has a line of its own, so that times can be read exactly: JSON readers make floating-point numbers
    // of them.
    let lines: Vec<&str> = text.lines().collect();
    let lines = &lines[1..lines.len() - 1];
    assert_eq!(lines.len(), events.len());

    let mut read = Read::default();
    let mut sorted: BTreeSet<Thread> = BTreeSet::new();
    let mut stacks: HashMap<Thread, Vec<Slice>> = HashMap::new();
    let mut begun: HashMap<u64, (Flow, Value, Value)> = HashMap::new();
    let mut ids = BTreeSet::new();
    let mut before_ns = 0;
    for (event, line) in events.iter().zip(lines) {
        let here = |rule: &str| format!("{line}: {rule}");
        let own = |key: &str| event[key].as_str().map(str::to_owned);
        let phase = event["ph"].as_str().expect("each event has a phase");
        let pid = event["pid"].as_u64().expect("each event has a process");
        if phase == "M" {
            let tid = event["tid"].as_u64().expect("a thread");
            let args = &event["args"];
            let name = args["name"].as_str().map(str::to_owned);
            match event["name"].as_str() {
                Some("process_name") => {
                    let name = name.expect("a name");
                    assert_eq!(
                        read.processes.insert(pid, name),
                        None,
                        "{}",
                        here("named twice")
                    );
                }
                Some("thread_name") => {
                    let name = name.expect("a name");
                    assert!(!name.is_empty(), "{}", here("an empty name"));
                    let before = read.threads.insert((pid, tid), name);
                    assert_eq!(before, None, "{}", here("named twice"));
                }
                Some("thread_sort_index") => {
                    assert!(args["sort_index"].is_u64(), "{}", here("no index"));
                    assert!(sorted.insert((pid, tid)), "{}", here("sorted twice"));
                }
                Some("process_sort_index") => {
                    assert!(args["sort_index"].is_u64(), "{}", here("no index"));
                }
                _ => panic!("{}", here("unknown metadata")),
            }
            continue;
        }
        let now_ns = exact_ns(line, "ts").unwrap_or_else(|| panic!("{}", here("no time")));
        assert!(now_ns >= before_ns, "{}", here("time runs backwards"));
        before_ns = now_ns;
        let category = own("cat").unwrap_or_else(|| panic!("{}", here("no category")));
        let name = own("name").unwrap_or_else(|| panic!("{}", here("no name")));
        assert!(
            read.processes.contains_key(&pid),
            "{}",
            here("a process without a name")
        );
        if phase == "C" {
            let args = event["args"].as_object().expect("a counter has values");
            assert_eq!(args.len(), 1, "{}", here("one value"));
            let value = args.values().next().and_then(Value::as_i64);
            let value = value.unwrap_or_else(|| panic!("{}", here("no number")));
            read.counters.push((name, value, now_ns));
            continue;
        }
        let tid = event["tid"].as_u64();
        let thread = (pid, tid.unwrap_or_else(|| panic!("{}", here("no thread"))));
        assert!(
            read.threads.contains_key(&thread),
            "{}",
            here("a thread without a name")
        );
        assert!(
            sorted.contains(&thread),
            "{}",
            here("a thread without an order")
        );
        let stack = stacks.entry(thread).or_default();
        match phase {
            "X" => {
                let dur = exact_ns(line, "dur").unwrap_or_else(|| panic!("{}", here("no length")));
                let slice = Slice {
                    category,
                    from_ns: now_ns,
                    to_ns: now_ns + dur,
                };
                while stack.last().is_some_and(|top| top.to_ns <= now_ns) {
                    stack.pop();
                }
                if let Some(top) = stack.last() {
                    assert!(
                        slice.to_ns <= top.to_ns,
                        "{}",
                        here(&format!("leaves {top:?}"))
                    );
                }
                stack.push(slice.clone());
                read.slices.entry(thread).or_default().push(slice);
            }
            "i" => {
                assert_eq!(event["s"], "t", "{}", here("its scope is its thread"));
                read.instants.push((thread, category, name, now_ns));
            }
            "s" => {
                let id = event["id"].as_u64().expect("a flow has a number");
                assert!(ids.insert(id), "{}", here("a flow begins twice"));
                let within = stack.iter().rfind(|slice| now_ns <= slice.to_ns).cloned();
                let within = within.unwrap_or_else(|| panic!("{}", here("outside of any slice")));
                let flow = Flow {
                    from: thread,
                    from_ns: now_ns,
                    within,
                    to: thread,
                    to_ns: 0,
                };
                begun.insert(id, (flow, event["name"].clone(), event["cat"].clone()));
            }
            "f" => {
                assert_eq!(
                    event["bp"],
                    "e",
                    "{}",
                    here("it ends in the slice around it")
                );
                let id = event["id"].as_u64().expect("a flow has a number");
                let (flow, name, category) = begun
                    .remove(&id)
                    .unwrap_or_else(|| panic!("{}", here("it ends twice, or before it begins")));
                assert_eq!((&name, &category), (&event["name"], &event["cat"]));
                let top = stack.last();
                let top = top.unwrap_or_else(|| panic!("{}", here("outside of any slice")));
                assert_eq!(
                    top.from_ns,
                    now_ns,
                    "{}",
                    here("not at the begin of a slice")
                );
                assert_eq!(top.category, "running", "{}", here("not in a step"));
                assert!(
                    flow.from_ns <= now_ns,
                    "{}",
                    here("it ends before it begins")
                );
                read.flows.push(Flow {
                    to: thread,
                    to_ns: now_ns,
                    ..flow
                });
            }
            _ => panic!("{}", here("unknown phase")),
        }
    }
    assert!(begun.is_empty(), "{begun:?} do not end");
    read
}

/// A number of microseconds as nanoseconds. A quotation mark within a string has a backslash before it, so that what
/// is looked for is in none.
fn exact_ns(line: &str, key: &str) -> Option<u64> {
    let (_, rest) = line.split_once(&format!(",\"{key}\":"))?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (whole, part) = rest[..end].split_once('.').unwrap_or((&rest[..end], ""));
    assert!(part.len() <= 3, "{line}: more than nanoseconds");
    let part: u64 = format!("{part:0<3}").parse().ok()?;
    Some(whole.parse::<u64>().ok()? * 1_000 + part)
}
