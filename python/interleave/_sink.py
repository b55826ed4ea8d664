"""Where a recording goes: tables, the buffer of events, and the file.

Whoever records appends to a list of integers with one call of `list.extend`, which no other
thread can interrupt. A thread of our own empties that list several times a second, packs it with
operations that run in C, and appends a block to the file; so the program pays little, a killed
program leaves all but its last moments, and memory stays small however long it runs.
"""

from __future__ import annotations

import _thread
import errno
import os
import re
import sys
import threading
from array import array
from collections.abc import Callable
from time import monotonic, time
from types import CodeType, FrameType

from interleave import _format as f
from interleave._version import VERSION

# `typing` takes a while to import, which a recorded program would pay for.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# How often the thread looks, how old events may get before they are written, how many are enough
# for a block, and how long a block of the thread of the loop takes to be looked at.
TICK_S = 0.02
WRITE_AFTER_S = 0.5
ENOUGH_NUMBERS = 2 * 16_384
BLOCK_NS = 50_000_000

# Bytes of output, results and remarks that are kept; what comes after is counted.
MAX_OUTPUT_BYTES = 16 << 20
MAX_LINE_CHARS = 4_000

_HERE = os.path.dirname(os.path.abspath(__file__))
_STDLIB = os.path.dirname(os.path.abspath(os.__file__))
_SITE = re.compile(r"[/\\](site|dist)-packages[/\\]")


def is_ours(path: str) -> bool:
    """Whether a source file is part of this package, whose frames no recording and no traceback shows."""
    return path.startswith(_HERE)


def origin_of(path: str) -> int:
    """Whether a file is the program's (0), a library's (1) or the standard library's (2)."""
    if _SITE.search(path):
        return 1
    if path.startswith((_STDLIB, "<frozen ")):
        return 2
    return 0


def decoded(source: bytes) -> str:
    """Python source as text: UTF-8, or what its first or second line declares."""
    if source.startswith(b"\xef\xbb\xbf"):
        source = source[3:]
    declared = re.match(rb"(?:[ \t\f]*(?:#[^\r\n]*)?\r?\n)?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)", source)
    return source.decode(declared[1].decode() if declared else "utf-8", "replace")


def caller(depth: int) -> FrameType | None:
    """The frame so many calls above the caller's; `None` where there is none, as in a callback from C."""
    try:
        return sys._getframe(depth + 1)
    except ValueError:
        return None


class Node:
    """A chain of awaits in the tree of all of them."""

    __slots__ = ("bits", "depth", "id", "kids", "leaf", "location", "parent", "program", "wait")

    def __init__(self, parent: Node | None, number: int, location: int, leaf: CodeType | None) -> None:
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 0
        self.id = number
        self.bits = number << 32
        self.location = location
        self.leaf = leaf
        self.kids: dict[int, Node] = {}
        # The innermost location outside of asyncio.
        self.program: int = location
        # The WAIT record, but for the task, of everything that waits here; 0 when it differs.
        self.wait = 0


class Table:
    """A table of the file: rows get their number when they are added, and are written in order."""

    def __init__(self, tag: int, first: int, limit: int) -> None:
        self.tag = tag
        self.count = first
        self.limit = limit
        self.pending: list[Any] = []

    def add(self, row: Any) -> int:
        """The new row's number. The caller holds the lock."""
        number = self.count
        self.count += 1
        self.pending.append(row)
        return number

    @property
    def is_full(self) -> bool:
        return self.count >= self.limit


class Sink:
    """One recording on its way to its file."""

    def __init__(
        self,
        path: str,
        *,
        now: Callable[[], int],
        is_instant: bool = False,
        program: str = "",
        argv: list[str] | None = None,
        with_source: bool = True,
        max_events: int = f.MAX_EVENTS,
        seconds: float | None = None,
    ) -> None:
        self.now = now
        self.path = os.path.abspath(path)
        self.with_source = with_source
        self.max_events = min(max_events, f.MAX_EVENTS)
        self.until = None if seconds is None else monotonic() + seconds
        self.is_instant = is_instant
        self.lock = threading.RLock()
        self.buffer: list[int] = []
        self.emit = self.buffer.extend
        self.texts = Table(f.TEXTS, 1, f.MAX_TEXTS)
        self.files = Table(f.FILES, 1, f.MAX_FILES)
        self.locations = Table(f.LOCATIONS, 1, f.MAX_LOCATIONS)
        self.chains = Table(f.CHAINS, 1, f.MAX_CHAINS)
        self.threads = Table(f.THREADS, 0, f.MAX_THREADS)
        self.loops = Table(f.LOOPS, 0, f.MAX_LOOPS)
        self.tasks = Table(f.TASKS, 0, f.MAX_TASKS)
        self.resources = Table(f.RESOURCES, 0, f.MAX_RESOURCES)
        self._text_ids: dict[str, int] = {"": 0}
        self._file_ids: dict[str, int] = {"": 0}
        self._location_ids: dict[tuple[int, int], int] = {}
        self._chain_ids: dict[tuple[int, int], int] = {}
        self._thread_ids: dict[int, int] = {}
        # Code objects whose id is a key somewhere: kept, so that no other gets the same id.
        self._codes: dict[int, CodeType] = {}
        self._internal: dict[int, bool] = {}
        self.root = Node(None, 0, 0, None)
        self._new_files: list[tuple[int, str]] = []
        self._source_bytes = 0
        self._lines: dict[str, list[str]] = {}
        self._resource_names: dict[tuple[int, int], int] = {}
        self.output_bytes = 0
        self.lost_lines = 0
        self.cuts: list[str] = []
        self.events_written = 0
        self._last_write = monotonic()
        self._header: bytes | None = None
        self.error: str | None = None
        self.over = False
        # Why the recording stops before the program does; a sentence.
        self.limit: str | None = None
        self.on_limit: Callable[[], None] = lambda: None
        self.on_tick: Callable[[int], None] = lambda now_ns: None
        # Not empty while the thread is stopped for a fork, until a loop goes on.
        self.paused: list[bool] = []
        self._thread_running = False
        self._thread_stop = _thread.allocate_lock()
        self._thread_ended = _thread.allocate_lock()
        self._write_lock = threading.RLock()
        self.pid = os.getpid()
        self._open(program, argv or [])
        # Events have the clock's own times, of which the file has only the differences.
        self.start_ns = self._last_ns = now()

    # --- tables -----------------------------------------------------------------------------------

    def text(self, text: str) -> int:
        """The number of a text that is likely to come again."""
        number = self._text_ids.get(text)
        if number is None:
            data = f.utf8(text)
            with self.lock:
                if self.texts.is_full:
                    return 0
                number = self.texts.add(data)
                self._text_ids[text if type(text) is str else str.__str__(text)] = number
        return number

    def line(self, text: str) -> int | None:
        """The number of a text that is not likely to come again; `None` when there were too many."""
        data = f.utf8(text, MAX_LINE_CHARS)
        if not data:
            return 0
        with self.lock:
            self.output_bytes += len(data)
            if self.output_bytes > MAX_OUTPUT_BYTES or self.texts.is_full:
                self.lost_lines += 1
                return None
            return self.texts.add(data)

    def file(self, path: str) -> int:
        number = self._file_ids.get(path)
        if number is None:
            with self.lock:
                if self.files.is_full:
                    return 0
                origin = origin_of(path)
                number = self.files.add((f.utf8(path), origin))
                self._file_ids[path] = number
                if origin == 0:
                    self._new_files.append((number, path))
        return number

    def location(self, code: CodeType, line: int | None) -> int:
        """The number of a line in a function."""
        line = line or 0
        key = (id(code), line)
        number = self._location_ids.get(key)
        if number is None:
            with self.lock:
                self._codes[id(code)] = code
                if self.locations.is_full:
                    return 0
                row = (self.file(code.co_filename), max(line, 0), self.text(code.co_qualname))
                number = self.locations.add(row)
                self._location_ids[key] = number
        return number

    def location_at(self, path: str, line: int, function: str) -> int:
        """The number of a line of which only the names are known."""
        with self.lock:
            if self.locations.is_full:
                return 0
            return self.locations.add((self.file(path), line, self.text(function)))

    def is_internal(self, code: CodeType) -> bool:
        """Whether a function is asyncio's or ours, so that no program's line is in it."""
        internal = self._internal.get(id(code))
        if internal is None:
            path = code.co_filename
            internal = is_ours(path) or (
                path.startswith(_STDLIB)
                and any(
                    part in path[len(_STDLIB) :] for part in ("asyncio", "concurrent", "threading.py", "contextlib.py")
                )
            )
            with self.lock:
                self._codes[id(code)] = code
                self._internal[id(code)] = internal
        return internal

    def place(self, frame: FrameType | None) -> int:
        """The location of the innermost frame that is not asyncio's, 0 when there is none."""
        internal = self._internal
        while frame is not None:
            code = frame.f_code
            known = internal.get(id(code))
            if known is None:
                known = self.is_internal(code)
            if not known:
                return self.location(code, frame.f_lineno)
            frame = frame.f_back
        return 0

    def is_library(self, code: CodeType) -> bool:
        """Whether a function is not the program's own."""
        return origin_of(code.co_filename) != 0

    def grow(self, node: Node, code: CodeType, lasti: int, line: int | None) -> Node:
        """The chain that has one frame more; a new one where there was none."""
        if node.depth >= f.MAX_CHAIN_DEPTH:
            return node
        with self.lock:
            self._codes[id(code)] = code
            location = self.location(code, line)
            # Two instructions of one line are one place.
            key = (node.id, location)
            number = self._chain_ids.get(key)
            if number is None:
                if self.chains.is_full:
                    return node
                number = self.chains.add(key)
                self._chain_ids[key] = number
            child = Node(node, number, location, code)
            if self.is_internal(code):
                child.program = node.program
            node.kids[id(code) ^ lasti << 48] = child
        return child

    def stack(self, frame: FrameType | None, until: set[CodeType]) -> Node:
        """The stack of a running thread as a chain, up to the call of one of the functions `until`."""
        frames: list[tuple[CodeType, int, int | None]] = []
        while frame is not None and frame.f_code not in until:
            if not is_ours(frame.f_code.co_filename):
                frames.append((frame.f_code, frame.f_lasti, frame.f_lineno))
            frame = frame.f_back
        # The loop's own frames say nothing.
        while frames and self.is_internal(frames[-1][0]) and len(frames) > 1:
            frames.pop()
        node = self.root
        for code, lasti, line in reversed(frames):
            child = node.kids.get(id(code) ^ lasti << 48)
            node = child if child is not None else self.grow(node, code, lasti, line)
        return node

    def thread(self, ident: int) -> int:
        """The number of a thread."""
        number = self._thread_ids.get(ident)
        if number is None:
            # Not `current_thread()`, which would enter a thread that is not Python's into a list.
            known = threading._active.get(ident)  # type: ignore[attr-defined]
            name = known.name if known is not None and type(known.name) is str else f"thread {ident}"
            with self.lock:
                if self.threads.is_full:
                    return 0
                number = self.threads.add(self.text(name))
                self._thread_ids[ident] = number
        return number

    def forget_thread(self, ident: int) -> None:
        """A thread ended, and its identity may be used again."""
        self._thread_ids.pop(ident, None)

    # --- the file ---------------------------------------------------------------------------------

    def _open(self, program: str, argv: list[str]) -> None:
        """Raises OSError."""
        self._fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
        status = os.fstat(self._fd)
        self._file_key = (status.st_dev, status.st_ino)
        self._size = 0
        header = bytearray()
        f.put_varint(header, int(self.is_instant))
        f.put_varint(header, int(time()))
        f.put_string(header, program)
        argv = argv[: f.MAX_ARGUMENTS]
        f.put_varint(header, len(argv))
        for argument in argv:
            f.put_string(header, argument)
        f.put_string(header, f"{sys.implementation.name.replace('cpython', 'CPython')} {sys.version.split()[0]}")
        f.put_string(header, sys.platform)
        f.put_string(header, f"interleave {VERSION}")
        self._append(f.encode_start() + f.encode_block([(f.HEADER, bytes(header))]))

    def _append(self, data: bytes) -> None:
        """Appends to the file; after an error nothing more is written, and `error` says why."""
        if self.error is not None:
            return
        try:
            # A program that closes every descriptor may have opened another file under our number.
            status = os.fstat(self._fd)
            if (status.st_dev, status.st_ino) != self._file_key:
                raise OSError(errno.EBADF, "")
            view = memoryview(data)
            while view:
                view = view[os.write(self._fd, view) :]
            self._size += len(data)
        except OSError as error:
            closed = error.errno == errno.EBADF
            self.error = "the program closed the file" if closed else error.strerror or str(error)
            self._cut_off()

    def _cut_off(self) -> None:
        """Leaves whole blocks only."""
        try:
            status = os.fstat(self._fd)
            if (status.st_dev, status.st_ino) == self._file_key:
                os.ftruncate(self._fd, self._size)
        except OSError:
            pass

    def flush(self, end: bytes | None = None) -> None:
        """Writes what is in the buffer, and the end if it is given."""
        if os.getpid() != self.pid:
            return
        with self._write_lock:
            while True:
                with self.lock:
                    count = min(len(self.buffer), 2 * f.MAX_BLOCK_RECORDS)
                    numbers = self.buffer[:count]
                    if count == 2 * f.MAX_BLOCK_RECORDS and len(self.buffer) > count:
                        # An event and its second half stay together.
                        while self.buffer[count + 1] & 0xFF == f.MORE:
                            count -= 2
                        numbers = self.buffer[:count]
                    del self.buffer[:count]
                    rows = [(table, table.pending) for table in self._tables()]
                    for table, _ in rows:
                        table.pending = []
                    new_files, self._new_files = self._new_files, []
                    is_last = not self.buffer
                # Names of resources are looked up now, and may add texts.
                encoded = {table.tag: self._encode_rows(table, pending) for table, pending in rows if pending}
                with self.lock:
                    late, self.texts.pending = self.texts.pending, []
                if late:
                    encoded[f.TEXTS] = self._encode_texts([*rows[0][1], *late])
                sections = [(tag, encoded[tag]) for tag in sorted(encoded)]
                events = self._events(numbers)
                if events:
                    sections.append((f.EVENTS, events))
                sources = self._sources(new_files)
                if sources:
                    sections.append((f.SOURCES, sources))
                if end is not None and is_last:
                    sections.append((f.END, end))
                if sections:
                    for block in self._blocks(sections):
                        self._append(block)
                self._last_write = monotonic()
                if is_last:
                    return

    def _tables(self) -> list[Table]:
        return [
            self.texts, self.files, self.locations, self.chains,
            self.threads, self.loops, self.tasks, self.resources,
        ]  # fmt: skip

    def _blocks(self, sections: list[tuple[int, bytes]]) -> list[bytes]:
        """Sections as blocks; more than one only when they are too much for one."""
        total = sum(len(body) + 8 for _, body in sections)
        if total <= f.MAX_BLOCK_BYTES or len(sections) == 1:
            return [f.encode_block(sections)]
        return [f.encode_block([section]) for section in sections]

    def _encode_texts(self, rows: list[bytes]) -> bytes:
        out = bytearray()
        f.put_varint(out, len(rows))
        for data in rows:
            f.put_bytes(out, data)
        return bytes(out)

    def _encode_rows(self, table: Table, rows: list[Any]) -> bytes:
        tag = table.tag
        if tag == f.TEXTS:
            return self._encode_texts(rows)
        out = bytearray()
        f.put_varint(out, len(rows))
        for row in rows:
            if tag == f.FILES:
                f.put_bytes(out, row[0])
                f.put_varint(out, row[1])
            elif tag == f.TASKS:
                for number in row.row():
                    f.put_varint(out, number)
            elif tag == f.RESOURCES:
                kind, made, location, capacity = row
                for number in (kind, self._resource_name(kind, made, location), location, capacity):
                    f.put_varint(out, number)
            elif tag == f.THREADS:
                f.put_varint(out, row)
            else:
                for number in row:
                    f.put_varint(out, number)
        return bytes(out)

    def _events(self, numbers: list[int]) -> bytes | None:
        if not numbers or self.error is not None:
            return None
        times, codes = numbers[0::2], array("q", numbers[1::2])
        kinds = codes.tobytes()[0 if sys.byteorder == "little" else 7 :: 8]
        count = len(kinds) - kinds.count(f.MORE)
        left = self.max_events - self.events_written
        if count > left:
            at = 0
            while left or kinds[at] == f.MORE:
                left -= kinds[at] != f.MORE
                at += 1
            del times[at:], codes[at:]
            count = self.max_events - self.events_written
        self.events_written += count
        if self.events_written >= self.max_events:
            self.reach_limit(f"the recording stopped at {self.max_events} events, the most that it may hold")
        if not codes:
            return None
        body, self._last_ns = f.event_planes(times, codes, self._last_ns)
        return body

    def reach_limit(self, why: str) -> None:
        """Stops the recording; the program goes on."""
        if self.limit is None:
            self.limit = why
            self.on_limit()

    # --- sources ----------------------------------------------------------------------------------

    def _sources(self, new_files: list[tuple[int, str]]) -> bytes | None:
        out = bytearray()
        count = 0
        for number, path in new_files if self.with_source else ():
            data = "".join(self.lines_of(path)).encode("utf-8", "replace")
            if not data:
                continue
            if len(data) > f.MAX_SOURCE_BYTES or self._source_bytes + len(data) > f.MAX_SOURCES_BYTES - (1 << 16):
                self.cut(f"the source of {path} is too long to be recorded")
                continue
            self._source_bytes += len(data)
            count += 1
            f.put_varint(out, number)
            f.put_bytes(out, data)
        if not count:
            return None
        head = bytearray()
        f.put_varint(head, count)
        return bytes(head + out)

    def lines_of(self, path: str) -> list[str]:
        """A source file's lines; none when it cannot be read."""
        lines = self._lines.get(path)
        if lines is None:
            lines = []
            try:
                if not path.startswith("<") and os.path.getsize(path) <= f.MAX_SOURCE_BYTES:
                    with open(path, "rb") as file:
                        lines = decoded(file.read()).splitlines(keepends=True)
            except (OSError, LookupError, ValueError):
                pass
            self._lines[path] = lines
        return lines

    def cut(self, sentence: str) -> None:
        if len(self.cuts) < f.MAX_CUTS - 5:
            self.cuts.append(sentence)

    def _resource_name(self, kind: int, made: tuple[str, str, int] | str, location: int) -> int:
        """A given name, or what the line that made the resource assigns it to, or its kind."""
        if isinstance(made, str):
            return self.text(made)
        path, suffix, line = made
        lines = self.lines_of(path)
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        found = re.match(r"\s*(?:async\s+with\s+|with\s+)?(?:self\.)?([A-Za-z_][\w.]*)\s*(?::[^=]+)?=(?!=)", text)
        name = found.group(1) if found else f.RESOURCE_KINDS[kind]
        if suffix:
            return self.text(f"{name} {suffix}")
        key = (location, kind)
        nth = self._resource_names[key] = self._resource_names.get(key, 0) + 1
        return self.text(name if nth == 1 and found else f"{name} {nth}")

    # --- the thread -------------------------------------------------------------------------------

    def start_thread(self) -> None:
        """Starts the thread that writes, and looks at loops that are blocked."""
        self.paused.clear()
        if self._thread_running or self.over:
            return
        self._thread_running = True
        self._thread_stop.acquire(False)
        self._thread_ended.acquire(False)
        try:
            # Not a `threading.Thread`: the program's list of threads stays its own.
            _thread.start_new_thread(self._work, ())
        except RuntimeError:
            # No thread is to be had: everything is written at the end.
            self._thread_running = False

    def stop_thread(self) -> None:
        """Ends the thread, and waits for it."""
        if not self._thread_running:
            return
        try:
            self._thread_stop.release()
        except RuntimeError:
            pass
        if not self._thread_ended.acquire(timeout=5):
            return
        self._thread_ended.release()
        self._thread_running = False

    def _work(self) -> None:
        try:
            while not self._thread_stop.acquire(timeout=TICK_S):
                self.on_tick(self.now())
                waiting = len(self.buffer)
                late = monotonic() - self._last_write > WRITE_AFTER_S
                if waiting > ENOUGH_NUMBERS or (late and (waiting or self.texts.pending)):
                    self.flush()
                if self.until is not None and monotonic() > self.until:
                    self.reach_limit("the recording stopped after the time that was asked for")
                if self.limit is not None:
                    break
        finally:
            self._thread_ended.release()

    def finish(self, time_ns: int, reason: int, message: str) -> None:
        """Writes the rest and the end. Nothing can be recorded after it."""
        if self.over or os.getpid() != self.pid:
            return
        self.over = True
        self.stop_thread()
        self.flush()
        if self.lost_lines:
            self.cuts.append(
                f"{self.lost_lines} lines of output or results beyond {MAX_OUTPUT_BYTES >> 20} MiB "
                "are not in the recording"
            )
        if self.limit is not None:
            self.cuts.append(self.limit)
            if reason == f.FINISHED:
                reason, message = f.LIMIT, self.limit
        end = bytearray()
        time_ns = max(time_ns, self._last_ns) - self.start_ns
        f.put_varint(end, time_ns)
        f.put_varint(end, reason)
        f.put_string(end, message)
        f.put_varint(end, len(self.cuts))
        for sentence in self.cuts:
            f.put_string(end, sentence)
        self.flush(bytes(end))
        try:
            status = os.fstat(self._fd)
            if (status.st_dev, status.st_ino) == self._file_key:
                os.close(self._fd)
        except OSError:
            pass

    def forget(self) -> None:
        """In a forked child: the file is the parent's."""
        self.over = True
        try:
            os.close(self._fd)
        except OSError:
            pass
