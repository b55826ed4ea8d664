"""Observes coroutines that were made and never awaited."""

from __future__ import annotations

import linecache
import re
import traceback
import warnings

from interleave import _format as f
from interleave._say import type_name
from interleave._sink import caller, is_ours

# `typing` takes a while to import, which a recorded program would pay for.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from interleave._recorder import Recorder
    from interleave._sink import Sink


def install(recorder: Recorder) -> None:
    """Observes the warning of a coroutine that was never awaited, and leaves it as it is."""
    sink = recorder.sink

    def _warn_unawaited_coroutine(coro: Any) -> None:
        try:
            never_awaited(recorder, coro)
        except Exception as error:  # the warning itself matters more
            sink.cut(f"a coroutine that was never awaited is missing: {type_name(type(error))}")
        # What follows is what Python does. Its own function would name this line as the place.
        message = f"coroutine '{coro.__qualname__}' was never awaited\n"
        if coro.cr_origin is not None:
            lines = [
                (path, line, name, linecache.getline(path, line))
                for path, line, name in reversed(coro.cr_origin)
                if not is_ours(path) and path != "<frozen runpy>"
            ]
            message += "Coroutine created at (most recent call last)\n" + "".join(traceback.format_list(lines))
        warnings.warn(message.rstrip("\n"), category=RuntimeWarning, stacklevel=2, source=coro)

    recorder.replace(warnings, "_warn_unawaited_coroutine", _warn_unawaited_coroutine)


def never_awaited(recorder: Recorder, coro: Any) -> None:
    """Records a coroutine that dies without having been awaited."""
    sink = recorder.sink
    name = coro.__qualname__
    origin = coro.cr_origin
    if origin:
        path, line, function = origin[0]
        location = sink.location_at(path, line, function)
    else:
        location = place_of_call(sink, caller(2), coro.__name__)
    at_ns = sink.now()
    sink.emit((
        at_ns, f.NEVER_AWAITED | recorder.author() << 8 | sink.text(name) << 32,
        at_ns, f.MORE | location << 32,
    ))  # fmt: skip


def place_of_call(sink: Sink, frame: Any, name: str) -> int:
    """Where a function calls another of a name: at the line that it runs, or the last before it that
    has such a call. That is where a coroutine was made, if it dies in the function that made it."""
    if frame is None:
        return 0
    code = frame.f_code
    lines = sink.lines_of(code.co_filename)
    call = re.compile(rf"\b{re.escape(name)}\s*\(")
    for line in range(min(frame.f_lineno or 0, len(lines)), code.co_firstlineno - 1, -1):
        if line > 0 and call.search(lines[line - 1]) and "await " not in lines[line - 1]:
            return sink.location(code, line)
    return sink.place(frame)
