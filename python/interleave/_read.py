"""Reads the file format `.interleave`, versions 1 and 2, strictly.

Whatever is not as `docs/format.md` says is refused with a [FormatError], whose text is a sentence for the reader of
the file. A module of its own, since a program that is recorded does not need it.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from typing import NamedTuple

from interleave._format import (
    ACQUIRE,
    BLOCKED,
    BLOCKS,
    BROWSER_CALL,
    BROWSER_QUEUED,
    BROWSER_RETURN,
    CALLBACK,
    CANCEL_OUTSIDE,
    CANCEL_TASK,
    CANCEL_TIMER,
    CANCELLED,
    CHAINS,
    CLOCKS,
    DESTROYED,
    END,
    EVENTS,
    FAILED,
    FILES,
    FRAME_ENTER,
    FRAME_EXIT,
    HEADER,
    HIGH,
    INTEGER,
    LOCATIONS,
    LOOP_CLOSED,
    LOOP_START,
    LOOP_STOP,
    LOOPS,
    MAGIC,
    MAX_ARGUMENTS,
    MAX_BLOCK_BYTES,
    MAX_BLOCK_RECORDS,
    MAX_CHAIN_DEPTH,
    MAX_CHAINS,
    MAX_CUTS,
    MAX_EVENTS,
    MAX_FILES,
    MAX_LOCATIONS,
    MAX_LONG_STRING_BYTES,
    MAX_LOOPS,
    MAX_NUMBER,
    MAX_RESOURCES,
    MAX_SOURCE_BYTES,
    MAX_SOURCES_BYTES,
    MAX_STRING_BYTES,
    MAX_TASKS,
    MAX_TEXT_BYTES,
    MAX_TEXTS,
    MAX_THREADS,
    MAX_TIME_NS,
    MERGED,
    MORE,
    NAMES,
    NEWEST_VERSION,
    NEVER_AWAITED,
    NO_TASK,
    NOTE,
    ORIGINS,
    OUTPUT,
    PANICKED,
    POLL_DONE,
    POLL_END,
    POLL_PANICKED,
    POLL_START,
    REASONS,
    RELEASE,
    RENAMED,
    RESOURCE_CLOSED,
    RESOURCE_KINDS,
    RESOURCE_MADE,
    RESOURCES,
    RETRIEVED,
    RETURNED,
    SOURCES,
    SPAWN,
    TASK_KINDS,
    TASKS,
    TEXTS,
    THREAD_END,
    THREAD_ENDED,
    THREAD_START,
    THREAD_STARTED,
    THREADS,
    TIMER_DROPPED,
    TIMER_FIRED,
    TIMER_SET,
    TURN,
    VALUE,
    VERSION,
    VIEW,
    WAIT_FUTURE,
    WAIT_RESOURCE,
    WAIT_TASK,
    WAIT_TIMER,
    WAKE_IO,
    WAKE_OUTSIDE,
    WAKE_TASK,
    WAKE_THREAD,
    WAKE_TIMER,
)

# For each kind: what `a` and `b` point to, and what its MORE holds (None: it has none). The words
# are the tables' names; "task?" may be NO_TASK, "io?" is a resource plus one or 0, "" is 0.
FIELDS: dict[int, tuple[str, str, tuple[str, str] | None]] = {
    TURN: ("loop", "", None),
    SPAWN: ("task", "", None),
    POLL_START: ("task", "flag", None),
    POLL_END: ("task", "chain", None),
    POLL_DONE: ("task", "chain", None),
    WAKE_TASK: ("task", "task", None),
    WAKE_TIMER: ("task", "timer", None),
    WAKE_IO: ("task", "io?", None),
    WAKE_THREAD: ("task", "thread", None),
    WAKE_OUTSIDE: ("task", "", None),
    TIMER_SET: ("task?", "timer", ("number", "")),
    TIMER_FIRED: ("", "timer", None),
    TIMER_DROPPED: ("task?", "timer", None),
    WAIT_RESOURCE: ("task", "resource", None),
    WAIT_TASK: ("task", "task", None),
    WAIT_TIMER: ("task", "timer", None),
    WAIT_FUTURE: ("task", "", None),
    RESOURCE_MADE: ("task?", "resource", None),
    RESOURCE_CLOSED: ("task?", "resource", None),
    ACQUIRE: ("task?", "resource", ("level", "location")),
    RELEASE: ("task?", "resource", ("level", "location")),
    CANCEL_TASK: ("task", "task", None),
    CANCEL_TIMER: ("task", "timer", None),
    CANCEL_OUTSIDE: ("task", "", None),
    OUTPUT: ("task?", "text", ("stream", "location")),
    NOTE: ("task?", "text", None),
    VALUE: ("task?", "text", ("value", "text")),
    NEVER_AWAITED: ("task?", "text", ("zero", "location")),
    RETURNED: ("task", "text", None),
    FAILED: ("task", "text", ("zero", "chain")),
    CANCELLED: ("task", "text", None),
    RETRIEVED: ("task", "", None),
    DESTROYED: ("task", "", None),
    RENAMED: ("task", "text", None),
    BLOCKED: ("task?", "chain", ("number", "")),
    CALLBACK: ("task?", "location", ("number", "")),
    THREAD_START: ("task", "thread", None),
    THREAD_END: ("task", "thread", None),
    LOOP_START: ("loop", "", None),
    LOOP_STOP: ("loop", "", None),
    LOOP_CLOSED: ("loop", "", None),
}

# As above, for the kinds that only version 2 has.
FIELDS_2: dict[int, tuple[str, str, tuple[str, str] | None]] = {
    **FIELDS,
    POLL_PANICKED: ("task", "chain", None),
    PANICKED: ("task", "text", None),
    FRAME_ENTER: ("task", "text", ("zero", "location")),
    FRAME_EXIT: ("task", "", None),
    BLOCKS: ("task", "chain", None),
    INTEGER: ("task", "text", ("number", "")),
    THREAD_STARTED: ("task", "", ("number", "")),
    THREAD_ENDED: ("task", "", ("number", "")),
    BROWSER_QUEUED: ("task", "queue", None),
    BROWSER_CALL: ("", "call", None),
    BROWSER_RETURN: ("", "call", None),
}


# A deadline that never comes.
NEVER = (1 << 64) - 1


class FormatError(ValueError):
    """The bytes are not a recording that can be read; the text is a sentence that says why."""


class Location(NamedTuple):
    file: int
    line: int
    function: int


class Chain(NamedTuple):
    parent: int
    location: int


class Loop(NamedTuple):
    name: int
    thread: int


class Task(NamedTuple):
    name: int
    coroutine: int
    parent: int | None
    location: int
    kind: int
    loop: int | None
    # Version 1 does not say it of a task.
    thread: int | None = None


class Resource(NamedTuple):
    kind: int
    name: int
    location: int
    capacity: int


class Event(NamedTuple):
    """One event. `more` is `(a, b)` of its MORE record, or a number where that holds one."""

    time_ns: int
    kind: int
    a: int
    b: int
    flags: int
    more: tuple[int, int] | int | None

    @property
    def name(self) -> str:
        return NAMES[self.kind].lower()


class End(NamedTuple):
    time_ns: int
    reason: int
    message: str
    cuts: list[str]


class Recording:
    """Everything that a file holds."""

    def __init__(self, version: int = VERSION) -> None:
        self.version = version
        self.clock = 0
        self.started_s = 0
        self.program = ""
        self.argv: list[str] = []
        self.runtime = ""
        self.platform = ""
        self.recorder = ""
        self.texts: list[str] = [""]
        self.files: list[tuple[str, int]] = [("", 2)]
        self.sources: dict[int, str] = {}
        self.locations: list[Location] = [Location(0, 0, 0)]
        self.chains: list[Chain] = [Chain(0, 0)]
        self.threads: list[int] = []
        self.loops: list[Loop] = []
        self.tasks: list[Task] = []
        self.resources: list[Resource] = []
        self.events: list[Event] = []
        self.end: End | None = None
        # The fragment of the link with which the page shows its own run.
        self.view = ""
        self.blocks = 0
        # A sentence when the file breaks off within a block; what came before is here.
        self.broken_off = ""

    def name(self, task: int) -> str:
        """A task's name."""
        return self.texts[self.tasks[task].name]

    def frames(self, chain: int) -> list[Location]:
        """A chain of awaits, from the outermost frame to the innermost."""
        found = []
        while chain:
            parent, location = self.chains[chain]
            found.append(self.locations[location])
            chain = parent
        return found[::-1]

    def place(self, location: int) -> str:
        """A location as `file:line`."""
        row = self.locations[location]
        return f"{self.files[row.file][0]}:{row.line}" if row.file else "?"


class _Cursor:
    """Reads a section's body; every number is checked where it is read."""

    def __init__(self, data: bytes, where: str) -> None:
        self.data = data
        self.at = 0
        self.where = where

    def fail(self, why: str) -> FormatError:
        return FormatError(f"the recording is damaged: {why} in {self.where}")

    def varint(self, limit: int, what: str) -> int:
        value = shift = 0
        while True:
            if self.at >= len(self.data):
                raise self.fail(f"{what} breaks off")
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 63:
                raise self.fail(f"{what} is a number of more than 64 bits")
        if value > limit:
            raise self.fail(f"{what} is {value}, and the most is {limit},")
        return value

    def below(self, count: int, what: str) -> int:
        value = self.varint(1 << 64, what)
        if value >= count:
            raise self.fail(f"{what} {value} points to nothing: there are {count}")
        return value

    def string(self, what: str, limit: int = MAX_STRING_BYTES) -> str:
        size = self.varint(limit, f"the length of {what}")
        data = self.data[self.at : self.at + size]
        if len(data) < size:
            raise self.fail(f"{what} breaks off")
        self.at += size
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            raise self.fail(f"{what} is not UTF-8") from None

    def rows(self, have: int, limit: int, what: str) -> range:
        count = self.varint(1 << 64, f"the number of {what}")
        if have + count > limit:
            raise FormatError(f"the recording has more than {limit} {what}, the most that is read")
        # Each row takes a byte at least, so that a lie costs nothing.
        if count > len(self.data) - self.at:
            raise self.fail(f"{what} break off")
        return range(count)

    def done(self) -> None:
        if self.at != len(self.data):
            raise self.fail(f"{len(self.data) - self.at} bytes are left over")


class _Reader:
    def __init__(self, version: int) -> None:
        self.recording = Recording(version)
        first = version == 1
        self.fields = FIELDS if first else FIELDS_2
        self.max_time_ns = MAX_TIME_NS if first else MAX_TIME_NS + 1
        self.max_text_bytes = MAX_STRING_BYTES if first else MAX_LONG_STRING_BYTES
        self.max_line = (1 << 31) - 1 if first else (1 << 32) - 1
        # How many texts events may name; those behind are names in tables.
        self.own_texts = MAX_TEXTS
        self.calls = 0
        self.time_ns = 0
        self.text_bytes = 0
        self.source_bytes = 0
        self.timers = 0
        self.depths = [0]
        self.records = 0

    def block(self, payload: bytes) -> None:
        number = self.recording.blocks + 1
        cursor = _Cursor(payload, f"block {number}")
        last_tag = 0
        while cursor.at < len(payload):
            tag = payload[cursor.at]
            cursor.at += 1
            version = self.recording.version
            if not HEADER <= tag <= (END if version == 1 else VIEW):
                raise cursor.fail(f"a section of kind {tag}, which version {version} does not have, is")
            if tag <= last_tag:
                raise cursor.fail("a section is twice or out of order")
            if (tag == HEADER) != (number == 1 and last_tag == 0):
                raise cursor.fail("the header is missing" if number == 1 else "a second header is")
            last_tag = tag
            size = cursor.varint(MAX_BLOCK_BYTES, "the length of a section")
            body = payload[cursor.at : cursor.at + size]
            if len(body) < size:
                raise cursor.fail("a section breaks off")
            cursor.at += size
            section = _Cursor(body, f"block {number}")
            _SECTIONS[tag](self, section)
            section.done()
        if last_tag == 0:
            raise cursor.fail("no section is")
        self.recording.blocks = number

    def header(self, c: _Cursor) -> None:
        r = self.recording
        r.clock = c.varint(len(CLOCKS) - 1, "the clock")
        r.started_s = c.varint(1 << 40, "the time of the start")
        r.program = c.string("the program's name")
        r.argv = [c.string("an argument") for _ in c.rows(0, MAX_ARGUMENTS, "arguments")]
        r.runtime = c.string("the runtime's name")
        r.platform = c.string("the platform's name")
        r.recorder = c.string("the recorder's name")
        if r.version > 1:
            self.own_texts = 1 + c.varint(MAX_TEXTS - 1, "the number of the events' texts")

    def texts(self, c: _Cursor) -> None:
        r = self.recording
        for _ in c.rows(len(r.texts), MAX_TEXTS, "texts"):
            before = c.at
            r.texts.append(c.string("a text", self.max_text_bytes))
            self.text_bytes += c.at - before
        if self.text_bytes > MAX_TEXT_BYTES:
            raise FormatError(f"the recording has more than {MAX_TEXT_BYTES} bytes of texts, the most that is read")

    def files(self, c: _Cursor) -> None:
        r = self.recording
        for _ in c.rows(len(r.files), MAX_FILES, "files"):
            r.files.append((c.string("a file's path"), c.varint(len(ORIGINS) - 1, "a file's origin")))

    def locations(self, c: _Cursor) -> None:
        r = self.recording
        for _ in c.rows(len(r.locations), MAX_LOCATIONS, "locations"):
            file = c.below(len(r.files), "a location's file")
            line = c.varint(self.max_line, "a location's line")
            r.locations.append(Location(file, line, c.below(len(r.texts), "a location's function")))

    def chains(self, c: _Cursor) -> None:
        r = self.recording
        for _ in c.rows(len(r.chains), MAX_CHAINS, "chains"):
            parent = c.below(len(r.chains), "a chain's parent")
            depth = self.depths[parent] + 1
            if depth > MAX_CHAIN_DEPTH:
                raise c.fail(f"a chain has more than {MAX_CHAIN_DEPTH} frames")
            self.depths.append(depth)
            r.chains.append(Chain(parent, c.below(len(r.locations), "a chain's location")))

    def threads(self, c: _Cursor) -> None:
        r = self.recording
        for _ in c.rows(len(r.threads), MAX_THREADS, "threads"):
            r.threads.append(c.below(len(r.texts), "a thread's name"))

    def loops(self, c: _Cursor) -> None:
        r = self.recording
        for _ in c.rows(len(r.loops), MAX_LOOPS, "loops"):
            name = c.below(len(r.texts), "a loop's name")
            r.loops.append(Loop(name, c.below(len(r.threads), "a loop's thread")))

    def tasks(self, c: _Cursor) -> None:
        r = self.recording
        for _ in c.rows(len(r.tasks), MAX_TASKS, "tasks"):
            name = c.below(len(r.texts), "a task's name")
            coroutine = c.below(len(r.texts), "a task's coroutine")
            parent = c.below(len(r.tasks) + 1, "a task's parent")
            location = c.below(len(r.locations), "a task's location")
            kind = c.varint(len(TASK_KINDS) - 1, "a task's kind")
            loop = c.below(len(r.loops) + 1, "a task's loop")
            thread = None if r.version == 1 else c.below(len(r.threads), "a task's thread")
            author = parent - 1 if parent else None
            r.tasks.append(Task(name, coroutine, author, location, kind, loop - 1 if loop else None, thread))

    def resources(self, c: _Cursor) -> None:
        r = self.recording
        for _ in c.rows(len(r.resources), MAX_RESOURCES, "resources"):
            kind = c.varint(len(RESOURCE_KINDS) - 1, "a resource's kind")
            name = c.below(len(r.texts), "a resource's name")
            location = c.below(len(r.locations), "a resource's location")
            r.resources.append(Resource(kind, name, location, c.varint((1 << 32) - 1, "a resource's capacity")))

    def events(self, c: _Cursor) -> None:
        r = self.recording
        count = c.varint(MAX_BLOCK_RECORDS, "the number of records")
        planes = c.data[c.at :]
        if count == 0 or len(planes) != 16 * count:
            raise c.fail(f"{count} records take {16 * count} bytes and have {len(planes)}")
        c.at = len(c.data)
        columns = []
        for column in range(2):
            packed = bytearray(8 * count)
            for plane in range(8):
                start = (8 * column + plane) * count
                packed[plane::8] = planes[start : start + count]
            numbers = array("Q", bytes(packed))
            if sys.byteorder == "big":
                numbers.byteswap()
            columns.append(numbers)
        limits = {
            "task": (len(r.tasks), "a task"),
            "loop": (len(r.loops), "a loop"),
            "chain": (len(r.chains), "a chain"),
            "resource": (len(r.resources), "a resource"),
            "text": (min(len(r.texts), self.own_texts), "a text"),
            "location": (len(r.locations), "a location"),
            "thread": (len(r.threads), "a thread"),
            "io?": (len(r.resources) + 1, "a resource"),
            "timer": (1 << 24, "a timer"),
            "level": (1 << 24, "a level"),
            "flag": (2, "a flag"),
            "stream": (3, "a stream"),
            "value": (2, "a kind of value"),
            "queue": (3, "a queue"),
            "zero": (1, "a field that is 0"),
            "": (1, "a field that is 0"),
        }

        def check(word: str, value: int, name: str) -> None:
            if word == "task?":
                if value == NO_TASK:
                    return
                word = "task"
            count, what = limits[word]
            if value >= count:
                raise c.fail(f"{name} names {what} {value} and there are {count}")

        i = 0
        while i < count:
            self.time_ns += columns[0][i]
            if self.time_ns > self.max_time_ns:
                raise c.fail("the time is beyond 2**62 nanoseconds")
            code = columns[1][i]
            i += 1
            high: int | None = None
            if r.version > 1 and code & 0x3F == HIGH:
                if code & 0xC0 or code >> 32:
                    raise c.fail("a HIGH record has what it cannot have")
                high = code >> 8
                if i >= count or columns[0][i] != 0 or columns[1][i] & 0x3F == HIGH:
                    raise c.fail("a HIGH record belongs to nothing")
                code = columns[1][i]
                i += 1
            kind, a, b = code & 0x3F, code >> 8 & 0xFFFFFF, code >> 32
            flags = code & 0xC0
            fields = self.fields.get(kind)
            if fields is None:
                raise c.fail(
                    "a MORE record belongs to nothing" if kind == MORE else f"an event of unknown kind {kind} is"
                )
            name = NAMES[kind].lower()
            if flags and (
                not (WAKE_TASK <= kind <= WAKE_OUTSIDE or CANCEL_TASK <= kind <= CANCEL_OUTSIDE)
                or (flags & MERGED and kind >= CANCEL_TASK)
            ):
                raise c.fail(f"{name} has flags that it cannot have")
            check(fields[0], a, name)
            if fields[1] == "timer" and kind == TIMER_SET:
                if b != self.timers:
                    raise c.fail(f"timer {b} is set where timer {self.timers} is next,")
                self.timers += 1
                if self.timers > MAX_EVENTS:
                    raise c.fail("there are too many timers")
            elif fields[1] == "timer":
                if b >= self.timers:
                    raise c.fail(f"{name} names a timer {b} and there are {self.timers}")
            elif fields[1] == "call":
                if b >= self.calls:
                    raise c.fail(f"{name} names a call {b} and there are {self.calls}")
            else:
                check(fields[1], b, name)
            if kind == BROWSER_QUEUED:
                self.calls += 1
            more: tuple[int, int] | int | None = None
            if fields[2] is not None:
                if i >= count or columns[1][i] & 0xFF != MORE or columns[0][i] != 0:
                    raise c.fail(f"the second half of {name} is missing")
                code = columns[1][i]
                i += 1
                if fields[2][0] == "number":
                    more = code >> 8
                    if more > MAX_NUMBER:
                        raise c.fail(f"{name} has a number beyond 2**55")
                    if kind == TIMER_SET and more == MAX_NUMBER and high is None and r.version > 1:
                        more = NEVER
                    more = self.with_high(c, name, high, more, 55, 64)
                    if kind in (BLOCKED, CALLBACK) and more > self.time_ns:
                        raise c.fail(f"{name} began before the recording")
                    if kind in (THREAD_STARTED, THREAD_ENDED) and more > self.max_time_ns:
                        raise c.fail(f"{name} has a time beyond 2**62 nanoseconds")
                    if kind == INTEGER and more >= 1 << 32:
                        raise c.fail(f"{name} has a value of more than 32 bits")
                else:
                    more = (code >> 8 & 0xFFFFFF, code >> 32)
                    check(fields[2][0], more[0], name)
                    if kind == OUTPUT and more[0] == 0:
                        raise c.fail("output is of no stream")
                    check(fields[2][1], more[1], name)
                    if fields[2][0] == "level":
                        more = (self.with_high(c, name, high, more[0], 24, 32), more[1])
            if high is not None and (fields[2] is None or fields[2][0] not in ("number", "level")):
                raise c.fail("a HIGH record belongs to nothing")
            r.events.append(Event(self.time_ns, kind, a, b, flags, more))
        if len(r.events) > MAX_EVENTS:
            raise FormatError(f"the recording has more than {MAX_EVENTS} events, the most that is read")

    def with_high(self, c: _Cursor, name: str, high: int | None, low: int, own: int, most: int) -> int:
        """What a HIGH record adds to, which has `own` bits itself, and at most so many."""
        if high is None:
            return low
        if high >> (most - own):
            raise c.fail(f"{name} has a number of more than {most} bits")
        return high << own | low

    def sources(self, c: _Cursor) -> None:
        r = self.recording
        for _ in c.rows(len(r.sources), MAX_FILES, "sources"):
            file = c.below(len(r.files), "a source's file")
            if file == 0 or file in r.sources:
                raise c.fail("a file has two sources" if file else "a source of no file is")
            before = c.at
            r.sources[file] = c.string("a source", MAX_SOURCE_BYTES)
            self.source_bytes += c.at - before
        if self.source_bytes > MAX_SOURCES_BYTES:
            raise FormatError(
                f"the recording has more than {MAX_SOURCES_BYTES} bytes of sources, the most that is read"
            )

    def end(self, c: _Cursor) -> None:
        time_ns = c.varint(self.max_time_ns, "the time of the end")
        if time_ns < self.time_ns:
            raise c.fail("the end is before the last event")
        reason = c.varint(len(REASONS) - 1, "the reason of the end")
        message = c.string("the end's message", self.max_text_bytes)
        cuts = [c.string("a cut") for _ in c.rows(0, MAX_CUTS, "cuts")]
        self.recording.end = End(time_ns, reason, message, cuts)

    def view(self, c: _Cursor) -> None:
        if self.recording.view:
            raise c.fail("a second view is")
        self.recording.view = c.string("the view")
        if not self.recording.view:
            raise c.fail("a view that is empty is")


_SECTIONS = {
    HEADER: _Reader.header,
    TEXTS: _Reader.texts,
    FILES: _Reader.files,
    LOCATIONS: _Reader.locations,
    CHAINS: _Reader.chains,
    THREADS: _Reader.threads,
    LOOPS: _Reader.loops,
    TASKS: _Reader.tasks,
    RESOURCES: _Reader.resources,
    EVENTS: _Reader.events,
    SOURCES: _Reader.sources,
    END: _Reader.end,
    VIEW: _Reader.view,
}


def read(data: bytes) -> Recording:
    """Reads a whole file.

    A file that breaks off, as a killed program leaves it, gives what is in its whole blocks, and
    a sentence in [Recording.broken_off].

    Raises [FormatError] when the bytes are something else.
    """
    if not data.startswith(MAGIC):
        if data and MAGIC.startswith(data):
            raise FormatError("the recording breaks off in its first bytes")
        raise FormatError('this is not a recording: it does not begin with "interleave"')
    at = len(MAGIC) + 1
    if len(data) < at:
        raise FormatError("the recording breaks off in its first bytes")
    version = data[at - 1]
    if not VERSION <= version <= NEWEST_VERSION:
        raise FormatError(
            f"the recording has version {version}, and this reader reads versions {VERSION} and {NEWEST_VERSION}"
        )
    reader = _Reader(version)
    while at < len(data):
        number = reader.recording.blocks + 1
        if reader.recording.end is not None:
            raise FormatError(f"the recording is damaged: {len(data) - at} bytes follow its end")
        if len(data) - at < 8:
            break
        packed_size = int.from_bytes(data[at : at + 4], "little")
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if not (0 < size <= MAX_BLOCK_BYTES and 0 < packed_size <= MAX_BLOCK_BYTES):
            raise FormatError(
                f"the recording is damaged: block {number} has {size} bytes, packed {packed_size}, "
                f"and the most is {MAX_BLOCK_BYTES}"
            )
        if len(data) - at - 8 < packed_size:
            break
        packed = data[at + 8 : at + 8 + packed_size]
        at += 8 + packed_size
        unpacker = zlib.decompressobj()
        try:
            payload = unpacker.decompress(packed, size + 1)
        except zlib.error:
            raise FormatError(f"the recording is damaged: block {number} does not unpack") from None
        if len(payload) != size or not unpacker.eof or unpacker.unused_data:
            raise FormatError(f"the recording is damaged: block {number} does not unpack to {size} bytes")
        reader.block(payload)
        continue
    recording = reader.recording
    if recording.blocks == 0:
        raise FormatError("the recording breaks off before its first block ends")
    if at < len(data):
        recording.broken_off = f"the recording breaks off in block {recording.blocks + 1}; what came before is here"
    elif recording.end is None:
        recording.broken_off = "the recording has no end: the program was killed, or is still running"
    return recording


def summary(recording: Recording, size: int) -> str:
    """What `--check` prints: a few lines that say what is in a recording of `size` bytes."""
    r = recording
    counts: dict[str, int] = {}
    for event in r.events:
        counts[event.name] = counts.get(event.name, 0) + 1
    last_ns = r.end.time_ns if r.end else (r.events[-1].time_ns if r.events else 0)
    lines = [
        f"program: {r.program or '(not named)'}",
        f"recorded by {r.recorder} on {r.runtime}, {r.platform}, {CLOCKS[r.clock]} clock",
        f"{last_ns / 1e9:.3f} s, {len(r.tasks)} tasks, {len(r.events)} events"
        + (f", {size / len(r.events):.1f} bytes an event" if r.events else ""),
        f"{len(r.loops)} loops, {len(r.threads)} threads, {len(r.resources)} resources, {len(r.chains) - 1} chains, "
        f"{len(r.sources)} of {len(r.files) - 1} files with source",
        "events: " + ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda item: -item[1])),
    ]
    if r.view:
        lines.append(f"shown by Interleave's page as #{r.view}")
    if r.end:
        lines.append(f"end: {REASONS[r.end.reason]}" + (f": {r.end.message}" if r.end.message else ""))
        lines += r.end.cuts
    if r.broken_off:
        lines.append(r.broken_off)
    return "\n".join(lines)
