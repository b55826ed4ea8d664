"""Runs an asyncio program in virtual time: real asyncio, only the clock replaced.

    python3 oracle.py [--times] PROGRAM

The program's output goes to standard output. An exception that leaves the program is one more line there,
`error: ` and what Python's traceback ends with. So is a deadlock (nothing is ready, no timer is set),
`error: deadlock`, with exit code 3. With `--times` each line begins with the time at which it was begun, in
seconds with all digits that are not zero, and the last line is `end`.

What differs from a run in real time, and why:

- Time is a count of whole nanoseconds that stands still while the program computes. It jumps to the next
  timer when the loop has nothing else to do, and `time.sleep` adds to it. So 0.1 + 0.2 is due with 0.3. What
  the clocks return adds and compares in whole nanoseconds too (`Seconds`), however late it is.
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
import fractions
import heapq
import io
import itertools
import operator
import os
import pathlib
import re
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


def nanoseconds(seconds):
    """A number of seconds in whole nanoseconds."""
    if isinstance(seconds, Seconds):
        return seconds.ns
    # A product of floats would be rounded before it is a whole number.
    return round(fractions.Fraction(seconds) * SECOND)


class Seconds(float):
    """A time or a difference of times: a float that knows the whole nanoseconds which it stands for.

    A float has no room for them from 104 days on (2^53 ns), and loses one here and there long before.
    """

    __slots__ = ("ns",)

    def __new__(cls, ns):
        seconds = super().__new__(cls, ns / SECOND)
        seconds.ns = ns
        return seconds

    def __add__(self, other):
        return Seconds(self.ns + nanoseconds(other))

    __radd__ = __add__

    def __sub__(self, other):
        return Seconds(self.ns - nanoseconds(other))

    def __rsub__(self, other):
        return Seconds(nanoseconds(other) - self.ns)

    def _compare(test):
        def compare(self, other):
            try:
                return test(self.ns, nanoseconds(other))
            except (TypeError, ValueError, OverflowError):
                # What is no number of nanoseconds, such as infinity, is compared with as ever.
                return test(float(self), other)

        return compare

    __lt__, __le__, __gt__, __ge__ = map(_compare, (operator.lt, operator.le, operator.gt, operator.ge))
    __eq__, __ne__ = map(_compare, (operator.eq, operator.ne))
    __hash__ = float.__hash__


class Clock:
    """The one clock of a run, in nanoseconds since its start."""

    def __init__(self):
        self.now = 0
        # Whether the code that runs now stands for code in another thread.
        self.is_elsewhere = False

    def seconds(self):
        return Seconds(self.now)

    def sleep(self, seconds):
        """What `time.sleep` does."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("threads run in virtual time only through asyncio.to_thread and run_in_executor")
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.now += nanoseconds(seconds)

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
            self._clock.now += nanoseconds(timeout)
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
        # asyncio runs what is due before the present plus this: only what is due is due.
        self._clock_resolution = 1 / SECOND
        # For each pool, the times at which its threads are free.
        self._pools = {}

    def time(self):
        return self._clock.seconds()

    def call_at(self, when, callback, *args, context=None):
        self._check_closed()
        timer = Timer(Seconds(nanoseconds(when)), callback, args, self, context)
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

        self.call_at(Seconds(end), deliver)
        return future

    async def shutdown_default_executor(self, timeout=None):
        """Python does not leave before its threads do."""
        last = max((max(free) for free in self._pools.values()), default=0)
        if last > self._clock.now:
            await asyncio.sleep(Seconds(last) - self.time())


class Output(io.TextIOBase):
    """Standard output, on which what another thread prints appears when its time has come."""

    encoding = "utf-8"

    def __init__(self, stream, clock, with_times):
        self._stream = stream
        self._clock = clock
        self._with_times = with_times
        self._line_is_open = False

    def writable(self):
        return True

    def write(self, text):
        if self._clock.is_elsewhere:
            loop = asyncio.get_running_loop()
            loop.call_at(loop.time(), self._show, text)
        else:
            self._show(text)
        return len(text)

    def _show(self, text):
        for piece in re.findall("[^\n]*\n|[^\n]+", text):
            if self._with_times and not self._line_is_open:
                whole, part = divmod(self._clock.now, SECOND)
                self._stream.write(f"{whole}.{part:09}".rstrip("0").rstrip(".") + " ")
            self._stream.write(piece)
            self._line_is_open = not piece.endswith("\n")

    def end(self):
        """Ends the output with the time at which the program ended."""
        if self._with_times:
            self._show("\nend\n" if self._line_is_open else "end\n")
        self.flush()

    def flush(self):
        self._stream.flush()


def deadlock():
    """Ends the run at once: an exception would let the program's own clean-up print more."""
    print("error: deadlock")
    sys.stdout.end()
    os._exit(EXIT_DEADLOCK)


def install(clock, with_times):
    """Puts the clock where programs look for the time, and the loop where asyncio looks for a loop."""
    for name in ("monotonic", "perf_counter"):
        setattr(time, name, clock.seconds)
        setattr(time, f"{name}_ns", lambda: clock.now)
    time.time = lambda: EPOCH + clock.seconds()
    time.time_ns = lambda: EPOCH * SECOND + clock.now
    time.sleep = clock.sleep
    # Both names, as asyncio.run takes the one and programs the other. (A policy would be deprecated soon.)
    asyncio.new_event_loop = asyncio.events.new_event_loop = lambda: Loop(clock)
    sys.stdout = Output(sys.stdout, clock, with_times)


def run(path, with_times=False):
    """Runs the program in a file."""
    source = pathlib.Path(path).read_text(encoding="utf-8")
    program = compile(source, path, "exec")
    faulthandler.dump_traceback_later(LIMIT, exit=True)
    install(Clock(), with_times)
    try:
        exec(program, {"__name__": "__main__", "__file__": path})
    except (Exception, asyncio.CancelledError) as error:
        traceback.print_exc()
        print("error:", traceback.format_exception_only(error)[0].strip())
    sys.stdout.end()


if __name__ == "__main__":
    *options, program = sys.argv[1:] or [""]
    if options not in ([], ["--times"]) or not program:
        sys.exit("usage: oracle.py [--times] PROGRAM")
    run(program, with_times=bool(options))
