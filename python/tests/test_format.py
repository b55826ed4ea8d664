"""The file format: what is written is read again, and everything else is refused with a sentence.

    python3 python/tests/test_format.py --write

writes the files in `recordings/` anew, but those that are runs of the page, `good-page-*`: a test in
`src/recording/write/tests.rs` wrote them.
"""

from __future__ import annotations

import pathlib
import random
import re
import sys
import tracemalloc
import zlib
from array import array

import tools
from tools import RECORDINGS, f

LIST = RECORDINGS / "expected.txt"


# --- making recordings by hand --------------------------------------------------------------------


def varint(number: int) -> bytes:
    out = bytearray()
    f.put_varint(out, number)
    return bytes(out)


def string(text: str) -> bytes:
    data = text.encode()
    return varint(len(data)) + data


def header(clock: int = 0, version: int = 1) -> tuple[int, bytes]:
    texts = (
        string("prog.py"),
        varint(1),
        string("prog.py"),
        string("CPython 3.13.0"),
        string("linux"),
        string("test 1"),
    )
    own_texts = varint(len(TEXTS)) if version > 1 else b""
    return f.HEADER, varint(clock) + varint(1_767_225_600) + b"".join(texts) + own_texts


def table(tag: int, *rows: bytes) -> tuple[int, bytes]:
    return tag, varint(len(rows)) + b"".join(rows)


def numbers(*row: int) -> bytes:
    return b"".join(varint(number) for number in row)


def record(kind: int, a: int = 0, b: int = 0) -> int:
    return kind | a << 8 | b << 32


def events(*rows: tuple[int, int]) -> tuple[int, bytes]:
    """Records as (nanoseconds, code)."""
    times = [time_ns for time_ns, _ in rows]
    deltas = array("Q", [(after - before) % (1 << 64) for before, after in zip([0, *times[:-1]], times, strict=True)])
    codes = array("Q", [code for _, code in rows])
    body = bytearray(varint(len(rows)))
    for column in (deltas.tobytes(), codes.tobytes()):
        for plane in range(8):
            body += column[plane::8]
    return f.EVENTS, bytes(body)


def end(time_ns: int, reason: int = f.FINISHED, message: str = "", *cuts: str) -> tuple[int, bytes]:
    body = varint(time_ns) + varint(reason) + string(message) + varint(len(cuts)) + b"".join(map(string, cuts))
    return f.END, body


def block(*sections: tuple[int, bytes]) -> bytes:
    return f.encode_block(list(sections))


def file(*blocks: bytes, version: int = 1) -> bytes:
    return f.MAGIC + bytes([version]) + b"".join(blocks)


TEXTS = ("MainThread", "Loop", "main", "lock", "printed 🎉")

TABLES = (
    table(f.TEXTS, *map(string, TEXTS)),
    table(f.FILES, string("/home/x/prog.py") + varint(0)),
    table(f.LOCATIONS, numbers(1, 3, 3), numbers(1, 7, 3)),
    table(f.CHAINS, numbers(0, 1), numbers(1, 2)),
    table(f.THREADS, numbers(1)),
    table(f.LOOPS, numbers(2, 0)),
    table(f.TASKS, numbers(3, 3, 0, 2, 0, 1)),
    table(f.RESOURCES, numbers(f.LOCK, 4, 1, 1)),
)

# As in version 2, whose tasks name their thread.
TABLES_2 = tuple((tag, body + varint(0) if tag == f.TASKS else body) for tag, body in TABLES)

RUN = (
    (0, record(f.LOOP_START)),
    (5, record(f.SPAWN)),
    (9, record(f.TURN)),
    (9, record(f.POLL_START)),
    (10, record(f.RESOURCE_MADE)),
    (12, record(f.ACQUIRE)),
    (12, record(f.MORE, 1, 1)),
    (15, record(f.TIMER_SET)),
    (15, f.MORE | 1_000_000_000 << 8),
    (20, record(f.WAIT_TIMER)),
    (20, record(f.POLL_END, 0, 2)),
    (1_000_000_100, record(f.TIMER_FIRED)),
    (1_000_000_101, record(f.WAKE_TIMER)),
    (1_000_000_102, record(f.POLL_START)),
    (1_000_000_103, record(f.OUTPUT, 0, 5)),
    (1_000_000_103, record(f.MORE, 1, 2)),
    (1_000_000_104, record(f.POLL_DONE)),
    (1_000_000_104, record(f.RETURNED)),
)


def good() -> dict[str, bytes]:
    """Recordings that have to be read."""
    source = table(f.SOURCES, varint(1) + string("import asyncio\n"))
    whole = block(header(), *TABLES, events(*RUN), source, end(1_000_000_200, f.FINISHED, "", "3 lines were cut"))
    return {
        "whole": file(whole),
        "in-blocks": file(
            block(header(1)), block(*TABLES), block(events(*RUN[:9])), block(events(*((t - 15, c) for t, c in RUN[9:]))),
            block(end(2_000_000_000, f.DEADLOCK, "deadlock: nothing is ready and no timer is set")),
        ),
        "killed": file(block(header(), *TABLES, events(*RUN))),
        "broken-off": file(block(header(), *TABLES, events(*RUN)), block(end(3_000_000_000))[:-4]),
        "empty": file(block(header()), block(end(0))),
        **{f"v2-{name}": data for name, data in good_2().items()},
    }  # fmt: skip


def view(fragment: str) -> tuple[int, bytes]:
    return f.VIEW, string(fragment)


def good_2() -> dict[str, bytes]:
    """Recordings of version 2 that have to be read. The page's own are beside them, `good-page-*`."""
    text = "x" * f.MAX_LONG_STRING_BYTES
    first = block(header(version=2), *TABLES_2, view("1/factorial?b=5"))
    high = events(
        (0, record(f.HIGH, 511)), (0, record(f.TIMER_SET, f.NO_TASK)), (0, f.MORE | f.MAX_NUMBER << 8),
        (1, record(f.HIGH, 255)), (1, record(f.ACQUIRE)), (1, record(f.MORE, f.NO_TASK, 1)),
        (2, record(f.INTEGER, 0, 3)), (2, f.MORE | (1 << 32) - 1 << 8),
        (3, record(f.BROWSER_QUEUED, 0, 2)), (4, record(f.BROWSER_CALL)), (5, record(f.BROWSER_RETURN)),
        (1 << 62, record(f.TURN)),
    )  # fmt: skip
    return {
        "whole": file(block(header(version=2), *TABLES_2, events(*RUN), end(1_000_000_200)), version=2),
        "high": file(first, block(high, end(1 << 62)), version=2),
        "view-behind-the-end": file(block(header(version=2), end(0), view("1/chess")), version=2),
        "no-end": file(first, version=2),
        "broken-off": file(first, block(end(3_000_000_000))[:-4], version=2),
        "long-text": file(
            block(header(version=2), table(f.TEXTS, string(text)), end(0, f.FAILED_END, text)), version=2
        ),
    }  # fmt: skip


def bad_2() -> dict[str, bytes]:
    """Recordings that have to be refused, though all but a little of them is version 2."""

    def with_events(*rows: tuple[int, int]) -> bytes:
        return file(block(header(version=2), *TABLES_2, events(*rows)), version=2)

    def with_tables(*tables: tuple[int, bytes]) -> bytes:
        return file(block(header(version=2), *tables), version=2)

    kept = [section for section in TABLES_2 if section[0] < f.TASKS]
    own_texts = header()[1] + varint(len(TEXTS) - 1)
    some = view("1/factorial")
    level = record(f.ACQUIRE)
    deadline = record(f.TIMER_SET, f.NO_TASK)
    return {
        "header-of-version-1": file(block(header(), end(0)), version=2),
        "version-1-called-2": f.MAGIC + b"\x02" + good()["whole"][len(f.MAGIC) + 1 :],
        "tasks-of-version-1": file(block(header(version=2), *TABLES), version=2),
        "kinds-in-version-1": file(block(header(), *TABLES, events((0, record(f.FRAME_EXIT))))),
        "high-in-version-1": file(block(header(), *TABLES, events((0, record(f.HIGH, 1)), (0, level), (0, f.MORE)))),
        "tables-in-version-1": file(block(header(), *TABLES_2)),
        "view-in-version-1": file(block(header(), some)),
        "thread-of-task": with_tables(*kept, table(f.TASKS, numbers(3, 3, 0, 2, 0, 1, 1))),
        "too-many-own-texts": file(block((f.HEADER, header()[1] + varint(f.MAX_TEXTS))), version=2),
        "text-too-long": with_tables((f.TEXTS, varint(1) + varint(f.MAX_LONG_STRING_BYTES + 1))),
        "text-of-a-table": file(block((f.HEADER, own_texts), *TABLES_2, events((0, record(f.NOTE, 0, 5)))), version=2),
        "unknown-kind": with_events((0, record(f.BROWSER_RETURN + 1))),
        "unknown-section": with_tables((f.VIEW + 1, b"")),
        "queue-of-call": with_events((0, record(f.BROWSER_QUEUED, 0, 3))),
        "call-never-queued": with_events((0, record(f.TURN)), (1, record(f.BROWSER_CALL))),
        "return-of-a-later-call": with_events((0, record(f.BROWSER_RETURN)), (1, record(f.BROWSER_QUEUED))),
        "frame-of-nothing": with_events((0, record(f.FRAME_ENTER, 0, 3)), (0, record(f.MORE, 0, 3))),
        "frame-cut": with_events((0, record(f.FRAME_ENTER, 0, 3)), (1, record(f.TURN))),
        "integer-too-large": with_events((0, record(f.INTEGER, 0, 3)), (0, f.MORE | 1 << 40)),
        "thread-after-the-end-of-time": with_events(
            (0, record(f.HIGH, 128)), (0, record(f.THREAD_STARTED)), (0, record(f.MORE, 1))
        ),
        "blocked-before-the-start": with_events((9, record(f.HIGH, 1)), (9, record(f.BLOCKED)), (9, record(f.MORE))),
        "flags-of-blocks": with_events((0, record(f.BLOCKS) | f.BY_CALLBACK)),
        "high-of-nothing": with_events((0, record(f.HIGH, 1))),
        "high-of-a-turn": with_events((0, record(f.HIGH, 1)), (0, record(f.TURN))),
        "high-of-a-high": with_events((0, record(f.HIGH, 1)), (0, record(f.HIGH, 1)), (0, level), (0, f.MORE)),
        "high-of-a-more": with_events((0, record(f.HIGH, 1)), (0, f.MORE)),
        "high-of-later": with_events((0, record(f.HIGH, 1)), (1, level), (1, f.MORE)),
        "high-of-another-section": file(
            block(header(version=2), *TABLES_2, events((0, record(f.HIGH, 1)))), block(events((0, level), (0, f.MORE))),
            version=2,
        ),
        "high-with-flags": with_events((0, record(f.HIGH, 1) | f.MERGED), (0, level), (0, f.MORE)),
        "high-with-b": with_events((0, record(f.HIGH, 1, 1)), (0, level), (0, f.MORE)),
        "level-too-high": with_events((0, record(f.HIGH, 256)), (0, level), (0, f.MORE)),
        "number-too-high": with_events((0, record(f.HIGH, 512)), (0, deadline), (0, f.MORE)),
        "after-the-end-of-time": with_events((1 << 62, record(f.TURN)), ((1 << 62) + 1, record(f.TURN))),
        "two-views": file(block(header(version=2), some), block(end(0), some), version=2),
        "view-twice-in-a-block": with_tables(some, some),
        "view-of-nothing": with_tables(view("")),
        "view-too-long": with_tables(view("x" * (f.MAX_STRING_BYTES + 1))),
        "view-left-over": with_tables((f.VIEW, string("1/chess") + b"x")),
        "block-after-the-end": file(block(header(version=2), end(0)), block(some), version=2),
        "first-block-cut": file(block(header(version=2), *TABLES_2, some), version=2)[:80],
    }  # fmt: skip


def bad() -> dict[str, bytes]:
    """Recordings that have to be refused."""

    def with_events(*rows: tuple[int, int]) -> bytes:
        return file(block(header(), *TABLES, events(*rows)))

    def with_table(tag: int, *rows: bytes) -> bytes:
        kept = [section for section in TABLES if section[0] < tag]
        return file(block(header(), *kept, table(tag, *rows)))

    bomb = zlib.compress(bytes(f.MAX_BLOCK_BYTES * 4), 9)
    sizes = len(bomb).to_bytes(4, "little") + f.MAX_BLOCK_BYTES.to_bytes(4, "little")
    kept = [section for section in TABLES if section[0] < f.TASKS]
    many = (f.TASKS, varint(1_000_000_000) + numbers(3, 3, 0, 2, 0, 1) * 3)
    lie = (f.TASKS, varint(90_000) + numbers(3, 3, 0, 2, 0, 1) * 3)
    deep = [numbers(depth, 1) for depth in range(f.MAX_CHAIN_DEPTH + 1)]
    whole = good()["whole"]
    damaged = bytearray(whole)
    damaged[len(damaged) // 2] ^= 0x55
    return {
        "nothing": b"",
        "a-picture": b"\x89PNG\r\n\x1a\n" + bytes(50),
        "a-trace-in-json": b'{"traceEvents": []}',
        "first-bytes": whole[:7],
        "no-version": f.MAGIC,
        "newer": f.MAGIC + b"\x03" + whole[len(f.MAGIC) + 1 :],
        "no-block": file(),
        "first-block-cut": whole[:60],
        "damaged": bytes(damaged),
        "after-the-end": whole + block(header()),
        "no-header": file(block(*TABLES)),
        "two-headers": file(block(header()), block(header())),
        "sections-out-of-order": file(block(header(), TABLES[1], TABLES[0])),
        "section-twice": file(block(header(), TABLES[0], TABLES[0])),
        "unknown-section": file(block(header(), (13, b""))),
        "empty-block": file(block(header()), f.encode_block([])),
        "section-cut": file(f.encode_block([header()])[:0] + _raw(bytes([f.HEADER]) + varint(5_000) + b"xy")),
        "left-over": file(block((f.HEADER, header()[1] + b"\0"))),
        "bomb": file(block(header())) + sizes + bomb,
        "block-too-large": file(block(header())) + (100).to_bytes(4, "little") + (1 << 31).to_bytes(4, "little") + bytes(100),
        "size-of-block-wrong": file(block(header())) + _raw(b"\2\1\0", size=5),
        "not-utf-8": with_table(f.TEXTS, b"\2\xff\xfe"),
        "text-too-long": with_table(f.TEXTS, varint(f.MAX_STRING_BYTES + 1) + bytes(f.MAX_STRING_BYTES + 1)),
        "number-too-long": with_table(f.LOCATIONS, b"\xff" * 11),
        "file-of-location": with_table(f.LOCATIONS, numbers(9, 1, 1)),
        "chain-of-itself": with_table(f.CHAINS, numbers(1, 1)),
        "chain-too-deep": with_table(f.CHAINS, *deep),
        "thread-of-loop": with_table(f.LOOPS, numbers(1, 4)),
        "parent-of-itself": with_table(f.TASKS, numbers(3, 3, 1, 2, 0, 1)),
        "loop-of-task": with_table(f.TASKS, numbers(3, 3, 0, 2, 0, 2)),
        "kind-of-task": with_table(f.TASKS, numbers(3, 3, 0, 2, 3, 1)),
        "kind-of-resource": with_table(f.RESOURCES, numbers(11, 1, 1, 1)),
        "a-billion-tasks": file(block(header(), *kept, many)),
        "tasks-that-are-not-there": file(block(header(), *kept, lie)),
        "task-of-event": with_events((0, record(f.SPAWN, 1))),
        "chain-of-event": with_events((0, record(f.POLL_END, 0, 3))),
        "resource-of-event": with_events((0, record(f.WAIT_RESOURCE, 0, 1))),
        "text-of-event": with_events((0, record(f.OUTPUT, 0, 6)), (0, record(f.MORE, 1, 0))),
        "stream-of-output": with_events((0, record(f.OUTPUT, 0, 5)), (0, record(f.MORE, 0, 0))),
        "thread-of-event": with_events((0, record(f.WAKE_THREAD, 0, 1))),
        "socket-of-event": with_events((0, record(f.WAKE_IO, 0, 2))),
        "timer-never-set": with_events((0, record(f.TIMER_FIRED))),
        "timer-out-of-order": with_events((0, record(f.TIMER_SET, 0, 5)), (0, record(f.MORE))),
        "unknown-kind": with_events((0, 60)),
        "flags": with_events((0, record(f.SPAWN) | f.MERGED)),
        "second-half-alone": with_events((0, record(f.MORE))),
        "second-half-missing": with_events((0, record(f.ACQUIRE)), (1, record(f.TURN))),
        "field-that-is-0": with_events((0, record(f.SPAWN, 0, 7))),
        "time-runs-back": with_events((100, record(f.TURN)), (50, record(f.TURN))),
        "block-before-the-start": with_events((5, record(f.BLOCKED)), (5, f.MORE | 6 << 8)),
        "planes-cut": file(block(header(), *TABLES, (f.EVENTS, varint(3) + bytes(47)))),
        "too-many-records": file(block(header(), *TABLES, (f.EVENTS, varint(70_000) + bytes(70_000 * 16)))),
        "end-before-events": file(block(header(), *TABLES, events(*RUN), end(5))),
        "reason-of-end": file(block(header(), end(5, 6))),
        "source-of-nothing": file(block(header(), table(f.SOURCES, varint(0) + string("x")))),
        "two-sources": file(block(header(), TABLES[0], TABLES[1], table(f.SOURCES, *[varint(1) + string("x")] * 2))),
        **{f"v2-{name}": data for name, data in bad_2().items()},
    }  # fmt: skip


def _raw(payload: bytes, size: int | None = None) -> bytes:
    packed = zlib.compress(payload)
    return len(packed).to_bytes(4, "little") + (size or len(payload)).to_bytes(4, "little") + packed


def verdict(data: bytes) -> str:
    """One line: the sentence of refusal, or what was read."""
    try:
        recording = tools.read(data)
    except tools.FormatError as error:
        return f"refused: {error}"
    said = f"read: {len(recording.tasks)} tasks, {len(recording.events)} events"
    if recording.end is not None:
        said += f", {f.REASONS[recording.end.reason]} after {recording.end.time_ns} ns"
    return f"{said}; {recording.broken_off}" if recording.broken_off else said


def kept() -> dict[str, str]:
    """The files that are kept, and what is to be said of each."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


class Format(tools.Case):
    def test_each_kept_file_gets_its_sentence(self) -> None:
        expected = kept()
        files = sorted(path.name for path in RECORDINGS.glob("*.interleave"))
        self.assertEqual(files, sorted(expected))
        for name, sentence in expected.items():
            with self.subTest(name):
                self.assertEqual(verdict((RECORDINGS / name).read_bytes()), sentence)

    def test_what_is_refused_costs_little(self) -> None:
        for name, data in bad().items():
            with self.subTest(name):
                tracemalloc.start()
                try:
                    self.assertTrue(verdict(data).startswith("refused: "), name)
                    peak = tracemalloc.get_traced_memory()[1]
                finally:
                    tracemalloc.stop()
                self.assertLess(peak, 64 << 20)

    def test_sentences_are_sentences(self) -> None:
        for name, data in bad().items():
            said = verdict(data).removeprefix("refused: ")
            with self.subTest(name):
                self.assertRegex(said, r"^(the|this) recording|^this is not a recording")
                self.assertNotRegex(said, r"\.$")

    def test_a_run_of_the_page_says_how_it_is_shown(self) -> None:
        data = (RECORDINGS / "good-page-every-kind.interleave").read_bytes()
        recording = tools.read(data)
        self.assertEqual(recording.version, 2)
        self.assertEqual(recording.view, "1/factorial?b=5&at=1.5s")
        self.assertEqual([task.thread for task in recording.tasks], [0, 0, 7])
        deadlines = [event.more for event in recording.events if event.kind == f.TIMER_SET]
        self.assertEqual(deadlines, [0, (1 << 55) - 2, (1 << 55) - 1, 1 << 55, 1 << 62, (1 << 64) - 1])
        levels = [event.more[0] for event in recording.events if event.kind == f.ACQUIRE]
        self.assertEqual(levels, [0, (1 << 24) - 1, 1 << 24, (1 << 32) - 1])
        self.assertEqual({event.kind for event in recording.events} & set(range(f.POLL_PANICKED, f.BROWSER_RETURN + 1)),
                         set(range(f.POLL_PANICKED, f.BROWSER_RETURN + 1)))  # fmt: skip
        self.assertIn("shown by Interleave's page as #1/factorial", tools.summary(recording, len(data)))

    def test_no_bytes_crash_the_reader(self) -> None:
        chance = random.Random(14)
        whole = [data for data in good().values() if len(data) < 2_000]
        whole.append((RECORDINGS / "good-page-every-kind.interleave").read_bytes())
        for _ in range(2_000):
            data = bytearray(chance.choice(whole))
            start = len(f.MAGIC) + 1
            # The checksum would catch a change of the packed bytes: the payload is changed instead.
            blocks = []
            while start + 8 <= len(data):
                size = int.from_bytes(data[start : start + 4], "little")
                try:
                    blocks.append(bytearray(zlib.decompress(bytes(data[start + 8 : start + 8 + size]))))
                except zlib.error:
                    pass
                start += 8 + size
            victim = chance.choice(blocks)
            for _ in range(chance.randint(1, 4)):
                victim[chance.randrange(len(victim))] = chance.randrange(256)
            verdict(file(*map(_raw, map(bytes, blocks)), version=data[len(f.MAGIC)]))

    def test_each_prefix_is_read_or_refused(self) -> None:
        whole = good()["in-blocks"]
        for length in range(len(whole)):
            said = verdict(whole[:length])
            self.assertTrue("breaks off" in said or "no end" in said or 'begin with "interleave"' in said, said)

    def test_the_document_and_the_code_agree(self) -> None:
        text = (tools.PACKAGE.parent / "docs" / "format.md").read_text(encoding="utf-8")
        rows = dict(re.findall(r"^\| (\d+) \| `(\w+)` \|", text, re.M))
        self.assertEqual(
            {int(number): name for number, name in rows.items()}, {k: n.lower() for k, n in f.NAMES.items()}
        )
        for name in (
            "MAX_EVENTS", "MAX_TASKS", "MAX_RESOURCES", "MAX_TEXTS", "MAX_TEXT_BYTES", "MAX_FILES", "MAX_LOCATIONS",
            "MAX_CHAINS", "MAX_THREADS", "MAX_LOOPS", "MAX_SOURCES_BYTES", "MAX_STRING_BYTES", "MAX_SOURCE_BYTES",
            "MAX_CHAIN_DEPTH", "MAX_BLOCK_BYTES", "MAX_BLOCK_RECORDS", "MAX_ARGUMENTS", "MAX_CUTS",
            "MAX_LONG_STRING_BYTES",
        ):  # fmt: skip
            self.assertIn(f"{getattr(f, name):,}", text, f"{name} is not in the document")


def write() -> None:
    RECORDINGS.mkdir(exist_ok=True)
    pages = sorted(RECORDINGS.glob("good-page-*.interleave"))
    for path in RECORDINGS.glob("*.interleave"):
        if path not in pages:
            path.unlink()
    lines = [
        "# What is to be said of each file here. They are kept for good: a version is read while there are readers.",
        "# test_format.py made them; a reader in another language has to say the same of which are read and which not.",
        "# Those of the page are its own runs: a test in src/recording/write/tests.rs made them.",
        *(f"{path.name}: {verdict(path.read_bytes())}" for path in pages),
    ]
    for prefix, files in (("good", good()), ("bad", bad())):
        for name, data in files.items():
            path = RECORDINGS / f"{prefix}-{name}.interleave"
            path.write_bytes(data)
            lines.append(f"{path.name}: {verdict(data)}")
    LIST.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: test_format.py --write")
    write()
    print(LIST.read_text(encoding="utf-8"))
    print(pathlib.Path(LIST).stat().st_size)
