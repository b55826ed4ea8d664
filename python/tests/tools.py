"""What the tests share: running a program under the recorder, and a recording as lines of text."""

from __future__ import annotations

import os
import signal
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest

PACKAGE = pathlib.Path(__file__).resolve().parents[1]
RECORDINGS = pathlib.Path(__file__).parent / "recordings"
sys.path.insert(0, str(PACKAGE))

from interleave import _format as f  # noqa: E402
from interleave._read import FormatError, Recording, read, summary  # noqa: E402, F401

# A program that does not end is a failure of the recorder; this is far beyond what any takes.
PATIENCE_S = 300

# Whoever starts these tests in the background may have them ignore Ctrl+C, and what they start would too.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Run:
    """A program that ran, alone or recorded."""

    def __init__(self, status: int, out: str, err: str, recording: Recording | None) -> None:
        self.status = status
        self.out = out
        self.err = err
        self._recording = recording

    @property
    def recording(self) -> Recording:
        assert self._recording is not None, f"there is no recording; standard error says: {self.err}"
        return self._recording

    def said(self) -> tuple[int, str, str]:
        """Everything that somebody who runs the program sees."""
        return self.status, self.out, self.err


class Case(unittest.TestCase):
    """A test with a folder of its own, in which programs are run."""

    maxDiff = None

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, source: str, name: str = "prog.py") -> pathlib.Path:
        path = self.folder / name
        path.write_text(textwrap.dedent(source).lstrip(), encoding="utf-8")
        return path

    def environment(self) -> dict[str, str]:
        # Warnings of the same place are said once however often a program runs; colours differ.
        return {
            **os.environ,
            "PYTHONPATH": str(PACKAGE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }

    def alone(self, *arguments: str, **options: object) -> Run:
        """Runs `python ARGUMENTS`."""
        done = self._run([sys.executable, *arguments], **options)
        return Run(done.returncode, done.stdout, done.stderr, None)

    def recorded(self, *arguments: str, **options: object) -> Run:
        """Runs `python -m interleave ARGUMENTS`, and reads the recording."""
        done = self._run([sys.executable, "-m", "interleave", "-o", "out.interleave", *arguments], **options)
        path = self.folder / "out.interleave"
        recording = read(path.read_bytes()) if path.exists() and path.is_file() else None
        return Run(done.returncode, done.stdout, done.stderr, recording)

    def _run(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            command,
            cwd=self.folder,
            env=self.environment(),
            text=True,
            errors="replace",
            timeout=PATIENCE_S,
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )

    def record(self, source: str, *options: str) -> Recording:
        """Records a program that has to end well, under the instant clock unless told otherwise."""
        run = self.recorded(*(options or ("--instant",)), str(self.write(source)))
        self.assertEqual(run.status, 0, run.err)
        return run.recording


def story(recording: Recording, *, turns: bool = False, sources: bool = True) -> list[str]:
    """A recording's events as lines, without times and without what differs between versions of Python.

    Tasks that the program gave no name are numbered as they come: versions count differently, and
    some call them None.
    """
    r = recording
    names = [r.texts[row.name] for row in r.tasks]
    unnamed = [at for at, name in enumerate(names) if re.fullmatch(r"Task-\d+|None", name)]
    for nth, at in enumerate(unnamed):
        names[at] = f"task {nth + 1}"

    def place(location: int) -> str:
        row = r.locations[location]
        path, origin = r.files[row.file]
        return f" at {row.line}" if location and origin == 0 and sources else ""

    def stands(chain: int) -> str:
        """The innermost line of the program, and the function of a library below it."""
        found = ""
        for row in r.frames(chain):
            if r.files[row.file][1] == 0:
                found = f" at {row.line}" if sources else ""
        return found

    def task(number: int) -> str:
        return "nobody" if number == f.NO_TASK else names[number]

    def resource(number: int) -> str:
        row = r.resources[number]
        return f"{f.RESOURCE_KINDS[row.kind]} {r.texts[row.name]}"

    lines = []
    for e in r.events:
        way = (" merged" if e.flags & f.MERGED else "") + (" by a callback" if e.flags & f.BY_CALLBACK else "")
        more = e.more
        a, b = e.a, e.b
        pair = more if isinstance(more, tuple) else (0, 0)
        match e.kind:
            case f.TURN:
                if turns:
                    lines.append("turn")
            case f.SPAWN:
                row = r.tasks[a]
                by = "nobody" if row.parent is None else names[row.parent]
                lines.append(f"spawn {task(a)} by {by}{place(row.location)}")
            case f.POLL_START:
                lines.append(f"poll {task(a)}" + (" eagerly" if b else ""))
            case f.POLL_END:
                lines.append(f"pause {task(a)}{stands(b)}")
            case f.POLL_DONE:
                lines.append(f"end {task(a)}")
            case f.WAKE_TASK:
                lines.append(f"wake {task(a)} by {task(b)}{way}")
            case f.WAKE_TIMER:
                lines.append(f"wake {task(a)} by timer {b}{way}")
            case f.WAKE_IO:
                lines.append(f"wake {task(a)} by a socket{way}")
            case f.WAKE_THREAD:
                lines.append(f"wake {task(a)} by a thread{way}")
            case f.WAKE_OUTSIDE:
                lines.append(f"wake {task(a)} from outside{way}")
            case f.TIMER_SET:
                lines.append(f"set timer {b} by {task(a)}")
            case f.TIMER_FIRED:
                lines.append(f"fire timer {b}")
            case f.TIMER_DROPPED:
                lines.append(f"drop timer {b}")
            case f.WAIT_RESOURCE:
                lines.append(f"wait {task(a)} for {resource(b)}")
            case f.WAIT_TASK:
                lines.append(f"wait {task(a)} for task {task(b)}")
            case f.WAIT_TIMER:
                lines.append(f"wait {task(a)} for timer {b}")
            case f.WAIT_FUTURE:
                lines.append(f"wait {task(a)} for a future")
            case f.RESOURCE_MADE:
                lines.append(f"make {resource(b)}")
            case f.RESOURCE_CLOSED:
                lines.append(f"close {resource(b)}")
            case f.ACQUIRE | f.RELEASE:
                lines.append(f"{e.name} {resource(b)} by {task(a)}, level {pair[0]}{place(pair[1])}")
            case f.CANCEL_TASK:
                lines.append(f"cancel {task(a)} by {task(b)}{way}")
            case f.CANCEL_TIMER:
                lines.append(f"cancel {task(a)} by timer {b}{way}")
            case f.CANCEL_OUTSIDE:
                lines.append(f"cancel {task(a)} from outside{way}")
            case f.OUTPUT if pair[0] == 2:
                pass  # warnings, whose words and moment differ between versions
            case f.OUTPUT:
                lines.append(f"print {r.texts[b]!r} by {task(a)}{place(pair[1])}")
            case f.NOTE:
                lines.append(f"note {r.texts[b]!r} by {task(a)}")
            case f.VALUE:
                lines.append(f"value {r.texts[b]} = {r.texts[pair[1]]} by {task(a)}")
            case f.NEVER_AWAITED:
                lines.append(f"never awaited: {r.texts[b]} by {task(a)}{place(pair[1])}")
            case f.RETURNED | f.CANCELLED:
                lines.append(f"{e.name} {task(a)} {r.texts[b]}".rstrip())
            case f.FAILED:
                lines.append(f"failed {task(a)} {r.texts[b]}{stands(pair[1])}")
            case f.BLOCKED:
                lines.append(f"blocked by {task(a)}{stands(b)}")
            case f.CALLBACK:
                pass
            case f.RENAMED:
                lines.append(f"rename {task(a)} to {r.texts[b]}")
            case f.THREAD_START | f.THREAD_END | f.RETRIEVED | f.DESTROYED:
                lines.append(f"{e.name.replace('_', ' ')} {task(a)}")
            case f.LOOP_START | f.LOOP_STOP | f.LOOP_CLOSED:
                lines.append(e.name.replace("_", " "))
            case _:
                raise AssertionError(f"the story does not know {e.name}")
    return lines


def between(lines: list[str], first: str, last: str) -> list[str]:
    """The lines from one to another, both with them."""
    start = lines.index(first)
    return lines[start : lines.index(last, start) + 1]
