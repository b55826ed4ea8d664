//! Other threads, which run pieces of work at the same time as the loop: Web Workers in a live
//! run, and threads that only exist in virtual time under the instant clock.

use crate::executor::EventLoop;
use crate::executor::failure::Failure;
use crate::stage::browser::Thread;
use crate::stage::job::Job;
use crate::stage::sync::{Guard, Permits};
use crate::stage::wait::{ExternalFuture, WaitList, record_acquire};
use crate::stage::{Stage, nanos};
use crate::trace::{Ending, EventKind, ResourceId, ResourceKind, TaskId, WaitFor};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::Location;
use std::rc::Rc;

/// A pool of threads (`ThreadPoolExecutor`); clones are the same pool. A demo has one.
#[derive(Clone)]
pub struct Threads {
    inner: Rc<Inner>,
}

struct Inner {
    stage: Stage,
    event_loop: EventLoop,
    resource: ResourceId,
    slots: Rc<Permits>,
    /// Who has no work now, by number; `None` was not started yet.
    idle: RefCell<Vec<Idle>>,
}

impl Threads {
    pub(super) fn new(stage: &Stage, most: usize) -> Self {
        let slots = Permits::new(stage, ResourceKind::Thread, "pool of threads", most);
        Threads {
            inner: Rc::new(Inner {
                stage: stage.clone(),
                event_loop: stage.event_loop().clone(),
                resource: slots.resource(),
                slots,
                idle: RefCell::new((1..=most as u16).map(|number| (number, None)).collect()),
            }),
        }
    }

    /// Starts all threads, and waits until they can take work. Without this, each starts with
    /// its first piece of work.
    ///
    /// # Errors
    /// A sentence, when the browser starts none.
    #[track_caller]
    pub fn start(&self) -> impl Future<Output = Result<(), Failure>> + use<> {
        self.inner.event_loop.set_location(Location::caller());
        let inner = Rc::clone(&self.inner);
        async move {
            let Some(browser) = inner.stage.browser.clone() else {
                return Ok(()); // virtual threads are there at once
            };
            let mut starting = Vec::new();
            for (_, thread) in inner.idle.borrow_mut().iter_mut() {
                let started = browser.thread().map_err(refused)?;
                starting.push(started.ready());
                *thread = Some(started);
            }
            for ready in starting {
                let on = WaitFor::Resource(inner.resource);
                let ready = ExternalFuture::new(&inner.event_loop, on, ready).await;
                record_acquire(&inner.event_loop, inner.resource, 0);
                ready.map_err(refused)?;
            }
            Ok(())
        }
    }

    /// Has another thread do a piece of work, as soon as one is free, and waits for its result
    /// (`loop.run_in_executor`; with a pool of many threads, `asyncio.to_thread`).
    ///
    /// The piece gets a lane of its own. Whoever cancels the wait gives up the result: the thread
    /// works on, and the run does not end before it is done.
    ///
    /// # Errors
    /// A sentence, when the browser starts no thread or the thread dies.
    #[track_caller]
    pub fn run(&self, name: &str, job: Job) -> impl Future<Output = Result<u64, Failure>> + use<> {
        let at = Location::caller();
        self.inner.event_loop.set_location(at);
        run_piece(Rc::clone(&self.inner), name.to_owned(), at, job)
    }
}

async fn run_piece(
    inner: Rc<Inner>,
    name: String,
    at: &'static Location<'static>,
    job: Job,
) -> Result<u64, Failure> {
    let slot = Guard::acquire(&inner.slots).await;
    let mut seat = Seat::take(&inner);
    let event_loop = &inner.event_loop;
    let lane = event_loop.add_thread_lane(&name, at, seat.number);
    let piece = Rc::new(Piece {
        event_loop: event_loop.clone(),
        lane,
        over: Cell::new(false),
    });
    // Whoever awaits the result may be cancelled: the thread works on, and the run does not end
    // before it is done.
    let under_way = (slot, event_loop.thread_work());
    let done = Done::default();
    let waiters = done.waiters.clone();
    let Some(browser) = &inner.stage.browser else {
        let start_ns = event_loop.now_ns();
        event_loop.record(EventKind::ThreadStart {
            task: lane,
            at_ns: start_ns,
        });
        let end_ns = start_ns.saturating_add(nanos(job.cost()));
        let told = done.clone();
        let on_end = move || {
            piece.finish(end_ns);
            // The thread is free, and whoever waits for it goes first.
            drop((seat, under_way));
            told.tell(Ok(job.result()));
        };
        event_loop.call_at(end_ns, on_end).detach();
        return done.wait(event_loop, waiters, lane).await;
    };
    let started = seat.thread.take().map_or_else(|| browser.thread(), Ok);
    let thread = started.map_err(|problem| piece.fail(problem))?;
    let on_start = {
        let event_loop = event_loop.clone();
        move |at_ns| event_loop.record(EventKind::ThreadStart { task: lane, at_ns })
    };
    let later = thread.run(job, Box::new(on_start));
    let told = done.clone();
    let external = event_loop.external_wait();
    browser.finish_later(Box::pin(async move {
        let result = match later.await {
            Ok(finished) => {
                piece.finish(finished.at_ns);
                seat.thread = Some(thread);
                Ok(finished.result)
            }
            Err(problem) => Err(piece.fail(problem)),
        };
        drop((seat, under_way));
        told.tell(result);
        drop(external);
    }));
    done.wait(event_loop, waiters, lane).await
}

/// What another thread came to, for the task that awaits it.
#[derive(Clone, Default)]
struct Done {
    result: Rc<RefCell<Option<Result<u64, Failure>>>>,
    waiters: WaitList,
}

impl Done {
    fn tell(&self, result: Result<u64, Failure>) {
        *self.result.borrow_mut() = Some(result);
        self.waiters.pass_first();
    }

    async fn wait(
        &self,
        event_loop: &EventLoop,
        waiters: WaitList,
        lane: TaskId,
    ) -> Result<u64, Failure> {
        (&mut waiters.join(event_loop, WaitFor::Task(lane))).await;
        let result = self.result.take();
        result.unwrap_or_else(|| Err(refused("the other thread gave no result".to_owned())))
    }
}

/// A thread without work, with its number.
type Idle = (u16, Option<Box<dyn Thread>>);

/// A thread taken out of the pool, given back when this is dropped.
struct Seat {
    pool: Rc<Inner>,
    number: u16,
    /// `None`: it was not started, or is lost.
    thread: Option<Box<dyn Thread>>,
}

impl Seat {
    /// The first that is free; a permit of the pool says that there is one.
    fn take(pool: &Rc<Inner>) -> Self {
        let mut idle = pool.idle.borrow_mut();
        let first = (0..idle.len()).min_by_key(|at| idle[*at].0);
        let (number, thread) = first.map(|at| idle.swap_remove(at)).unwrap_or_default();
        Seat {
            pool: Rc::clone(pool),
            number,
            thread,
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let thread = self.thread.take();
        self.pool.idle.borrow_mut().push((self.number, thread));
    }
}

/// A piece of work on another thread. Dropped before it is over, it was cancelled.
struct Piece {
    event_loop: EventLoop,
    lane: TaskId,
    over: Cell<bool>,
}

impl Piece {
    fn finish(&self, at_ns: u64) {
        self.over.set(true);
        let task = self.lane;
        self.event_loop.record(EventKind::ThreadEnd { task, at_ns });
    }

    fn fail(&self, problem: String) -> Failure {
        self.end(Ending::Failed, &problem);
        refused(problem)
    }

    fn end(&self, ending: Ending, text: &str) {
        self.over.set(true);
        let text = self.event_loop.text(text);
        let task = self.lane;
        self.event_loop
            .record(EventKind::Done { task, ending, text });
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if !self.over.get() {
            self.end(Ending::Cancelled, "");
        }
    }
}

fn refused(problem: String) -> Failure {
    Failure::new("RuntimeError", problem)
}
