"""Runs a program of tests/semantics/program.rs on asyncio, step for step as play.rs does on a stage.

PROGRAM stands before this text.
"""

import asyncio

EACH = 2

state = None


class Ordered(dict):
    """A set in the order of insertion. CPython leaves open in which order a group cancels its tasks."""

    def add(self, item):
        self[item] = None

    def discard(self, item):
        self.pop(item, None)


class State:
    def __init__(self):
        self.tasks = [None] * len(PROGRAM["bodies"])
        self.locks = [asyncio.Lock() for _ in range(EACH)]
        self.semaphores = [asyncio.Semaphore(n + 1) for n in range(EACH)]
        self.events = [asyncio.Event() for _ in range(EACH)]
        self.condition = asyncio.Condition()
        self.queues = [asyncio.Queue(n + 1) for n in range(EACH)]
        self.items = 0
        self.futures = [asyncio.get_running_loop().create_future() for _ in range(EACH)]


def log(me, text):
    now = round(asyncio.get_running_loop().time() * 1000)
    print(f"{now} T{me} {text}")


def spawn(k):
    if state.tasks[k] is None:
        state.tasks[k] = asyncio.create_task(body(k))


def fate(task):
    if task is None:
        return "never began"
    if not task.done():
        return "goes on"
    if task.cancelled():
        return "cancelled"
    if task.exception():
        return f"failed with {task.exception()}"
    return f"returned {task.result()}"


def after(me, ks):
    """Those of the tasks that are there and come after this one, so that nobody waits in a circle."""
    return [state.tasks[k] for k in ks if k > me and state.tasks[k] is not None]


def word(result):
    if isinstance(result, asyncio.CancelledError):
        return "cancelled"
    return str(result)


async def body(k):
    await execute(k, PROGRAM["bodies"][k])
    log(k, "ends")
    return k * 10


async def execute(me, ops):
    for op in ops:
        if isinstance(op, str):
            name, args = op, []
        else:
            ((name, args),) = op.items()
            if name in ("Lock", "Semaphore", "Await", "Timeout", "Catch", "Gather", "Wait", "Group"):
                pass
            else:
                args = [args]
        await STEPS[name](me, *args)


async def sleep(me, ms):
    await asyncio.sleep(ms / 1000)
    log(me, f"slept {ms}")


async def spawn_one(me, k):
    log(me, f"spawns {k}")
    spawn(k)


async def await_one(me, k, on):
    for task in after(me, [k]):
        try:
            log(me, f"awaited {k}: {await task}")
        except ValueError as error:
            log(me, f"awaited {k}: {error}")
            if on:
                raise


async def cancel(me, k):
    task = state.tasks[k]
    if task is not None and k != me:
        log(me, f"cancels {k}: {task.cancel()}")


async def cancel_self(me):
    asyncio.current_task().cancel()
    log(me, "cancels itself")


async def with_lock(me, n, ops):
    async with state.locks[n]:
        log(me, f"has lock {n}")
        await execute(me, ops)
    log(me, f"gave lock {n}: {state.locks[n].locked()}")


async def with_semaphore(me, n, ops):
    async with state.semaphores[n]:
        log(me, f"has semaphore {n}: {state.semaphores[n].locked()}")
        await execute(me, ops)
    log(me, f"gave semaphore {n}: {state.semaphores[n].locked()}")


async def set_event(me, n):
    state.events[n].set()
    log(me, f"set {n}")


async def clear(me, n):
    state.events[n].clear()
    log(me, f"cleared {n}")


async def wait_event(me, n):
    await state.events[n].wait()
    log(me, f"saw {n}: {state.events[n].is_set()}")


async def wait_condition(me, ops):
    async with state.condition:
        await state.condition.wait()
        log(me, "notified")
        await execute(me, ops)


async def notify(me, n):
    async with state.condition:
        state.condition.notify(n)
        log(me, f"notifies {n}")


async def put(me, n):
    state.items += 1
    item = state.items
    await state.queues[n].put(item)
    log(me, f"put {item} in {n}: {state.queues[n].qsize()}")


async def get(me, n):
    item = await state.queues[n].get()
    log(me, f"got {item} of {n}: {state.queues[n].qsize()}")


async def try_put(me, n):
    state.items += 1
    try:
        state.queues[n].put_nowait(state.items)
        log(me, f"put {state.items} in {n} at once")
    except asyncio.QueueFull:
        log(me, f"{n} is full")


async def try_get(me, n):
    try:
        log(me, f"got {state.queues[n].get_nowait()} of {n} at once")
    except asyncio.QueueEmpty:
        log(me, f"{n} is empty")


async def task_done(me, n):
    try:
        state.queues[n].task_done()
        log(me, f"done with one of {n}")
    except ValueError as error:
        log(me, str(error))


async def join(me, n):
    await state.queues[n].join()
    log(me, f"joined {n}")


async def settle(me, n):
    try:
        state.futures[n].set_result(me)
        log(me, f"settles {n}")
    except asyncio.InvalidStateError:
        log(me, f"{n} is settled")


async def cancel_future(me, n):
    log(me, f"cancels future {n}: {state.futures[n].cancel()}")


async def await_future(me, n):
    log(me, f"future {n} is {await state.futures[n]}")


async def with_timeout(me, ms, ops):
    try:
        async with asyncio.timeout(ms / 1000):
            await execute(me, ops)
        log(me, f"within {ms}")
    except TimeoutError:
        log(me, f"not within {ms}")


async def catch(me, ops, handler, again):
    try:
        await execute(me, ops)
    except asyncio.CancelledError:
        log(me, "caught")
        await execute(me, handler)
        if again:
            raise
        log(me, "goes on")


async def with_finally(me, ops):
    try:
        await execute(me, ops)
    finally:
        log(me, "finally")


async def gather(me, ks, collect):
    try:
        results = await asyncio.gather(*after(me, ks), return_exceptions=collect)
        log(me, f"gathered {', '.join(map(word, results))}")
    except ValueError as error:
        log(me, f"gathered {error}")


async def wait(me, ks, first):
    tasks = after(me, ks)
    if tasks:
        how = asyncio.FIRST_COMPLETED if first else asyncio.ALL_COMPLETED
        await asyncio.wait(tasks, return_when=how)
        log(me, f"waited: {', '.join(map(fate, tasks))}")


def fresh(me, ks):
    return [k for k in ks if k > me and state.tasks[k] is None]


async def as_completed(me, ks):
    tasks = []
    for k in fresh(me, ks):
        spawn(k)
        tasks.append(state.tasks[k])
    for next_one in asyncio.as_completed(tasks):
        try:
            log(me, f"next is {await next_one}")
        except ValueError as error:
            log(me, f"next is {error}")


async def group(me, ks, ops):
    try:
        scope = asyncio.TaskGroup()
        scope._tasks = Ordered()
        async with scope:
            for k in fresh(me, ks):
                state.tasks[k] = scope.create_task(body(k))
            await execute(me, ops)
        log(me, "left the group")
    except* ValueError as errors:
        log(me, f"group: {', '.join(map(str, errors.exceptions))}")


async def fail(me):
    raise ValueError(f"of {me}")


STEPS = {
    "Sleep": sleep,
    "Spawn": spawn_one,
    "Await": await_one,
    "Cancel": cancel,
    "CancelSelf": cancel_self,
    "Lock": with_lock,
    "Semaphore": with_semaphore,
    "Set": set_event,
    "Clear": clear,
    "WaitEvent": wait_event,
    "WaitCondition": wait_condition,
    "Notify": notify,
    "Put": put,
    "Get": get,
    "TryPut": try_put,
    "TryGet": try_get,
    "TaskDone": task_done,
    "Join": join,
    "Settle": settle,
    "CancelFuture": cancel_future,
    "AwaitFuture": await_future,
    "Timeout": with_timeout,
    "Catch": catch,
    "Finally": with_finally,
    "Gather": gather,
    "Wait": wait,
    "AsCompleted": as_completed,
    "Group": group,
    "Fail": fail,
}


async def main():
    global state
    state = State()
    for k in range(PROGRAM["roots"]):
        spawn(k)
    await asyncio.sleep(PROGRAM["patience"] / 1000)
    # Whoever refuses is asked again.
    while left := [task for task in state.tasks if task is not None and not task.done()]:
        print(f"main cancels {len(left)}")
        for task in left:
            task.cancel()
        await asyncio.wait(left)
    for k, task in enumerate(state.tasks):
        print(f"T{k} {fate(task)}")
    # Nobody holds anything any more: who lost a permit hangs here.
    for n in range(EACH):
        await state.locks[n].acquire()
        for _ in range(n + 1):
            await state.semaphores[n].acquire()
        print(f"all of {n} is there, {state.queues[n].qsize()} left in its queue")


asyncio.run(main())
