"""What watches asyncio: a few of its functions are replaced while a recording goes on.

Nothing of the program is wrapped. `BaseEventLoop._call_soon`, which every wake passes, makes
handles of our own classes, whose `_run` is the begin and the end of everything that a loop runs.
What a task waits for is read off its chain of awaits. Locks, events, semaphores and queues are
observed through properties in the place of the attributes that hold their state, so that no
frame of ours stands between the program and asyncio.

The order in which events are recorded is that of the page's own loop (`src/executor.rs`).
"""

from __future__ import annotations

import _thread
import asyncio
import gc
import heapq
import os
import re
import sys
import threading
import time
import types
import warnings
import weakref
from asyncio import base_events, events, futures, locks, queues, streams, tasks
from collections.abc import Callable

from interleave import _format as f
from interleave import _resources, _threads, _unawaited
from interleave._output import Output
from interleave._say import say_error, say_value, type_name
from interleave._sink import BLOCK_NS, Node, Sink, caller

# `typing` takes a while to import, which a recorded program would pay for.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# A callback that runs this long is an event of its own.
CALLBACK_NS = 1_000_000

# The clock of real recordings. Taken now, since programs replace these functions in tests.
now_ns: Callable[[], int] = time.monotonic_ns if sys.platform != "win32" else time.perf_counter_ns
_sleep = time.sleep

_Coroutine = types.CoroutineType
_Generator = types.GeneratorType
_AsyncGenerator = types.AsyncGeneratorType
_Builtin = types.BuiltinFunctionType
_Method = types.MethodType

_CTask: Any = getattr(tasks, "_CTask", None)
_PyTask: Any = tasks._PyTask  # type: ignore[attr-defined]
_PY_STEPS = {getattr(_PyTask, name) for name in ("_Task__step", "_Task__wakeup") if hasattr(_PyTask, name)}
_PY_AWAIT = futures._PyFuture.__await__.__code__  # type: ignore[attr-defined]


def _step_type() -> Any:
    """The type of the C implementation's step, which has no name to import it by."""
    if _CTask is None:
        return None
    found: list[Any] = []

    class Loop:
        def call_soon(self, callback: Any, *args: Any, context: Any = None) -> None:
            found.append(type(callback))

        def get_debug(self) -> bool:
            return False

    async def nothing() -> None:
        pass

    coroutine = nothing()
    # With a name, or the program's first task would be called Task-2.
    task = _CTask(coroutine, loop=Loop(), name="interleave")
    task._log_destroy_pending = False
    coroutine.close()
    asyncio.tasks._unregister_task(task)
    return found[0]


_Step: Any = _step_type()


def _helper_types() -> tuple[Any, ...]:
    """The types that stand between an `await` or `async for` and an asynchronous generator."""

    async def generator() -> Any:
        yield None

    made = generator()
    found = [type(made.asend(None)), type(made.athrow(ValueError)), type(anext(made, None))]  # type: ignore[arg-type]

    async def coroutine() -> None:
        pass

    body = coroutine()
    found.append(type(body.__await__()))
    body.close()
    return tuple(found)


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    _Helpers: Any = frozenset(_helper_types())


def _code(owner: Any, name: str) -> types.CodeType | None:
    function = getattr(owner, name, None)
    return getattr(function, "__code__", None)


# The functions of asyncio in which tasks wait, the class of what they wait for, and its kind.
_WAITS: dict[types.CodeType, tuple[Any, int]] = {
    code: (owner, kind)
    for code, owner, kind in (
        (_code(locks.Lock, "acquire"), locks.Lock, f.LOCK),
        (_code(locks.Event, "wait"), locks.Event, f.EVENT),
        (_code(locks.Condition, "wait"), locks.Condition, f.CONDITION),
        (_code(locks.Semaphore, "acquire"), locks.Semaphore, f.SEMAPHORE),
        (_code(queues.Queue, "get"), queues.Queue, f.QUEUE),
        (_code(queues.Queue, "put"), queues.Queue, f.QUEUE),
        (_code(asyncio.TaskGroup, "__aexit__"), asyncio.TaskGroup, f.GROUP),
        (_code(asyncio.TaskGroup, "_aexit"), asyncio.TaskGroup, f.GROUP),
        (_code(tasks, "_wait"), set, f.GROUP),
        (_code(streams.StreamReader, "_wait_for_data"), streams.StreamReader, f.SOCKET),
        (_code(streams.FlowControlMixin, "_drain_helper"), streams.FlowControlMixin, f.SOCKET),
    )
    if code is not None
}
_EAGER_FACTORY = getattr(getattr(asyncio, "eager_task_factory", None), "__code__", None)
_Gathering: Any = tasks._GatheringFuture  # type: ignore[attr-defined]


class Loop:
    """What is known of a loop: who acts on it now."""

    __slots__ = ("clock", "current", "ident", "number", "samples", "start", "task", "turn", "wake")

    def __init__(self, number: int) -> None:
        self.number = number
        self.turn = f.TURN | number << 8
        self.ident = 0
        # The task that runs, if one does: its state and itself.
        self.current: TaskState | None = None
        self.task: Any = None
        # What a wake made now is, but for its target.
        self.wake = f.WAKE_OUTSIDE
        # The time, when nothing has happened since it was read; else 0. Reading it costs.
        self.clock = 0
        # When what runs now began; 0 while nothing runs.
        self.start = 0
        self.samples: list[tuple[int, int, Node]] = []


class TaskState:
    """What is known of a task."""

    __slots__ = (
        "by", "cancels", "coroutine", "first_name", "infer", "location", "loop", "name", "number", "over", "parent",
        "pend", "poll", "program", "ready", "ref", "resume", "shift", "special",
    )  # fmt: skip

    def __init__(self, number: int, loop: Loop | None) -> None:
        self.number = number
        self.loop = loop
        self.shift = number << 8
        self.poll = f.POLL_START | self.shift
        self.pend = f.POLL_END | self.shift
        self.by = f.WAKE_TASK | number << 32
        self.over = False
        self.ready = True
        # Whether its next poll begins with more than the record of it.
        self.special = False
        # The cancellations that were recorded, and whether others have to be found by counting.
        self.cancels = 0
        self.infer = False
        # What the task gets when it next runs, unless it was cancelled.
        self.resume: Resource | None = None
        # Where it stands, outside of asyncio.
        self.program = 0
        self.ref: Any = None
        # The name that it was made with, and its name in the file, from when its row is written or it is done.
        self.first_name = "task"
        self.name: str | None = None
        self.coroutine = 0
        self.parent: int | None = None
        self.location = 0


def name_of_task(task: Any) -> str:
    """A task's name, cut; its own `get_name` may be anything."""
    try:
        return str.__str__(task.get_name())[:200]
    except Exception:
        return "task"


class TaskRow:
    """A task's row in the file. A name is often given after a task is made, so it is looked up when
    the row is written."""

    __slots__ = ("kind", "sink", "state")

    def __init__(self, state: TaskState, kind: int, sink: Sink) -> None:
        self.state = state
        self.kind = kind
        self.sink = sink

    def row(self) -> tuple[int, ...]:
        state = self.state
        name = state.name
        if name is None:
            task = state.ref() if state.ref is not None else None
            name = state.name = state.first_name if task is None else name_of_task(task)
        parent = 0 if state.parent is None else state.parent + 1
        loop = 0 if state.loop is None else state.loop.number + 1
        return (self.sink.text(name), state.coroutine, parent, state.location, self.kind, loop)


class Reference(weakref.ref):  # type: ignore[type-arg]
    """A weak reference that knows under which key its task is known."""

    __slots__ = ("key", "state")
    key: int
    state: TaskState


class Resource:
    """What is known of something that tasks wait for."""

    __slots__ = ("kept", "kind", "level", "number", "recorder", "wake")

    def __init__(self, number: int, kind: int, recorder: Recorder) -> None:
        self.number = number
        self.kind = kind
        self.level = 0
        self.recorder = recorder
        # Of a connection: a reference that says when it is gone, and the WAKE record but for its target.
        self.kept: Any = None
        self.wake = f.WAKE_IO


class Recorder:
    """Records one process into a [Sink] from [install] to [finish]."""

    def __init__(
        self, sink: Sink, *, with_output: bool = True, only: str | None = None, is_instant: bool = False
    ) -> None:
        self.sink = sink
        self.with_output = with_output
        self.only = re.compile(only) if only is not None else None
        self.is_instant = is_instant
        self.installed = False
        self.undo: list[Callable[[], None]] = []
        # Weak: a loop that nobody closes is still told of when it dies.
        self._loops: list[tuple[weakref.ref[Any], Loop]] = []
        self.local = threading.local()
        self.states: dict[int, TaskState] = {}
        # Connections by the identity of their transport.
        self.sockets: dict[int, Resource] = {}
        # Above these functions of ours a stack is the loop's.
        self._stops: set[types.CodeType] = set()
        self.out = Output(self)

    # --- installing -------------------------------------------------------------------------------

    def install(self) -> None:
        """Begins to record, on every loop of asyncio's own in this process."""
        assert not self.installed
        self.installed = True
        self.sink.on_limit = self.uninstall
        self.sink.on_tick = self._tick
        self._install_core()
        _resources.install(self)
        _threads.install(self)
        _unawaited.install(self)
        if self.with_output:
            self.out.install()
        self.sink.start_thread()

    def uninstall(self) -> None:
        """Ends recording: asyncio is as it was, and handles and tasks of ours run as any other."""
        if not self.installed:
            return
        self.installed = False
        while self.undo:
            self.undo.pop()()
        for reference, _ in self._loops:
            loop = reference()
            if loop is not None:
                loop.__dict__.pop("_interleave", None)

    def finish(self, reason: int, message: str) -> None:
        """Stops recording and writes the end."""
        if self.sink.over:
            return
        end_ns = self.sink.now()
        for _, loop in self._loops:
            if loop.start and loop.samples:
                self._report_block(loop, loop.start, end_ns, loop.current)
        if self.with_output:
            self.out.finish()
        self.uninstall()
        self.sink.finish(end_ns, reason, message)
        self._loops.clear()

    def give_up(self, error: Exception) -> None:
        """Stops recording at an error of our own: the program goes on as if nothing were."""
        self.sink.reach_limit(f"the recording stopped at an error of the recorder: {say_error(error)}")

    def replace(self, owner: Any, name: str, value: Any) -> Any:
        """Replaces an attribute until the end; what it was."""
        was = owner.__dict__[name] if name in owner.__dict__ else None

        def undo() -> None:
            if was is None:
                delattr(owner, name)
            else:
                setattr(owner, name, was)

        setattr(owner, name, value)
        self.undo.append(undo)
        return was

    # --- who acts ---------------------------------------------------------------------------------

    def running_loop(self) -> Loop | None:
        """The recorded loop that runs on this thread."""
        loop = events._get_running_loop()
        if loop is None:
            return None
        state = loop.__dict__.get("_interleave") if hasattr(loop, "__dict__") else None
        return state if type(state) is Loop else None

    def author(self) -> int:
        """The task whose code runs on this thread, or that scheduled the callback that runs."""
        piece = getattr(self.local, "piece", None)
        if piece is not None:
            return int(piece)
        loop = self.running_loop()
        return f.NO_TASK if loop is None else self.author_on(loop)

    @staticmethod
    def author_on(loop: Loop) -> int:
        if loop.current is not None:
            return loop.current.number
        if loop.wake & 0x3F == f.WAKE_TASK:
            return loop.wake >> 32
        return f.NO_TASK

    # --- loops and tasks --------------------------------------------------------------------------

    def attach(self, loop: Any) -> Loop:
        """The state of a loop that was not seen before."""
        sink = self.sink
        with sink.lock:
            ident = loop._thread_id or _thread.get_ident()
            number = sink.loops.add((sink.text(type_name(type(loop))), sink.thread(ident)))
        state = Loop(number)
        state.ident = ident
        loop._interleave = state
        with sink.lock:
            self._loops = [entry for entry in self._loops if entry[0]() is not None]
            self._loops.append((weakref.ref(loop), state))
        return state

    def _install_core(self) -> None:
        sink = self.sink
        sink_lock = sink.lock
        paused = sink.paused
        emit = sink.emit
        now = sink.now
        states = self.states
        root = sink.root
        grow = sink.grow
        start_ns = sink.start_ns
        sockets = self.sockets
        waits: dict[int, int] = {}
        self.waits = waits
        shared: dict[int, list[Any]] = {}
        unretrieved: list[TaskState] = []
        get_ident = _thread.get_ident
        Step, Builtin, Coroutine, Generator = _Step, _Builtin, _Coroutine, _Generator
        CFuture = asyncio.Future
        BaseHandle: Any = events.Handle
        BaseTimer: Any = events.TimerHandle
        run_handle = BaseHandle._run
        TASK_MASK = f.WAKE_TASK
        WAKE_OUTSIDE = f.WAKE_OUTSIDE
        recorder = self
        only = self.only
        is_instant = self.is_instant
        timer_count = [0]

        # Until 3.12 `asyncio.create_task` names a task after it is made.
        IS_NAMED_LATER = sys.version_info < (3, 13)

        def task_died(reference: Reference) -> None:
            states.pop(reference.key, None)
            waits.pop(reference.key, None)
            state = reference.state
            if not state.over:
                state.over = True
                if recorder.installed:
                    emit((now(), f.DESTROYED | state.shift))

        def new_task(task: Any, loop: Any, at: Loop, depth: int) -> TaskState | None:
            """Enters a task, which is ready; `None` when it is not to be recorded."""
            current = at.current
            if type(current) is Eager and current.ref is None and task.get_coro() is current.awaited:
                return bind(task, current)
            coroutine = task.get_coro()
            kind = type(coroutine)
            if kind in (Coroutine, Generator, _AsyncGenerator):
                what = coroutine.__qualname__
            else:
                what = type_name(kind)
            if only is not None and not only.search(what) and not only.search(task.get_name()):
                return None
            with sink.lock:
                if sink.tasks.is_full:
                    sink.reach_limit(f"the recording stopped at {f.MAX_TASKS} tasks, the most that it may hold")
                    return None
                state = TaskState(0, at)
                enter(state, sink.tasks.add(TaskRow(state, 0, sink)))
                state.coroutine = sink.text(what)
                parent = recorder.author_on(at)
                state.parent = None if parent == f.NO_TASK else parent
                state.location = sink.place(caller(depth))
            if type(task) is not RecordedTask:
                state.infer = state.special = True
            state.first_name = name_of_task(task)
            if IS_NAMED_LATER:
                state.special = True
            refer(task, state)
            emit((now(), f.SPAWN | state.shift))
            return state

        def enter(state: TaskState, number: int) -> None:
            state.number = number
            state.shift = number << 8
            state.poll = f.POLL_START | state.shift
            state.pend = f.POLL_END | state.shift
            state.by = TASK_MASK | number << 32

        def refer(task: Any, state: TaskState) -> None:
            reference = Reference(task, task_died)
            reference.key = id(task)
            reference.state = state
            state.ref = reference
            states[reference.key] = state
            waits[reference.key] = f.WAIT_TASK | state.number << 32

        class Eager(TaskState):
            """A task that runs while it is being made, so that it cannot be referred to yet."""

            __slots__ = ("awaited",)
            awaited: Any

        def bind(task: Any, state: Any) -> TaskState:
            refer(task, state)
            if type(task) is not RecordedTask:
                state.infer = state.special = True
            return state  # type: ignore[no-any-return]

        # --- the chain of awaits

        def walk(awaited: Any) -> tuple[Node, Any, Any]:
            """The chain of a suspended coroutine, and the innermost two of what it consists of."""
            node = root
            inner = outer = None
            while True:
                kind = type(awaited)
                if kind is Coroutine:
                    frame = awaited.cr_frame
                    following = awaited.cr_await
                elif kind is Generator:
                    frame = awaited.gi_frame
                    following = awaited.gi_yieldfrom
                elif kind is _AsyncGenerator:
                    frame = awaited.ag_frame
                    following = awaited.ag_await
                elif kind in _Helpers:
                    for behind in gc.get_referents(awaited):
                        if type(behind) is _AsyncGenerator or type(behind) is Coroutine or type(behind) in _Helpers:
                            awaited = behind
                            break
                    else:
                        break
                    continue
                else:
                    break
                if frame is None:
                    break
                code = frame.f_code
                lasti = frame.f_lasti
                try:
                    node = node.kids[id(code) ^ lasti << 48]
                except KeyError:
                    node = grow(node, code, lasti, frame.f_lineno)
                outer = inner
                inner = awaited
                awaited = following
            return node, inner, outer

        self.walk = walk

        # --- what is waited for

        def wait_for(state: TaskState, future: Any, node: Node, inner: Any, outer: Any) -> int:
            """The WAIT record but for its task; sets what the task gets."""
            kind = type(future)
            if kind is _Gathering:
                resource = shared_resource(future, f.GROUP, len(future._children), node)
                state.resume = resource
                state.special = True
                return f.WAIT_RESOURCE | resource.number << 32
            leaf = node.leaf
            if leaf is _PY_AWAIT and node.parent is not None:
                leaf, inner = node.parent.leaf, outer
            found = _WAITS.get(leaf) if leaf is not None else None
            if found is None:
                if leaf is None or sink.is_library(leaf):
                    # Every await of a library in the end is of some future: its place says more.
                    if kind is CFuture:
                        node.wait = f.WAIT_FUTURE
                    return f.WAIT_FUTURE
                resource = shared_resource(future, f.FUTURE, 0, node)
                state.resume = resource
                state.special = True
                return f.WAIT_RESOURCE | resource.number << 32
            owner, what = found
            for one in gc.get_referents(inner):
                if isinstance(one, owner):
                    break
            else:
                return f.WAIT_FUTURE
            if what == f.SOCKET:
                transport = getattr(one, "_transport", None)
                if transport is None:
                    return f.WAIT_FUTURE
                return f.WAIT_RESOURCE | recorder.socket(transport).number << 32
            if owner is set:
                resource = shared_resource(future, f.GROUP, len(one), node)
            else:
                resource = recorder.resource(one, what, node.program)
            if what not in (f.LOCK, f.QUEUE):
                state.resume = resource
                state.special = True
            return f.WAIT_RESOURCE | resource.number << 32

        def shared_resource(future: Any, kind: int, count: int, node: Node) -> Resource:
            """The resource that a future is, as long as somebody waits for it."""
            entry = shared.get(id(future))
            if entry is None or entry[1]() is not future:
                name = f"of {count} tasks" if kind == f.GROUP else "future"
                resource = recorder.new_resource(kind, name, node.program, count)
                key = id(future)
                try:
                    reference = weakref.ref(future, lambda _: shared.pop(key, None))
                except TypeError:
                    return resource
                entry = shared[key] = [resource, reference]
            return entry[0]  # type: ignore[no-any-return]

        # --- the end of a task

        def end_task(state: TaskState, task: Any, at_ns: int) -> None:
            """Records that a task is done; in the order of the page's loop, before those it wakes."""
            try:
                say_end(state, task, at_ns)
            except Exception as error:
                recorder.give_up(error)

        def say_end(state: TaskState, task: Any, at_ns: int) -> None:
            state.over = True
            state.resume = None
            text = 0
            name = name_of_task(task)
            if state.name is None:
                state.name = name
            elif name != state.name:
                state.name = name
                emit((at_ns, f.RENAMED | state.shift | sink.text(name) << 32))
            if task.cancelled():
                emit((at_ns, f.POLL_DONE | state.shift, at_ns, f.CANCELLED | state.shift))
                return
            error = task._exception
            if error is None:
                result = task._result
                if result is not None:
                    text = sink.line(say_value(result)) or 0
                emit((at_ns, f.POLL_DONE | state.shift, at_ns, f.RETURNED | state.shift | text << 32))
                return
            said = say_error(error)
            text = sink.line(said) or 0
            node = raised_at(error)
            emit((
                at_ns, f.POLL_DONE | state.shift,
                at_ns, f.FAILED | state.shift | text << 32, at_ns, f.MORE | node.bits,
            ))  # fmt: skip
            if len(unretrieved) < 64:
                unretrieved.append(state)

        def raised_at(error: Any) -> Node:
            """Where an exception was raised, as a chain."""
            node = root
            trace = error.__traceback__
            for _ in range(f.MAX_CHAIN_DEPTH):
                if trace is None:
                    break
                code = trace.tb_frame.f_code
                lasti = trace.tb_lasti
                child = node.kids.get(id(code) ^ lasti << 48)
                node = child if child is not None else grow(node, code, lasti, trace.tb_lineno)
                trace = trace.tb_next
            return node

        def look_at_failures() -> None:
            """Records which failures were looked at since."""
            at_ns = now()
            for state in unretrieved[:]:
                task = state.ref()
                if task is None:
                    unretrieved.remove(state)
                elif not task._log_traceback:
                    unretrieved.remove(state)
                    emit((at_ns, f.RETRIEVED | state.shift))

        def count_cancels(state: TaskState, task: Any, at: Any) -> None:
            """Finds cancellations of tasks that are not of our class."""
            asked = task.cancelling()
            if asked > state.cancels:
                emit((now(), cancel_code(at.wake) | state.shift))
            state.cancels = asked

        # --- handles

        class StepHandle(BaseHandle):  # type: ignore[misc]
            """A step of a task."""

            __slots__ = ("_state",)
            _state: TaskState

            def _run(self) -> None:
                state = self._state
                at: Any = state.loop
                task = self._callback.__self__
                began = at.clock or now()
                emit((began, state.poll))
                state.ready = False
                at.current = state
                at.task = task
                at.wake = state.by
                at.start = began
                if state.special:
                    begin_special(state, task, self._args)
                try:
                    run_handle(self)
                finally:
                    ended = now()
                    at.start = 0
                    if state.over:
                        pass
                    elif task.done():
                        end_task(state, task, ended)
                    else:
                        # The loop below is `walk`, written out: most of the cost is here.
                        node = root
                        inner = outer = None
                        awaited = task.get_coro()
                        while True:
                            kind = type(awaited)
                            if kind is Coroutine:
                                frame = awaited.cr_frame
                                following = awaited.cr_await
                            elif kind is Generator:
                                frame = awaited.gi_frame
                                following = awaited.gi_yieldfrom
                            elif kind is _AsyncGenerator or kind in _Helpers:
                                node, inner, outer = walk(task.get_coro())
                                break
                            else:
                                break
                            if frame is None:
                                break
                            code = frame.f_code
                            lasti = frame.f_lasti
                            try:
                                node = node.kids[id(code) ^ lasti << 48]
                            except KeyError:
                                node = grow(node, code, lasti, frame.f_lineno)
                            outer = inner
                            inner = awaited
                            awaited = following
                        future = task._fut_waiter
                        state.program = node.program
                        if future is None or state.ready:
                            emit((ended, state.pend | node.bits))
                        else:
                            wait = waits.get(id(future)) or node.wait
                            if not wait:
                                try:
                                    wait = wait_for(state, future, node, inner, outer)
                                except Exception as error:
                                    recorder.give_up(error)
                            emit((ended, wait | state.shift, ended, state.pend | node.bits))
                    at.current = at.task = None
                    at.wake = WAKE_OUTSIDE
                    at.clock = ended
                    if unretrieved:
                        look_at_failures()
                    if ended - began > BLOCK_NS:
                        recorder._report_block(at, began, ended, state)

        def begin_special(state: TaskState, task: Any, arguments: Any) -> None:
            """What follows the begin of a poll: what a task waited for, unless it was cancelled."""
            if IS_NAMED_LATER and state.name is None:
                state.first_name = name_of_task(task)
            if state.infer:
                count_cancels(state, task, state.loop)
            else:
                state.special = False
            resource = state.resume
            state.resume = None
            if resource is None or not arguments or task._must_cancel:
                return
            cancelled = getattr(arguments[0], "cancelled", None)
            if cancelled is None or cancelled():
                return
            kind = resource.kind
            if kind == f.SEMAPHORE:
                resource.level += 1
                level = resource.level
            elif kind in (f.EVENT, f.FUTURE):
                level = 1
            else:
                level = 0
            at_ns = now()
            emit((
                at_ns, f.ACQUIRE | state.shift | resource.number << 32,
                at_ns, f.MORE | level << 8 | state.program << 32,
            ))  # fmt: skip

        def run_callback(handle: Any, at: Loop, by: int) -> None:
            """Runs what is not a task's step."""
            callback = handle._callback
            began = now()
            at.wake = by
            at.start = began
            try:
                run_handle(handle)
            finally:
                ended = at.clock = now()
                at.start = 0
                at.wake = WAKE_OUTSIDE
                if unretrieved:
                    look_at_failures()
                if ended - began > CALLBACK_NS:
                    author = by >> 32 if by & 0x3F == TASK_MASK else f.NO_TASK
                    emit((
                        ended, f.CALLBACK | author << 8 | recorder.place_of(callback) << 32,
                        ended, f.MORE | min(ended - began, f.MAX_NUMBER) << 8,
                    ))  # fmt: skip
                    if ended - began > BLOCK_NS:
                        recorder._report_block(at, began, ended, None)

        class CallHandle(BaseHandle):  # type: ignore[misc]
            """A callback that was scheduled on the loop's own thread."""

            __slots__ = ("_by",)
            _by: int

            def _run(self) -> None:
                run_callback(self, self._loop._interleave, self._by)

        ThreadBase: Any = getattr(events, "_ThreadSafeHandle", BaseHandle)

        class ThreadHandle(ThreadBase):  # type: ignore[misc]
            """A callback that may have been scheduled on another thread."""

            __slots__ = ("_by",)
            _by: int

            def _run(self) -> None:
                lock = getattr(self, "_lock", None)
                if lock is None:
                    run_callback(self, self._loop._interleave, self._by)
                    return
                with lock:
                    if not self._cancelled:
                        run_callback(self, self._loop._interleave, self._by)

        class TimerHandle(BaseTimer):  # type: ignore[misc]
            """A timer."""

            __slots__ = ("_future", "_number")
            _number: int
            _future: int

            def _run(self) -> None:
                number = self._number
                self._number = -1
                if number >= 0:
                    emit((now(), f.TIMER_FIRED | number << 32))
                if self._future:
                    waits.pop(self._future, None)
                at = self._loop._interleave
                run_callback(self, at, f.WAKE_TIMER | number << 32 if number >= 0 else f.WAKE_OUTSIDE)

            def cancel(self) -> None:
                number = self._number
                if number >= 0 and not self._cancelled:
                    self._number = -1
                    current = self._loop._interleave.current
                    author = current.number if current is not None else recorder.author()
                    emit((now(), f.TIMER_DROPPED | author << 8 | number << 32))
                    if self._future:
                        waits.pop(self._future, None)
                super().cancel()

        class OrderedTimerHandle(TimerHandle):
            """A timer under the instant clock, where many are due at one moment: the first set is first."""

            __slots__ = ("_order",)

            def __lt__(self, other: Any) -> bool:
                return (self._when, self._order) < (other._when, other._order)

        self._stops = {StepHandle._run.__code__, run_callback.__code__}
        ours = (StepHandle, CallHandle, ThreadHandle, TimerHandle, OrderedTimerHandle)
        for handle_class, shown in zip(ours, (BaseHandle, BaseHandle, ThreadBase, BaseTimer, BaseTimer), strict=True):
            # `repr` names the class, and what a program prints stays the same.
            handle_class.__name__ = shown.__name__
            handle_class.__qualname__ = shown.__qualname__
            handle_class.__module__ = shown.__module__

        def run_other(self: Any) -> None:
            """In the place of `Handle._run`: handles that asyncio makes itself are readers, writers and signals."""
            at = getattr(self._loop, "_interleave", None)
            if at is None or isinstance(self, ours):
                run_handle(self)
                return
            owner = getattr(self._callback, "__self__", None)
            resource = sockets.get(id(owner))
            if resource is not None:
                run_callback(self, at, resource.wake)
            elif hasattr(owner, "_sock_fd"):
                run_callback(self, at, recorder.socket(owner).wake)
            else:
                run_callback(self, at, f.WAKE_IO)

        self.replace(BaseHandle, "_run", run_other)

        def disarm() -> None:
            # What is in a loop's queue yet runs as if it had never been ours.
            del StepHandle._run, CallHandle._run, ThreadHandle._run, TimerHandle._run, TimerHandle.cancel
            del RecordedTask.cancel

        self.undo.append(disarm)

        # --- the loop

        def _call_soon(self: Any, callback: Any, args: Any, context: Any) -> Any:
            try:
                at = self._interleave
            except AttributeError:
                at = recorder.attach(self)
            at.clock = 0
            kind = type(callback)
            if (
                kind is Step
                or (kind is Builtin and callback.__name__ == "task_wakeup")
                or (kind is _Method and callback.__func__ in _PY_STEPS)
            ):
                task = callback.__self__
                state = states.get(id(task))
                if state is None:
                    try:
                        state = new_task(task, self, at, 2)
                    except Exception as error:
                        recorder.give_up(error)
                else:
                    if args and args[0] is at.task and not at.current.over and at.task.done():
                        end_task(at.current, at.task, now())
                    if state.infer and args:
                        count_cancels(state, task, at)
                    if state.ready:
                        emit((now(), at.wake | state.shift | f.MERGED))
                    else:
                        emit((now(), at.wake | state.shift))
                        state.ready = True
                if state is not None:
                    handle: Any = StepHandle(callback, args, self, context)
                    handle._state = state
                else:
                    handle = CallHandle(callback, args, self, context)
                    handle._by = f.WAKE_OUTSIDE
            else:
                task = at.task
                if task is not None and args and args[0] is task and not at.current.over and task.done():
                    end_task(at.current, task, now())
                handle = CallHandle(callback, args, self, context)
                handle._by = at.wake | f.BY_CALLBACK
                if kind is _Method and callback.__func__.__name__ == "_call_connection_lost":
                    recorder.close_socket(callback.__self__)
            if handle._source_traceback:
                del handle._source_traceback[-1]
            self._ready.append(handle)
            return handle

        self.replace(base_events.BaseEventLoop, "_call_soon", _call_soon)

        def call_soon_threadsafe(self: Any, callback: Any, *args: Any, context: Any = None) -> Any:
            """Like call_soon(), but thread-safe."""
            self._check_closed()
            if self._debug:
                self._check_callback(callback, "call_soon_threadsafe")
            at = getattr(self, "_interleave", None) or recorder.attach(self)
            handle = ThreadHandle(callback, args, self, context)
            if self._thread_id is not None and get_ident() != self._thread_id:
                handle._by = f.WAKE_THREAD | sink.thread(get_ident()) << 32 | f.BY_CALLBACK
            else:
                handle._by = at.wake | f.BY_CALLBACK
            if handle._source_traceback:
                del handle._source_traceback[-1]
            self._ready.append(handle)
            self._write_to_self()
            return handle

        self.replace(base_events.BaseEventLoop, "call_soon_threadsafe", call_soon_threadsafe)

        # On Windows the loop's clock is too coarse for a recording, which has another.
        is_same_clock = sys.platform != "win32"
        base_time = base_events.BaseEventLoop.time

        def call_at(self: Any, when: Any, callback: Any, *args: Any, context: Any = None) -> Any:
            """Like call_later(), but uses an absolute time."""
            if when is None:
                raise TypeError("when cannot be None")
            self._check_closed()
            if self._debug:
                self._check_thread()
                self._check_callback(callback, "call_at")
            if is_instant:
                timer: Any = OrderedTimerHandle(round(when * 1e9) / 1e9, callback, args, self, context)
                timer._order = self._next_order()
                deadline = round(when * 1e9)
                at_ns = now()
            else:
                timer = TimerHandle(when, callback, args, self, context)
                at_ns = now()
                try:
                    if is_same_clock and type(self).time is base_time:
                        deadline = int(when * 1e9) - start_ns
                    else:
                        deadline = at_ns + int((when - self.time()) * 1e9) - start_ns
                except (OverflowError, ValueError):
                    deadline = f.MAX_NUMBER
            if timer._source_traceback:
                del timer._source_traceback[-1]
            heapq.heappush(self._scheduled, timer)
            timer._scheduled = True
            if deadline < 0:
                deadline = 0
            elif deadline > f.MAX_NUMBER:
                deadline = f.MAX_NUMBER
            try:
                at = self._interleave
            except AttributeError:
                at = recorder.attach(self)
            current = at.current
            author = current.number if current is not None else recorder.author_on(at)
            at.clock = 0
            with sink_lock:
                number = timer_count[0]
                timer_count[0] = number + 1
                emit((at_ns, f.TIMER_SET | author << 8 | number << 32, at_ns, f.MORE | deadline << 8))
            timer._number = number
            timer._future = 0
            if args and callback is futures._set_result_unless_cancelled:  # type: ignore[attr-defined]
                timer._future = id(args[0])
                waits[id(args[0])] = f.WAIT_TIMER | number << 32
            return timer

        self.replace(base_events.BaseEventLoop, "call_at", call_at)

        def turns(owner: Any) -> None:
            process_events = owner.__dict__["_process_events"]

            def _process_events(self: Any, event_list: Any) -> None:
                process_events(self, event_list)
                if paused:
                    sink.start_thread()
                at = getattr(self, "_interleave", None) or recorder.attach(self)
                scheduled = self._scheduled
                if self._ready or (scheduled and scheduled[0]._when < self.time() + self._clock_resolution):
                    at.clock = now()
                    emit((at.clock, at.turn))
                else:
                    at.clock = 0

            recorder.replace(owner, "_process_events", _process_events)

        turns(asyncio.selector_events.BaseSelectorEventLoop)
        if sys.platform == "win32":
            turns(asyncio.proactor_events.BaseProactorEventLoop)

        run_forever = base_events.BaseEventLoop.run_forever

        def recorded_run_forever(self: Any) -> None:
            at = getattr(self, "_interleave", None) or recorder.attach(self)
            at.ident = get_ident()
            at.clock = 0
            if paused:
                sink.start_thread()
            emit((now(), f.LOOP_START | at.number << 8))
            try:
                run_forever(self)
            finally:
                if recorder.installed:
                    emit((now(), f.LOOP_STOP | at.number << 8))

        recorded_run_forever.__name__ = "run_forever"
        self.replace(base_events.BaseEventLoop, "run_forever", recorded_run_forever)

        close = base_events.BaseEventLoop.close

        def recorded_close(self: Any) -> None:
            at = self.__dict__.get("_interleave")
            if at is not None and not self._closed and not self.is_running():
                emit((now(), f.LOOP_CLOSED | at.number << 8))
            close(self)

        recorded_close.__name__ = "close"
        self.replace(base_events.BaseEventLoop, "close", recorded_close)

        # --- tasks of our own class, which say when they are cancelled

        def cancel_code(wake: int) -> int:
            kind = wake & 0x3F
            flag = wake & f.BY_CALLBACK
            if kind == TASK_MASK:
                return f.CANCEL_TASK | wake >> 32 << 32 | flag
            if kind == f.WAKE_TIMER:
                return f.CANCEL_TIMER | wake >> 32 << 32 | flag
            return f.CANCEL_OUTSIDE | flag

        if _CTask is not None:

            class RecordedTask(_CTask):  # type: ignore[misc]
                __slots__ = ()

                def cancel(self, msg: Any = None) -> Any:
                    """Request that this task cancel itself."""
                    if not self.done():
                        state = states.get(id(self))
                        if state is not None:
                            at = recorder.running_loop()
                            emit((now(), cancel_code(at.wake if at else f.WAKE_OUTSIDE) | state.shift))
                    return _CTask.cancel(self, msg)

        else:

            class RecordedTask(_PyTask):  # type: ignore[misc, no-redef]
                def cancel(self, msg: Any = None) -> Any:
                    return _PyTask.cancel(self, msg)

        RecordedTask.__name__ = RecordedTask.__qualname__ = "Task"
        RecordedTask.__module__ = _CTask.__module__ if _CTask is not None else _PyTask.__module__

        create_task = base_events.BaseEventLoop.create_task

        def recorded_create_task(self: Any, coro: Any, **kwargs: Any) -> Any:
            factory = self._task_factory
            eager = kwargs.get("eager_start") is True or (
                factory is not None and getattr(factory, "__code__", None) is _EAGER_FACTORY
            )
            if eager and self.is_running():
                return make_eagerly(self, coro, kwargs)
            if factory is not None or tasks.Task is not _CTask:
                return create_task(self, coro, **kwargs)
            self._check_closed()
            task = RecordedTask(coro, loop=self, **kwargs)
            if task._source_traceback:
                del task._source_traceback[-1]
            try:
                return task
            finally:
                del task

        recorded_create_task.__name__ = "create_task"
        self.replace(base_events.BaseEventLoop, "create_task", recorded_create_task)

        def make_eagerly(loop: Any, coro: Any, kwargs: Any) -> Any:
            """A task whose first poll lies inside its maker's."""
            at = getattr(loop, "_interleave", None) or recorder.attach(loop)
            what = coro.__qualname__ if type(coro) in (Coroutine, Generator) else type_name(type(coro))
            if (only is not None and not only.search(what)) or sink.tasks.is_full:
                return create_task(loop, coro, **kwargs)
            state = Eager(0, at)
            state.awaited = coro
            state.first_name = what
            with sink.lock:
                enter(state, sink.tasks.add(TaskRow(state, 0, sink)))
                state.coroutine = sink.text(what)
                parent = recorder.author_on(at)
                state.parent = None if parent == f.NO_TASK else parent
                state.location = sink.place(caller(1))
            before = (at.current, at.task, at.wake)
            began = now()
            emit((began, f.SPAWN | state.shift, began, state.poll | 1 << 32))
            state.ready = False
            at.current, at.task, at.wake = state, None, state.by
            task: Any = None
            try:
                task = create_task(loop, coro, **kwargs)
                return task
            finally:
                at.current, at.task, at.wake = before
                ended = now()
                state.awaited = None
                if task is None:
                    # The factory refused: nothing of it ever ran.
                    state.over = True
                    emit((ended, f.POLL_DONE | state.shift, ended, f.CANCELLED | state.shift))
                else:
                    if state.ref is None:
                        bind(task, state)
                    if task.done():
                        end_task(state, task, ended)
                        # It may get its name only now.
                        state.name = None
                    else:
                        node, inner, outer = walk(task.get_coro())
                        state.program = node.program
                        future = task._fut_waiter
                        if future is not None and not state.ready:
                            wait = waits.get(id(future)) or node.wait or wait_for(state, future, node, inner, outer)
                            emit((ended, wait | state.shift))
                        emit((ended, state.pend | node.bits))
                del task

    # --- blocking ---------------------------------------------------------------------------------

    def _tick(self, at_ns: int) -> None:
        """Looks where loops stand that have not moved for a while. Called on the sink's thread."""
        if self.is_instant:
            return
        for _, loop in self._loops:
            start = loop.start
            if start and at_ns - start > BLOCK_NS and len(loop.samples) < 10_000:
                frame = sys._current_frames().get(loop.ident)
                if frame is not None and loop.start == start:
                    node = self.sink.stack(frame, self._stops)
                    del frame
                    if loop.start == start:
                        loop.samples.append((start, at_ns, node))

    def _report_block(self, loop: Loop, began: int, ended: int, state: TaskState | None) -> None:
        """Records that a poll or callback kept its thread, and where it was seen most often."""
        author = f.NO_TASK if state is None else state.number
        seen: dict[Node, int] = {}
        for start, _, node in loop.samples:
            if start == began:
                seen[node] = seen.get(node, 0) + 1
        loop.samples = []
        node = max(seen, key=seen.__getitem__) if seen else self.sink.root
        length = min(ended - began, f.MAX_NUMBER)
        self.sink.emit((ended, f.BLOCKED | author << 8 | node.bits, ended, f.MORE | length << 8))

    def block(self, duration_ns: int) -> None:
        """Records that the code that calls now blocked its loop until now; of the instant clock."""
        loop = self.running_loop()
        if loop is None or not self.installed:
            return
        node = self.sink.stack(caller(2), self._stops)
        at_ns = self.sink.now()
        author = self.author_on(loop)
        self.sink.emit((at_ns, f.BLOCKED | author << 8 | node.bits, at_ns, f.MORE | duration_ns << 8))

    def place_of(self, callback: Any) -> int:
        """Where a callback is defined."""
        for _ in range(5):
            kind = type(callback)
            if kind is _Method:
                callback = callback.__func__
            elif kind.__module__ == "functools" and hasattr(kind, "func"):
                callback = callback.func
            elif kind is types.FunctionType:
                return self.sink.location(callback.__code__, callback.__code__.co_firstlineno)
            else:
                break
        return 0

    # --- resources --------------------------------------------------------------------------------

    def new_resource(self, kind: int, made: Any, location: int, capacity: int) -> Resource:
        """Enters a resource, and records that it was made."""
        sink = self.sink
        with sink.lock:
            if sink.resources.is_full:
                sink.reach_limit(f"the recording stopped at {f.MAX_RESOURCES} resources, the most that it may hold")
                return Resource(0, kind, self)
            number = sink.resources.add((kind, made, location, min(max(capacity, 0), 0xFFFFFFFF)))
        sink.emit((sink.now(), f.RESOURCE_MADE | self.author() << 8 | number << 32))
        return Resource(number, kind, self)

    def resource(self, one: Any, kind: int, location: int) -> Resource:
        """The resource that a lock, a queue or the like is; made when it was not seen before."""
        found = one.__dict__.get("_interleave")
        if found is None or found.recorder is not self:
            found = one.__dict__["_interleave"] = self.new_resource(kind, f.RESOURCE_KINDS[kind], location, 0)
        return found  # type: ignore[no-any-return]

    def made(self, one: Any, kind: int, capacity: int, depth: int, suffix: str = "") -> Resource:
        """A resource whose constructor runs now, `depth` frames up from the caller."""
        frame = caller(depth)
        while frame is not None and self.sink.is_internal(frame.f_code):
            frame = frame.f_back
        made: Any = f.RESOURCE_KINDS[kind]
        location = 0
        if frame is not None:
            made = (frame.f_code.co_filename, suffix, frame.f_lineno)
            location = self.sink.location(frame.f_code, frame.f_lineno)
        resource = one.__dict__["_interleave"] = self.new_resource(kind, made, location, capacity)
        return resource

    def level(self, kind: int, resource: Resource, level: int, depth: int) -> None:
        """Records that somebody got or gave back something."""
        sink = self.sink
        at_ns = sink.now()
        sink.emit((
            at_ns, kind | self.author() << 8 | resource.number << 32,
            at_ns, f.MORE | min(max(level, 0), 0xFFFFFF) << 8 | sink.place(caller(depth)) << 32,
        ))  # fmt: skip

    def socket(self, transport: Any) -> Resource:
        """The resource that a connection is."""
        known = self.sockets.get(id(transport))
        if known is not None:
            return known
        name = "connection"
        try:
            extra = transport._extra
            peer = extra.get("peername") or extra.get("sockname") or extra.get("pipe")
            if type(peer) is tuple and len(peer) >= 2 and type(peer[0]) is str:
                name = f"{peer[0]}:{peer[1]}"
            elif type(peer) is str and peer:
                name = peer
        except AttributeError:
            pass
        resource = self.new_resource(f.SOCKET, name, 0, 0)
        key = id(transport)

        def forget(_: Any) -> None:
            self.sockets.pop(key, None)

        try:
            resource.kept = weakref.ref(transport, forget)
        except TypeError:
            return resource
        resource.wake = f.WAKE_IO | (resource.number + 1) << 32
        self.sockets[key] = resource
        return resource

    def close_socket(self, transport: Any) -> None:
        known = self.sockets.pop(id(transport), None)
        if known is not None:
            self.sink.emit((self.sink.now(), f.RESOURCE_CLOSED | self.author() << 8 | known.number << 32))

    # --- threads and processes --------------------------------------------------------------------

    def new_piece(self, name: str, kind: int, depth: int) -> int | None:
        """Enters a piece of work for another thread or process; its number."""
        sink = self.sink
        loop = self.running_loop()
        with sink.lock:
            if sink.tasks.is_full:
                return None
            state = TaskState(0, loop)
            state.name = name
            number = sink.tasks.add(TaskRow(state, kind, sink))
            state.coroutine = sink.text(name)
            parent = self.author()
            state.parent = None if parent == f.NO_TASK else parent
            state.location = sink.place(caller(depth))
        sink.emit((sink.now(), f.SPAWN | number << 8))
        return number

    def end_piece(self, number: int, future: Any) -> None:
        """Records how a piece of work ended."""
        sink = self.sink
        at_ns = sink.now()
        error = future._exception
        if error is None:
            result = future._result
            text = 0 if result is None else sink.line(say_value(result)) or 0
            sink.emit((at_ns, f.RETURNED | number << 8 | text << 32))
        else:
            text = sink.line(say_error(error)) or 0
            sink.emit((at_ns, f.FAILED | number << 8 | text << 32, at_ns, f.MORE))

    def virtual_thread(self, number: int) -> int:
        """A thread of the instant clock, counted from 1."""
        ident = -number
        sink = self.sink
        if ident not in sink._thread_ids:
            with sink.lock:
                sink._thread_ids[ident] = sink.threads.add(sink.text(f"thread {number}"))
        return sink._thread_ids[ident]

    def emit_piece(self, kind: int, piece: int, thread: int) -> None:
        """Records that a piece of work starts or ends now, under the instant clock."""
        self.sink.emit((self.sink.now(), kind | piece << 8 | thread << 32))

    def end_virtual_piece(self, piece: int, error: Any, said: str) -> None:
        """Records how a piece of work ended, under the instant clock."""
        at_ns = self.sink.now()
        text = self.sink.line(said) or 0
        if error is None:
            self.sink.emit((at_ns, f.RETURNED | piece << 8 | text << 32))
        else:
            self.sink.emit((at_ns, f.FAILED | piece << 8 | text << 32, at_ns, f.MORE))

    @staticmethod
    def name_of(function: Any, args: Any) -> str:
        """What a piece of work is called: the function that `to_thread` was asked for."""
        for _ in range(5):
            kind = type(function)
            if kind is types.FunctionType:
                return function.__qualname__  # type: ignore[no-any-return]
            if kind is _Method:
                function = function.__func__
            elif kind.__module__ == "functools" and hasattr(kind, "func"):
                function, args = function.func, function.args
            elif kind is _Builtin:
                if function.__name__ == "run" and args:
                    function, args = args[0], args[1:]
                    continue
                return function.__qualname__  # type: ignore[no-any-return]
            else:
                break
        return str(type_name(type(function)))

    # --- the program's own remarks ----------------------------------------------------------------

    def value(self, name: str, value: Any) -> None:
        """Records that the program says: this has that value now."""
        kind = type(value)
        is_number = kind in (int, float, bool)
        said = repr(int(value)) if kind is bool else say_value(value)
        text = self.sink.text(said[:200]) if is_number else self.sink.line(said)
        if text is None:
            return
        at_ns = self.sink.now()
        self.sink.emit((
            at_ns, f.VALUE | self.author() << 8 | self.sink.text(str.__str__(name)[:200]) << 32,
            at_ns, f.MORE | int(not is_number) << 8 | text << 32,
        ))  # fmt: skip

    def note(self, text: str) -> None:
        """Records a remark for the reader."""
        number = self.sink.line(text)
        if number is not None:
            self.sink.emit((self.sink.now(), f.NOTE | self.author() << 8 | number << 32))

    # --- processes --------------------------------------------------------------------------------

    def forget(self) -> None:
        """In a forked child: nothing is recorded, and the parent's file is left alone."""
        self.uninstall()
        self.sink.forget()


def wait_for_threads(count: int) -> None:
    """Waits until the system has no more threads of this process than `count`, for a moment."""
    if sys.platform != "linux":
        return
    for _ in range(200):
        try:
            if len(os.listdir("/proc/self/task")) <= count:
                return
        except OSError:
            return
        _sleep(0.0005)
