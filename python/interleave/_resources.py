"""Observes the state of locks, events, semaphores, conditions and queues.

Each keeps its state in an attribute, and a property takes that attribute's place: it sees every
change, and no frame of ours stands between the program and asyncio.
"""

from __future__ import annotations

import sys
import types
from asyncio import locks, queues

from interleave import _format as f

# `typing` takes a while to import, which a recorded program would pay for.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from interleave._recorder import Recorder, Resource


def _code(owner: Any, name: str) -> types.CodeType | None:
    function = getattr(owner, name, None)
    return getattr(function, "__code__", None)


_EVENT_WAIT = _code(locks.Event, "wait")
_SEMAPHORE_ACQUIRE = _code(locks.Semaphore, "acquire")
_SEMAPHORE_RELEASE = _code(locks.Semaphore, "release")
_QUEUE_INIT = _code(queues.Queue, "__init__")
_QUEUE_PUT = _code(queues.Queue, "put_nowait")
_QUEUE_GET = _code(queues.Queue, "get_nowait")


def install(recorder: Recorder) -> None:
    """Observes locks, events, semaphores, conditions and queues until the recording ends."""
    getframe = sys._getframe

    def of(one: Any, kind: int) -> Resource:
        found = one.__dict__.get("_interleave")
        if found is None or found.recorder is not recorder:
            found = recorder.resource(one, kind, recorder.sink.place(getframe(2)))
        return found  # type: ignore[no-any-return]

    def get_locked(self: Any) -> Any:
        try:
            return self.__dict__["_locked"]
        except KeyError:
            raise AttributeError("_locked") from None

    def set_locked(self: Any, value: Any) -> None:
        state = self.__dict__
        was = state.get("_locked")
        state["_locked"] = value
        if was is None:
            recorder.made(self, f.LOCK, 1, 2)
        elif value is not was:
            recorder.level(f.ACQUIRE if value else f.RELEASE, of(self, f.LOCK), int(bool(value)), 2)

    recorder.replace(locks.Lock, "_locked", property(get_locked, set_locked))

    def get_event(self: Any) -> Any:
        try:
            value = self.__dict__["_value"]
        except KeyError:
            raise AttributeError("_value") from None
        if value and getframe(1).f_code is _EVENT_WAIT:
            recorder.level(f.ACQUIRE, of(self, f.EVENT), 1, 2)
        return value

    def set_event(self: Any, value: Any) -> None:
        state = self.__dict__
        was = state.get("_value")
        state["_value"] = value
        if was is None:
            frame = getframe(1).f_back
            in_queue = frame is not None and frame.f_code is _QUEUE_INIT
            recorder.made(self, f.EVENT, 0, 2, "all done" if in_queue else "")
        elif value and not was:
            frame = getframe(1).f_back
            if frame is None or frame.f_code is not _QUEUE_INIT:
                recorder.level(f.RELEASE, of(self, f.EVENT), 1, 2)

    recorder.replace(locks.Event, "_value", property(get_event, set_event))

    def get_permits(self: Any) -> Any:
        try:
            return self.__dict__["_value"]
        except KeyError:
            raise AttributeError("_value") from None

    def set_permits(self: Any, value: Any) -> None:
        state = self.__dict__
        was = state.get("_value")
        state["_value"] = value
        if was is None:
            recorder.made(self, f.SEMAPHORE, value, 2)
            return
        caller = getframe(1).f_code
        # A permit that is handed to a waiter is acquired when the waiter runs.
        if value < was and caller is _SEMAPHORE_ACQUIRE:
            resource = of(self, f.SEMAPHORE)
            resource.level += 1
            recorder.level(f.ACQUIRE, resource, resource.level, 2)
        elif value > was and caller is _SEMAPHORE_RELEASE:
            resource = of(self, f.SEMAPHORE)
            resource.level = max(resource.level - 1, 0)
            recorder.level(f.RELEASE, resource, resource.level, 2)

    recorder.replace(locks.Semaphore, "_value", property(get_permits, set_permits))

    def get_lock(self: Any) -> Any:
        try:
            return self.__dict__["_lock"]
        except KeyError:
            raise AttributeError("_lock") from None

    def set_lock(self: Any, value: Any) -> None:
        self.__dict__["_lock"] = value
        recorder.made(self, f.CONDITION, 0, 2)

    recorder.replace(locks.Condition, "_lock", property(get_lock, set_lock))

    notify = locks.Condition.notify

    def recorded_notify(self: Any, n: int = 1) -> None:
        if self.locked():
            left = max(sum(not one.done() for one in self._waiters) - n, 0)
            recorder.level(f.RELEASE, of(self, f.CONDITION), left, 2)
        notify(self, n)

    recorded_notify.__name__ = "notify"
    recorder.replace(locks.Condition, "notify", recorded_notify)

    def get_maxsize(self: Any) -> Any:
        try:
            return self.__dict__["_maxsize"]
        except KeyError:
            raise AttributeError("_maxsize") from None

    def set_maxsize(self: Any, value: Any) -> None:
        self.__dict__["_maxsize"] = value
        recorder.made(self, f.QUEUE, value if type(value) is int else 0, 2)

    recorder.replace(queues.Queue, "_maxsize", property(get_maxsize, set_maxsize))

    def _wakeup_next(self: Any, waiters: Any) -> None:
        # put_nowait and get_nowait call this last, whatever the kind of queue.
        caller = getframe(1).f_code
        if caller is _QUEUE_PUT:
            recorder.level(f.RELEASE, of(self, f.QUEUE), self.qsize(), 2)
        elif caller is _QUEUE_GET:
            recorder.level(f.ACQUIRE, of(self, f.QUEUE), self.qsize(), 2)
        while waiters:
            waiter = waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                break

    recorder.replace(queues.Queue, "_wakeup_next", _wakeup_next)
