"""The file format `.interleave`: its numbers, what writes it and what reads it.

`docs/format.md` says the same in words; a test compares the two. What is written is version 1, and goes through
[encode_block]; version 2 is what the page writes of its own runs. [read] takes both, is strict and refuses everything
else with a [FormatError], whose text is a sentence for the reader of the file.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from itertools import accumulate
from operator import sub

MAGIC = b"interleave\x1a"
VERSION = 1
NEWEST_VERSION = 2

# The level of zlib: a higher one packs little better, and costs the recorded program time.
PACKING = 4

# Most of each, over a whole recording.
MAX_EVENTS = 2_000_000
MAX_TASKS = 100_000
MAX_RESOURCES = 1_000_000
MAX_TEXTS = 4_000_000
MAX_TEXT_BYTES = 64 << 20
MAX_FILES = 10_000
MAX_LOCATIONS = 1_000_000
MAX_CHAINS = 1_000_000
MAX_THREADS = 10_000
MAX_LOOPS = 100_000
MAX_SOURCES_BYTES = 16 << 20

# Most of each, in one place.
MAX_STRING_BYTES = 16_384
MAX_SOURCE_BYTES = 1 << 20
MAX_CHAIN_DEPTH = 256
MAX_BLOCK_BYTES = 8 << 20
MAX_BLOCK_RECORDS = 65_536
MAX_ARGUMENTS = 1_000
MAX_CUTS = 100
MAX_NUMBER = (1 << 55) - 1
MAX_TIME_NS = (1 << 62) - 1
# From version 2 on, of a text and of the end's sentence.
MAX_LONG_STRING_BYTES = 1 << 20

# `a` of an event that no task did.
NO_TASK = 0xFFFFFF

(
    HEADER, TEXTS, FILES, LOCATIONS, CHAINS, THREADS, LOOPS, TASKS, RESOURCES, EVENTS, SOURCES, END, VIEW,
) = range(1, 14)  # fmt: skip

# What an event is. A record of kind MORE belongs to the record before it.
(
    MORE, TURN, SPAWN, POLL_START, POLL_END, POLL_DONE,
    WAKE_TASK, WAKE_TIMER, WAKE_IO, WAKE_THREAD, WAKE_OUTSIDE,
    TIMER_SET, TIMER_FIRED, TIMER_DROPPED,
    WAIT_RESOURCE, WAIT_TASK, WAIT_TIMER, WAIT_FUTURE,
    RESOURCE_MADE, RESOURCE_CLOSED, ACQUIRE, RELEASE,
    CANCEL_TASK, CANCEL_TIMER, CANCEL_OUTSIDE,
    OUTPUT, NOTE, VALUE, NEVER_AWAITED,
    RETURNED, FAILED, CANCELLED, RETRIEVED, DESTROYED, RENAMED,
    BLOCKED, CALLBACK, THREAD_START, THREAD_END,
    LOOP_START, LOOP_STOP, LOOP_CLOSED,
    # From here on version 2. A record of kind HIGH belongs to the record behind it.
    HIGH, POLL_PANICKED, PANICKED, FRAME_ENTER, FRAME_EXIT, BLOCKS, INTEGER, THREAD_STARTED, THREAD_ENDED,
    BROWSER_QUEUED, BROWSER_CALL, BROWSER_RETURN,
) = range(54)  # fmt: skip

# Flags in the kind's byte, of wakes and cancellations.
MERGED = 0x40
BY_CALLBACK = 0x80

NAMES = {
    number: name
    for name, number in globals().copy().items()
    if name.isupper() and type(number) is int and MORE <= number <= BROWSER_RETURN
    and name not in ("VERSION", "NEWEST_VERSION", "PACKING", "HEADER", "TEXTS", "FILES", "LOCATIONS", "CHAINS",
                     "THREADS", "LOOPS", "TASKS", "RESOURCES", "EVENTS", "SOURCES", "END", "VIEW")
}  # fmt: skip

CLOCKS = ("real", "instant")
ORIGINS = ("program", "library", "standard library")
TASK_KINDS = ("coroutine", "thread", "process")
RESOURCE_KINDS = (
    "queue", "lock", "semaphore", "event", "condition", "future", "group", "channel", "http", "socket", "thread",
)  # fmt: skip
QUEUE, LOCK, SEMAPHORE, EVENT, CONDITION, FUTURE, GROUP, CHANNEL, HTTP, SOCKET, THREAD = range(11)
REASONS = ("finished", "failed", "deadlock", "limit", "stopped", "died")
FINISHED, FAILED_END, DEADLOCK, LIMIT, STOPPED, DIED = range(6)


# --- writing --------------------------------------------------------------------------------------


def put_varint(out: bytearray, number: int) -> None:
    """Appends an unsigned LEB128 number, 0 to 2**64 - 1."""
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def put_string(out: bytearray, text: str, limit: int = MAX_STRING_BYTES) -> None:
    """Appends a string: its length in bytes, and UTF-8. Cuts what is longer than the limit."""
    put_bytes(out, utf8(text, limit))


def put_bytes(out: bytearray, data: bytes) -> None:
    """Appends the length and the bytes."""
    put_varint(out, len(data))
    out += data


def utf8(text: str, limit: int = MAX_STRING_BYTES) -> bytes:
    """A string as UTF-8 of at most so many bytes; lone surrogates become question marks."""
    # A subclass may say anything of itself: what it holds as a string is taken.
    if type(text) is not str:
        text = str.__str__(text)
    data = text[:limit].encode("utf-8", "replace")
    if len(data) > limit:
        data = data[:limit].decode("utf-8", "ignore").encode("utf-8")
    return data


def event_planes(times: list[int], codes: array[int], last_ns: int) -> tuple[bytes, int]:
    """The body of an EVENTS section, and the time of its last record.

    `times` are nanoseconds by any clock, `codes` are kind | a << 8 | b << 32. Times that run back,
    which they do by a little when two threads record at once, are set forward.
    """
    deltas = array("q", map(sub, times, [last_ns, *times[:-1]]))
    sign = 7 if sys.byteorder == "little" else 0
    if deltas.tobytes()[sign::8].count(0) != len(times):
        times = list(accumulate(times, max, initial=last_ns))[1:]
        deltas = array("q", map(sub, times, [last_ns, *times[:-1]]))
    if sys.byteorder == "big":
        deltas.byteswap()
        codes = codes[:]
        codes.byteswap()
    out = bytearray()
    put_varint(out, len(codes))
    for column in (deltas.tobytes(), codes.tobytes()):
        for plane in range(8):
            out += column[plane::8]
    return bytes(out), times[-1]


def encode_block(sections: list[tuple[int, bytes]]) -> bytes:
    """A block of the file from its sections (tag and body), which must be in the order of tags."""
    payload = bytearray()
    for tag, body in sections:
        payload.append(tag)
        put_varint(payload, len(body))
        payload += body
    packed = zlib.compress(payload, PACKING)
    return len(packed).to_bytes(4, "little") + len(payload).to_bytes(4, "little") + packed


def encode_start() -> bytes:
    """What a file begins with."""
    return MAGIC + bytes([VERSION])
