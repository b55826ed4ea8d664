//! What happens is recorded in the run's trace.

use crate::executor::EventLoop;
use crate::trace::{
    EndReason, Event, EventKind, Location, LocationId, ResourceId, ResourceInfo, ResourceKind,
    TextId, Trace,
};
use std::cell::Ref;
use std::panic;

impl EventLoop {
    /// Records a fact at the present time.
    pub fn record(&self, kind: EventKind) {
        if self.inner.limits.recording {
            self.record_at(self.now_ns(), kind);
        }
    }

    pub(super) fn record_at(&self, time_ns: u64, kind: EventKind) {
        let inner = &*self.inner;
        let mut trace = inner.trace.borrow_mut();
        if trace.end.is_some() {
            return;
        }
        trace.events.push(Event { time_ns, kind });
        if trace.events.len() >= inner.limits.events {
            drop(trace);
            self.end(
                EndReason::Limit,
                &format!(
                    "the run stopped at {} events, the most that one run records; what was recorded until then is shown",
                    inner.limits.events
                ),
            );
        }
    }

    /// What was recorded so far.
    pub fn trace(&self) -> Ref<'_, Trace> {
        self.inner.trace.borrow()
    }

    /// What was recorded; the loop is used up.
    pub fn into_trace(self) -> Trace {
        self.inner.trace.replace(Trace::new(self.clock_kind()))
    }

    /// A string for an event.
    pub fn text(&self, text: &str) -> TextId {
        if text.is_empty() || !self.inner.limits.recording {
            return TextId::EMPTY;
        }
        let mut trace = self.inner.trace.borrow_mut();
        trace.texts.push(text.into());
        TextId((trace.texts.len() - 1) as u32)
    }

    /// A new resource, recorded as made.
    pub fn resource(&self, kind: ResourceKind, name: &str) -> ResourceId {
        let resource = {
            let mut trace = self.inner.trace.borrow_mut();
            trace.resources.push(ResourceInfo {
                kind,
                name: name.into(),
            });
            ResourceId((trace.resources.len() - 1) as u32)
        };
        self.record(EventKind::ResourceMade { resource });
        resource
    }

    /// Says that the running task stands at this line now.
    pub fn set_location(&self, site: &'static panic::Location<'static>) -> LocationId {
        let inner = &*self.inner;
        if let Some((last, location)) = inner.last_site.get()
            && std::ptr::eq(last, site)
        {
            inner.location.set(location);
            return location;
        }
        let mut sites = inner.sites.borrow_mut();
        let known = sites
            .iter()
            .position(|known| std::ptr::eq(*known, site) || *known == site);
        let index = known.unwrap_or_else(|| {
            sites.push(site);
            inner.trace.borrow_mut().locations.push(Location {
                file: site.file().into(),
                line: site.line(),
            });
            sites.len() - 1
        });
        // Row 0 of the trace's table is the unknown place.
        let location = LocationId((index + 1) as u16);
        inner.last_site.set(Some((site, location)));
        inner.location.set(location);
        location
    }

    /// The line where the running task stands.
    pub fn location(&self) -> LocationId {
        self.inner.location.get()
    }
}
