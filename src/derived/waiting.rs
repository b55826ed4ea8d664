//! What kinds of thing tasks wait for.

use crate::trace::{ResourceKind, Trace, WaitFor};

/// A kind of thing that a task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitKind {
    /// A timer: a sleep.
    Timer,
    /// Another task's end.
    Task,
    /// Something that tasks share.
    Resource(ResourceKind),
    /// Nobody said what.
    Unknown,
}

impl WaitKind {
    /// All of them, in the order in which a legend lists them.
    pub const ALL: [WaitKind; 14] = [
        WaitKind::Timer,
        WaitKind::Unknown,
        WaitKind::Resource(ResourceKind::Lock),
        WaitKind::Resource(ResourceKind::Semaphore),
        WaitKind::Resource(ResourceKind::Queue),
        WaitKind::Resource(ResourceKind::Channel),
        WaitKind::Resource(ResourceKind::Event),
        WaitKind::Resource(ResourceKind::Condition),
        WaitKind::Resource(ResourceKind::Future),
        WaitKind::Resource(ResourceKind::Group),
        WaitKind::Task,
        WaitKind::Resource(ResourceKind::Http),
        WaitKind::Resource(ResourceKind::Socket),
        WaitKind::Resource(ResourceKind::Thread),
    ];

    /// The kind of what a task waits for.
    pub fn new(trace: &Trace, on: Option<WaitFor>) -> Self {
        match on {
            None => WaitKind::Unknown,
            Some(WaitFor::Timer(_)) => WaitKind::Timer,
            Some(WaitFor::Task(_)) => WaitKind::Task,
            Some(WaitFor::Resource(id)) => WaitKind::Resource(trace.resource(id).kind),
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            WaitKind::Timer => "timer",
            WaitKind::Task => "task",
            WaitKind::Unknown => "other",
            WaitKind::Resource(kind) => kind.word(),
        }
    }
}

/// Kinds of thing that were waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaitKinds(u16);

impl WaitKinds {
    /// Puts a kind in.
    pub fn insert(&mut self, kind: WaitKind) {
        self.0 |= bit(kind);
    }

    /// Whether a kind is among them.
    pub fn contains(self, kind: WaitKind) -> bool {
        self.0 & bit(kind) != 0
    }

    /// Those of both.
    #[must_use]
    pub fn union(self, other: WaitKinds) -> Self {
        WaitKinds(self.0 | other.0)
    }
}

fn bit(kind: WaitKind) -> u16 {
    let at = WaitKind::ALL.iter().position(|other| *other == kind);
    at.map_or(0, |at| 1 << at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_from_all_others() {
        for kind in WaitKind::ALL {
            let mut kinds = WaitKinds::default();
            kinds.insert(kind);
            for other in WaitKind::ALL {
                assert_eq!(kinds.contains(other), other == kind, "{kind:?}, {other:?}");
            }
        }
    }
}
