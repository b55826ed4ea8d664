"""Observes what the program prints, line by line.

`write` of the two standard streams is replaced in the streams themselves, so that they stay the
same objects.
"""

from __future__ import annotations

import _thread
import sys

from interleave import _format as f
from interleave._sink import MAX_LINE_CHARS, caller

# `typing` takes a while to import, which a recorded program would pay for.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from interleave._recorder import Recorder


class Output:
    """The lines that are not whole yet, and where they go."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.partial: dict[tuple[int, int], str] = {}

    def install(self) -> None:
        """Watches both streams until the recording ends."""
        for number, name in ((1, "stdout"), (2, "stderr")):
            stream = getattr(sys, name)
            if stream is None or not hasattr(stream, "__dict__") or "write" in stream.__dict__:
                continue
            self._watch(stream, number)

    def _watch(self, stream: Any, number: int) -> None:
        write = stream.write
        recorder = self.recorder

        def recorded_write(text: Any) -> Any:
            written = write(text)
            if recorder.installed and type(text) is str:
                try:
                    self.put(number, text, recorder.author(), self.place(caller(1)))
                except Exception as error:
                    recorder.give_up(error)
            return written

        recorded_write.__name__ = "write"
        try:
            stream.write = recorded_write
        except AttributeError:
            recorder.sink.cut("the program's output is not in the recording: its stream cannot be watched")
            return
        recorder.undo.append(lambda: stream.__dict__.pop("write", None))

    def put(self, stream: int, text: str, author: int, location: int) -> None:
        """Records what was written to a stream, line by line."""
        key = (stream, _thread.get_ident())
        head = self.partial.get(key, "")
        if "\n" not in text:
            if len(head) < MAX_LINE_CHARS:
                self.partial[key] = head + text
            return
        lines = (head + text).split("\n")
        rest = lines.pop()
        if rest:
            self.partial[key] = rest
        else:
            self.partial.pop(key, None)
        for line in lines:
            self._line(stream, line, author, location)

    def place(self, frame: Any) -> int:
        """The line that printed: the innermost that is neither logging's nor asyncio's."""
        for _ in range(20):
            if frame is None:
                break
            code = frame.f_code
            if "logging" not in code.co_filename and not self.recorder.sink.is_internal(code):
                return self.recorder.sink.location(code, frame.f_lineno)
            frame = frame.f_back
        return 0

    def _line(self, stream: int, line: str, author: int, location: int) -> None:
        number = self.recorder.sink.line(line)
        if number is not None:
            at_ns = self.recorder.sink.now()
            self.recorder.sink.emit((
                at_ns, f.OUTPUT | author << 8 | number << 32,
                at_ns, f.MORE | stream << 8 | location << 32,
            ))  # fmt: skip

    def finish(self) -> None:
        """What was printed without a line's end is a line when the recording ends."""
        if self.recorder.installed:
            for (stream, _), text in list(self.partial.items()):
                self._line(stream, text, self.recorder.author(), 0)
        self.partial.clear()
