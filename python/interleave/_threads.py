"""Observes work for other threads and processes: when it was handed over, begun and done."""

from __future__ import annotations

import _thread
import concurrent.futures.thread as pool_threads
import sys
import weakref
from asyncio import base_events

from interleave import _format as f

# `typing` takes a while to import, which a recorded program would pay for.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from interleave._recorder import Recorder


def install(recorder: Recorder) -> None:
    """Observes work that is handed to threads and processes until the recording ends."""
    sink = recorder.sink
    local = recorder.local
    waits = recorder.waits
    run_in_executor = base_events.BaseEventLoop.run_in_executor
    work_item: Any = pool_threads._WorkItem
    init_item = work_item.__init__
    run_item = work_item.run

    def recorded_init(self: Any, future: Any, fn: Any, *rest: Any) -> None:
        init_item(self, future, fn, *rest)
        if recorder.running_loop() is not None:
            # 3.14 hands over function and arguments in one.
            function, args = (fn, rest[0] if rest else ()) if callable(fn) else (fn[0], fn[1])
            piece = recorder.new_piece(recorder.name_of(function, args), 1, 2)
            if piece is not None:
                self._interleave = local.made = piece

    recorded_init.__name__ = "__init__"
    recorder.replace(work_item, "__init__", recorded_init)

    def recorded_run(self: Any, *args: Any) -> None:
        piece = getattr(self, "_interleave", None)
        if piece is None or not recorder.installed:
            run_item(self, *args)
            return
        future = self.future
        number = sink.thread(_thread.get_ident())
        sink.emit((sink.now(), f.THREAD_START | piece << 8 | number << 32))
        local.piece = piece
        try:
            run_item(self, *args)
        finally:
            local.piece = None
            if recorder.installed:
                sink.emit((sink.now(), f.THREAD_END | piece << 8 | number << 32))
                if future._state == "FINISHED":
                    recorder.end_piece(piece, future)
                else:
                    sink.emit((sink.now(), f.CANCELLED | piece << 8))

    recorded_run.__name__ = "run"
    recorder.replace(work_item, "run", recorded_run)

    def recorded_run_in_executor(self: Any, executor: Any, func: Any, *args: Any) -> Any:
        local.made = None
        piece = None
        processes: Any = sys.modules.get("concurrent.futures.process")
        if processes is not None and isinstance(executor, processes.ProcessPoolExecutor):
            patch_processes(processes)
        future = run_in_executor(self, executor, func, *args)
        piece, local.made = local.made, None
        if piece is not None:
            key = id(future)
            try:
                kept = weakref.ref(future, lambda _: (waits.pop(key, None), references.pop(key, None)))
            except TypeError:
                return future
            references[key] = kept
            waits[key] = f.WAIT_TASK | piece << 32
        return future

    references: dict[int, Any] = {}
    recorded_run_in_executor.__name__ = "run_in_executor"
    recorder.replace(base_events.BaseEventLoop, "run_in_executor", recorded_run_in_executor)

    patched: list[Any] = []

    def patch_processes(processes: Any) -> None:
        if patched:
            return
        patched.append(processes)
        init = processes._WorkItem.__init__

        def recorded_process_init(self: Any, future: Any, fn: Any, *rest: Any) -> None:
            init(self, future, fn, *rest)
            if recorder.running_loop() is None:
                return
            piece = recorder.new_piece(recorder.name_of(fn, ()), 2, 2)
            if piece is not None:
                local.made = piece

                def done(future: Any) -> None:
                    if not recorder.installed:
                        return
                    if future._state in ("CANCELLED", "CANCELLED_AND_NOTIFIED"):
                        sink.emit((sink.now(), f.CANCELLED | piece << 8))
                    else:
                        recorder.end_piece(piece, future)

                future.add_done_callback(done)

        recorded_process_init.__name__ = "__init__"
        recorder.replace(processes._WorkItem, "__init__", recorded_process_init)
