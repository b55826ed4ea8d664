"""The one recording of this process that may be going on, and what ends it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys

from interleave import _format as f
from interleave._recorder import Recorder, now_ns, wait_for_threads
from interleave._say import say_error
from interleave._sink import Sink

# `typing` takes a while to import, which a recorded program would pay for.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from typing import Any, TypeVar

    T = TypeVar("T")


_current: Session | None = None
_fork_hooks_set = False


def warn(sentence: str) -> None:
    """Says a sentence on standard error, if there is one."""
    try:
        if sys.__stderr__ is not None:
            os.write(sys.__stderr__.fileno(), f"interleave: {sentence}\n".encode("utf-8", "replace"))
    except (OSError, ValueError):
        pass


class Session:
    """A recording from its start to its end.

    Raises OSError when the file cannot be written.
    """

    def __init__(
        self,
        path: str,
        *,
        program: str = "",
        argv: list[str] | None = None,
        with_source: bool = True,
        with_output: bool = True,
        only: str | None = None,
        max_events: int = f.MAX_EVENTS,
        seconds: float | None = None,
        clock: Callable[[], int] | None = None,
    ) -> None:
        global _current
        if _current is not None:
            raise RuntimeError(f"a recording goes on already, into {_current.sink.path}")
        is_instant = clock is not None
        self.sink: Sink = Sink(
            path,
            now=clock or now_ns,
            is_instant=is_instant,
            program=program,
            argv=argv,
            with_source=with_source,
            max_events=max_events,
            seconds=seconds,
        )
        self.recorder = Recorder(self.sink, with_output=with_output, only=only, is_instant=is_instant)
        self._exit: Any = os._exit
        _current = self
        _set_fork_hooks()
        self.recorder.install()
        os._exit = self._exit_now  # type: ignore[assignment]

    def _exit_now(self, status: int) -> None:
        """`os._exit`, which leaves without a word: the recording is written before."""
        self.finish(f.FINISHED if status == 0 else f.FAILED_END, f"the program called os._exit({status})")
        self._exit(status)

    def finish(self, reason: int, message: str = "") -> None:
        """Ends the recording; a second call does nothing."""
        global _current
        if _current is not self:
            return
        _current = None
        os._exit = self._exit
        self.recorder.finish(reason, message)
        if self.sink.error is not None:
            warn(f"{self.sink.path} could not be written whole: {self.sink.error}")


def current() -> Session | None:
    """The recording that goes on."""
    return _current


def _set_fork_hooks() -> None:
    """Keeps a fork out of the recording. The hooks stay, as there is no way to take them back."""
    global _fork_hooks_set
    if _fork_hooks_set or not hasattr(os, "register_at_fork"):
        return
    _fork_hooks_set = True
    os.register_at_fork(before=_before_fork, after_in_child=_in_child)


def _before_fork() -> None:
    # A process with our thread would get a warning from Python 3.12 on that it would not get alone.
    if _current is not None and _current.sink._thread_running:
        count = 0
        with contextlib.suppress(OSError):
            count = len(os.listdir("/proc/self/task")) - 1
        _current.sink.stop_thread()
        wait_for_threads(count)
        # A loop starts it again: Python looks at the threads once more after the fork.
        _current.sink.paused.append(True)


def _in_child() -> None:
    global _current
    session, _current = _current, None
    if session is not None:
        os._exit = session._exit
        session.recorder.forget()


@contextlib.contextmanager
def record(
    path: str | os.PathLike[str],
    *,
    source: bool = True,
    output: bool = True,
    only: str | None = None,
    max_events: int = f.MAX_EVENTS,
) -> Iterator[None]:
    """Records what asyncio does in the block into a file.

    `only` is a regular expression that a task's name or coroutine has to match. What the block
    raises is raised, and is the end of the recording.

    Raises OSError when the file cannot be written, and RuntimeError when a recording goes on.
    """
    session = Session(
        os.fspath(path),
        program=os.path.basename(sys.argv[0]) if sys.argv else "",
        with_source=source,
        with_output=output,
        only=only,
        max_events=max_events,
    )
    try:
        yield
    except BaseException as error:
        session.finish(*ending_of(error))
        raise
    session.finish(f.FINISHED)


def run(main: Coroutine[Any, Any, T], path: str | os.PathLike[str] | None = None, *, debug: bool | None = None) -> T:
    """As `asyncio.run`, recorded; into `<program>.interleave` in the working directory unless a path is given."""
    if path is None:
        name = os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] else ""
        path = f"{os.path.splitext(name)[0] or 'recording'}.interleave"
    with record(path):
        return asyncio.run(main, debug=debug)


def watch(name: str, value: object) -> None:
    """Records that something has a value now: the page draws numbers as a line. Does nothing unrecorded."""
    session = _current
    if session is not None and session.recorder.installed:
        session.recorder.value(name, value)


def ending_of(error: BaseException) -> tuple[int, str]:
    """How a recording ends that an exception ends."""
    if isinstance(error, KeyboardInterrupt):
        return f.STOPPED, "the program was interrupted"
    if isinstance(error, SystemExit):
        code = error.code
        if code is None or code == 0:
            return f.FINISHED, ""
        return f.FAILED_END, f"the program left with status {code if type(code) is int else 1}"
    return f.FAILED_END, say_error(error)
