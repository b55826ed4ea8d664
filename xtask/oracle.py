"""Runs an asyncio program in virtual time: real asyncio, only the clock replaced.

    python3 oracle.py PROGRAM

The program's output goes to standard output. An exception that leaves the program is one more line there,
`error: ` and what Python's traceback ends with. A deadlock (nothing is ready, no timer is set) is a sentence
on standard error and exit code 3.

What differs from a run in real time, and why:

- Time is a count of whole nanoseconds that stands still while the program computes. It jumps to the next
  timer when the loop has nothing else to do, and `time.sleep` adds to it. So 0.1 + 0.2 is due with 0.3.
- Timers that are due at the same nanosecond become ready in the same turn of the loop, in the order in which
  they were set. In real time the clock ticks between two calls, so that of two equal sleeps the first set is
  due first; `heapq` alone gives no order to equal times.
- Work for another thread (`asyncio.to_thread`, `run_in_executor`) runs at once, to its end, on a clock of its
  own that starts at the present. Its result, and what it prints, arrive at the time its clock then shows. It
  must not look at what other code does in the meantime. A pool has as many threads as it was made with.
- Other threads, processes and sockets live in real time, which has no meaning here.
"""

import asyncio
import contextlib
import faulthandler
import heapq
import io
import itertools
import os
import pathlib
import selectors
import sys
import threading
import time
import traceback

SECOND = 1_000_000_000

# What `time.time()` shows at the start: 2026-01-01 00:00 UTC.
EPOCH = 1_767_225_600

# A pool that was not told its size has this many threads, on every machine.
DEFAULT_THREADS = 32

# Real seconds after which a program that computes without end is ended.
LIMIT = 60

# Real seconds to wait for sockets and pipes when nothing else can happen.
IO_LIMIT = 10

EXIT_DEADLOCK = 3


class Clock:
    """The one clock of a run, in nanoseconds since its start."""

    def __init__(self):
        self.now = 0
        # Whether the code that runs now stands for code in another thread.
        self.is_elsewhere = False

    def seconds(self):
        return self.now / SECOND

    def sleep(self, seconds):
        """What `time.sleep` does."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("threads run in virtual time only through asyncio.to_thread and run_in_executor")
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.now += round(seconds * SECOND)

    @contextlib.contextmanager
    def elsewhere(self, start):
        """A clock for code in another thread; leaving it, the loop's own time is back."""
        now, self.now, self.is_elsewhere = self.now, start, True
        try:
            yield
        finally:
            self.now, self.is_elsewhere = now, False


class Timer(asyncio.TimerHandle):
    """A timer that knows when it was set, relative to the others."""

    __slots__ = ("_order",)
    count = itertools.count()

    def __init__(self, *args):
        super().__init__(*args)
        self._order = next(Timer.count)

    def __lt__(self, other):
        return (self._when, self._order) < (other._when, other._order)


class Selector(selectors.DefaultSelector):
    """Waits by moving the clock."""

    def __init__(self, clock):
        super().__init__()
        self._clock = clock

    def select(self, timeout=None):
        events = super().select(0)
        if events or timeout == 0:
            return events
        if timeout is not None:
            # Both ends of the wait are whole nanoseconds; only their difference in floats is not.
            self._clock.now += max(1, round(timeout * SECOND))
            return []
        # The loop's own pipe is always open.
        if len(self.get_map()) > 1:
            events = super().select(IO_LIMIT)
        return events or deadlock()


class Loop(asyncio.SelectorEventLoop):
    """asyncio's loop on the virtual clock."""

    def __init__(self, clock):
        super().__init__(Selector(clock))
        self._clock = clock
        # Less than the clock's step: only what is due is due.
        self._clock_resolution = 0.5 / SECOND
        # For each pool, the times at which its threads are free.
        self._pools = {}

    def time(self):
        return self._clock.seconds()

    def call_at(self, when, callback, *args, context=None):
        self._check_closed()
        timer = Timer(round(when * SECOND) / SECOND, callback, args, self, context)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def call_soon_threadsafe(self, callback, *args, context=None):
        if self._clock.is_elsewhere:
            return self.call_at(self.time(), callback, *args, context=context)
        return super().call_soon_threadsafe(callback, *args, context=context)

    def run_in_executor(self, executor, func, *args):
        self._check_closed()
        future = self.create_future()
        size = getattr(executor, "_max_workers", DEFAULT_THREADS)
        free = self._pools.setdefault(executor, [0] * size)
        with self._clock.elsewhere(max(self._clock.now, heapq.heappop(free))):
            result = error = None
            try:
                result = func(*args)
            except Exception as raised:
                error = raised
            end = self._clock.now
        heapq.heappush(free, end)

        def deliver():
            if future.cancelled():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        self.call_at(end / SECOND, deliver)
        return future

    async def shutdown_default_executor(self, timeout=None):
        """Python does not leave before its threads do."""
        last = max((max(free) for free in self._pools.values()), default=0)
        if last > self._clock.now:
            await asyncio.sleep(last / SECOND - self.time())


class Output(io.TextIOBase):
    """Standard output, on which what another thread prints appears when its time has come."""

    encoding = "utf-8"

    def __init__(self, stream, clock):
        self._stream = stream
        self._clock = clock

    def writable(self):
        return True

    def write(self, text):
        if self._clock.is_elsewhere:
            loop = asyncio.get_running_loop()
            loop.call_at(loop.time(), self._stream.write, text)
        else:
            self._stream.write(text)
        return len(text)

    def flush(self):
        self._stream.flush()


def deadlock():
    """Ends the run at once: an exception would let the program's own clean-up print more."""
    sys.stdout.flush()
    print("deadlock: nothing is ready and no timer is set", file=sys.stderr, flush=True)
    os._exit(EXIT_DEADLOCK)


def install(clock):
    """Puts the clock where programs look for the time, and the loop where asyncio looks for a loop."""
    for name in ("monotonic", "perf_counter"):
        setattr(time, name, clock.seconds)
        setattr(time, f"{name}_ns", lambda: clock.now)
    time.time = lambda: EPOCH + clock.seconds()
    time.time_ns = lambda: EPOCH * SECOND + clock.now
    time.sleep = clock.sleep
    # Both names, as asyncio.run takes the one and programs the other. (A policy would be deprecated soon.)
    asyncio.new_event_loop = asyncio.events.new_event_loop = lambda: Loop(clock)
    sys.stdout = Output(sys.stdout, clock)


def run(path):
    """Runs the program in a file."""
    source = pathlib.Path(path).read_text(encoding="utf-8")
    program = compile(source, path, "exec")
    faulthandler.dump_traceback_later(LIMIT, exit=True)
    install(Clock())
    try:
        exec(program, {"__name__": "__main__", "__file__": path})
    except (Exception, asyncio.CancelledError) as error:
        traceback.print_exc()
        print("error:", traceback.format_exception_only(error)[0].strip())
    sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: oracle.py PROGRAM")
    run(sys.argv[1])
