"""`--instant`: asyncio's loop on a virtual clock, for programs that only sleep.

Time is a count of whole nanoseconds that stands still while the program computes. It jumps to the
next timer when the loop has nothing else to do, and `time.sleep` adds to it. The rules are those
of the project's oracle, so that a program prints the same under both:

- Timers that are due at the same nanosecond become ready in the same turn, in the order in which
  they were set.
- Work for another thread (`asyncio.to_thread`, `run_in_executor`) runs at once, to its end, on a
  clock of its own that starts at the present; its result arrives at the time that clock then shows.
- Sockets and pipes are waited for in real time, when nothing else can happen.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import os
import selectors
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from interleave import _format as f
from interleave import _session
from interleave._recorder import Recorder
from interleave._say import say_error, say_value
from interleave._sink import caller

SECOND = 1_000_000_000

# What `time.time()` shows at the start: 2026-01-01 00:00 UTC.
EPOCH_S = 1_767_225_600

# A pool that was not told its size has this many threads, on every machine.
DEFAULT_THREADS = 32

# Real seconds to wait for sockets and pipes when nothing else can happen.
IO_LIMIT_S = 10

EXIT_DEADLOCK = 3


class Clock:
    """The one clock of a run, in nanoseconds since its start."""

    def __init__(self) -> None:
        self.now = 0
        self.timers = 0
        # Whether the code that runs now stands for code in another thread.
        self.is_elsewhere = False
        self.session: _session.Session | None = None
        # The piece of work that runs elsewhere.
        self.piece: int | None = None

    def now_ns(self) -> int:
        return self.now

    def seconds(self) -> float:
        return self.now / SECOND

    def attach(self, session: _session.Session) -> None:
        """Says who records, so that blocking and deadlocks are in the recording."""
        self.session = session
        for number, stream in ((1, sys.stdout), (2, sys.stderr)):
            _delay_output(stream, number, self)

    @property
    def recorder(self) -> Recorder | None:
        session = self.session
        return session.recorder if session is not None and session.recorder.installed else None

    def sleep(self, seconds: float) -> None:
        """What `time.sleep` does."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("threads run in virtual time only through asyncio.to_thread and run_in_executor")
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        duration = round(seconds * SECOND)
        self.now += duration
        recorder = self.recorder
        if recorder is not None and not self.is_elsewhere and duration:
            recorder.block(duration)

    @contextlib.contextmanager
    def elsewhere(self, start: int, piece: int | None) -> Iterator[None]:
        """A clock for code in another thread; leaving it, the loop's own time is back."""
        now, self.now, self.is_elsewhere, self.piece = self.now, start, True, piece
        try:
            yield
        finally:
            self.now, self.is_elsewhere, self.piece = now, False, None

    def deadlock(self) -> None:
        """Ends the run at once: an exception would let the program's own clean-up go on."""
        sys.stdout.flush()
        message = "deadlock: nothing is ready and no timer is set"
        if self.session is not None:
            self.session.finish(f.DEADLOCK, message)
        print(message, file=sys.stderr, flush=True)
        os._exit(EXIT_DEADLOCK)


class Timer(asyncio.TimerHandle):
    """A timer that knows when it was set, relative to the others."""

    __slots__ = ("_order",)
    _order: int

    def __lt__(self, other: Any) -> bool:
        return (self._when, self._order) < (other._when, other._order)  # type: ignore[attr-defined, no-any-return]


class Selector(selectors.DefaultSelector):
    """Waits by moving the clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> Any:
        found = super().select(0)
        if found or (timeout is not None and timeout <= 0):
            return found
        if timeout is not None:
            # Both ends of the wait are whole nanoseconds; only their difference in floats is not.
            self._clock.now += max(1, round(timeout * SECOND))
            return []
        # The loop's own pipe is always open.
        if len(self.get_map()) > 1:
            found = super().select(IO_LIMIT_S)
        if not found:
            self._clock.deadlock()
        return found


class Loop(asyncio.SelectorEventLoop):
    """asyncio's loop on the virtual clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(Selector(clock))
        self._clock = clock
        # Less than the clock's step: only what is due is due.
        self._clock_resolution = 0.5 / SECOND
        # For each pool, the times at which its threads are free.
        self._pools: dict[Any, list[tuple[int, int]]] = {}

    def time(self) -> float:
        return self._clock.seconds()

    def _next_order(self) -> int:
        """A number for a timer, by which those of one moment are ordered."""
        self._clock.timers += 1
        return self._clock.timers

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> Any:  # type: ignore[override]
        if self._clock.recorder is not None:
            # The recorder's timers are ordered as ours.
            return super().call_at(when, callback, *args, context=context)
        self._check_closed()  # type: ignore[attr-defined]
        timer = Timer(round(when * SECOND) / SECOND, callback, args, self, context)
        timer._order = self._next_order()
        heapq.heappush(self._scheduled, timer)  # type: ignore[attr-defined]
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> Any:  # type: ignore[override]
        if self._clock.is_elsewhere:
            return self.call_at(self.time(), callback, *args, context=context)
        return super().call_soon_threadsafe(callback, *args, context=context)

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        self._check_closed()  # type: ignore[attr-defined]
        clock = self._clock
        recorder = clock.recorder
        future = self.create_future()
        size = getattr(executor, "_max_workers", DEFAULT_THREADS)
        # The key is the pool itself, `None` for asyncio's own.
        free = self._pools.setdefault(executor, [(0, number) for number in range(1, size + 1)])
        free_ns, number = heapq.heappop(free)
        start = max(clock.now, free_ns)
        piece = recorder.new_piece(Recorder.name_of(func, args), 1, 1) if recorder is not None else None
        deliveries: list[tuple[int, Callable[[], None]]] = []
        if recorder is not None and piece is not None:
            thread = recorder.virtual_thread(number)
            recorder.waits[id(future)] = f.WAIT_TASK | piece << 32
            began = piece, thread
            deliveries.append((start, lambda: recorder.emit_piece(f.THREAD_START, *began)))
        with clock.elsewhere(start, piece):
            result = error = None
            try:
                result = func(*args)
            except Exception as raised:
                error = raised
            end = clock.now
        heapq.heappush(free, (end, number))

        def deliver() -> None:
            if recorder is not None and piece is not None and recorder.installed:
                recorder.waits.pop(id(future), None)
                recorder.emit_piece(f.THREAD_END, piece, thread)
                recorder.end_virtual_piece(piece, error, say_error(error) if error else say_value(result))
            if future.cancelled():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        for at_ns, delivery in deliveries:
            if at_ns <= clock.now:
                delivery()
            else:
                self.call_at(at_ns / SECOND, delivery)
        self.call_at(end / SECOND, deliver)
        return future

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Python does not leave before its threads do."""
        last = max((max(free)[0] for free in self._pools.values()), default=0)
        if last > self._clock.now:
            await asyncio.sleep(last / SECOND - self.time())


def _delay_output(stream: Any, number: int, clock: Clock) -> None:
    """What another thread prints appears when its time has come."""
    if stream is None or not hasattr(stream, "__dict__"):
        return
    recorded = stream.write
    plain = type(stream).write

    def write(text: str) -> int:
        recorder = clock.recorder
        if not clock.is_elsewhere:
            return recorded(text)  # type: ignore[no-any-return]
        piece = f.NO_TASK if clock.piece is None else clock.piece
        location = recorder.out.place(caller(1)) if recorder is not None else 0

        def appear() -> None:
            plain(stream, text)
            if recorder is not None and recorder.installed and recorder.with_output:
                recorder.out.put(number, text, piece, location)

        loop = asyncio.get_running_loop()
        loop.call_at(loop.time(), appear)
        return len(text)

    stream.write = write


def install() -> Clock:
    """Puts the clock where programs look for the time, and the loop where asyncio looks for a loop."""
    clock = Clock()
    for name in ("monotonic", "perf_counter"):
        setattr(time, name, clock.seconds)
        setattr(time, f"{name}_ns", clock.now_ns)
    time.time = lambda: EPOCH_S + clock.seconds()
    time.time_ns = lambda: EPOCH_S * SECOND + clock.now
    time.sleep = clock.sleep  # type: ignore[assignment]
    # Both names, as asyncio.run takes the one and programs the other. (A policy would be deprecated soon.)
    asyncio.new_event_loop = asyncio.events.new_event_loop = lambda: Loop(clock)
    return clock
