"""Runs a program of tests/semantics/program.rs on asyncio, step for step as play.rs does on a stage.

PROGRAM stands before this text.
"""

import asyncio
import time

EACH = 2

state = None


class Ordered(dict):
    """A set in the order of insertion. CPython leaves open in which order a group cancels its tasks."""

    def add(self, item):
        self[item] = None

    def discard(self, item):
        self.pop(item, None)


def by_age(tasks):
    """Tasks in the order in which they were made. CPython leaves open in which order it cancels them at the end."""
    return sorted(tasks, key=lambda task: int(task.get_name().split("-")[1]))


all_tasks = asyncio.tasks.all_tasks
asyncio.tasks.all_tasks = lambda loop=None: by_age(all_tasks(loop))


class State:
    def __init__(self):
        self.tasks = [None] * len(PROGRAM["bodies"])
        self.locks = [asyncio.Lock() for _ in range(EACH)]
        self.semaphores = [asyncio.Semaphore(2 * n + 1) for n in range(EACH)]
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
            if name not in SEVERAL:
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


async def cancel_with(me, k):
    task = state.tasks[k]
    if task is not None and k != me:
        log(me, f"cancels {k} as {me}: {task.cancel(f'of {me}')}")


async def uncancel(me):
    task = asyncio.current_task()
    asked = task.cancelling()
    log(me, f"was asked {asked}, left {task.uncancel()}")


async def block(me, ms):
    time.sleep(ms / 1000)
    log(me, f"blocked {ms}")


async def call_later(me, ms):
    asyncio.get_running_loop().call_later(ms / 1000, log, me, f"was called after {ms}")


async def call_soon(me, cancels):
    handle = asyncio.get_running_loop().call_soon(log, me, "was called soon")
    if cancels:
        handle.cancel()
    log(me, f"called soon: {handle.cancelled()}")


async def on_done(me, k):
    task = state.tasks[k]
    if task is not None:
        task.add_done_callback(lambda task: log(me, f"told that {k} {fate_unseen(task)}"))


def fate_unseen(task):
    return "was cancelled" if task.cancelled() else "is done"


async def finally_await(me, ops, clean_up):
    try:
        await execute(me, ops)
    finally:
        log(me, "cleans up")
        await execute(me, clean_up)
        log(me, "is clean")


async def values(me, ops):
    try:
        for number in range(3):
            log(me, f"yields {number}")
            yield number
            await asyncio.sleep(0)
    finally:
        log(me, "closes")
        await execute(me, ops)
        log(me, "closed")


async def generator(me, pulls, ops):
    numbers = values(me, ops)
    for _ in range(pulls):
        log(me, f"pulled {await anext(numbers, 'nothing')}")
    del numbers
    log(me, "left the generator")


async def thread(me, ms):
    await asyncio.to_thread(time.sleep, ms / 1000)
    log(me, f"a thread slept {ms}")


async def wait_early(me, ks, first, ms):
    tasks = after(me, ks)
    if tasks:
        how = asyncio.FIRST_COMPLETED if first else asyncio.ALL_COMPLETED
        waiting = asyncio.wait(tasks, return_when=how)
        await asyncio.sleep(ms / 1000)
        done, pending = await waiting
        log(me, f"waited early: {len(done)} done, {len(pending)} pending")


async def wait_for_some(me, ks, ms):
    tasks = after(me, ks)
    if tasks:
        done, pending = await asyncio.wait(tasks, timeout=ms / 1000)
        log(me, f"waited {ms}: {len(done)} done, {len(pending)} pending")


async def wait_exception(me, ks):
    tasks = after(me, ks)
    if tasks:
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        log(me, f"waited for a failure: {len(done)} done, {len(pending)} pending")


async def shield(me, k):
    for task in after(me, [k]):
        try:
            log(me, f"shielded {k}: {await asyncio.shield(task)}")
        except ValueError as error:
            log(me, f"shielded {k}: {error}")


async def within(me, k, ms):
    for task in after(me, [k]):
        try:
            log(me, f"had {k} within {ms}: {await asyncio.wait_for(task, ms / 1000)}")
        except ValueError as error:
            log(me, f"had {k} within {ms}: {error}")
        except TimeoutError:
            log(me, f"had not {k} within {ms}")


async def release_later(me, n):
    semaphore = state.semaphores[n]
    if not semaphore.locked():
        await semaphore.acquire()
        asyncio.get_running_loop().call_soon(semaphore.release)
        log(me, f"releases {n} later")


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
    except asyncio.CancelledError as error:
        log(me, f"caught '{error}'")
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
    "Block": block,
    "CallLater": call_later,
    "CallSoon": call_soon,
    "OnDone": on_done,
    "FinallyAwait": finally_await,
    "Generator": generator,
    "Thread": thread,
    "WaitEarly": wait_early,
    "WaitFor": wait_for_some,
    "WaitException": wait_exception,
    "Shield": shield,
    "Within": within,
    "CancelWith": cancel_with,
    "Uncancel": uncancel,
    "ReleaseLater": release_later,
}

# Those that have more than one argument.
SEVERAL = {
    "Lock", "Semaphore", "Await", "Timeout", "Catch", "Gather", "Wait", "Group", "FinallyAwait", "Generator",
    "WaitEarly", "WaitFor", "Within",
}  # fmt: skip


async def main():
    global state
    state = State()
    for k in range(PROGRAM["roots"]):
        spawn(k)
    await asyncio.sleep(PROGRAM["patience"] / 1000)
    if PROGRAM["ending"] == "Leaves":
        print("main leaves")
        return
    if PROGRAM["ending"] == "Fails":
        raise ValueError("of main")
    if PROGRAM["ending"] == "Cancelled":
        asyncio.current_task().cancel("of main")
        await asyncio.sleep(1)
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
        for _ in range(2 * n + 1):
            await state.semaphores[n].acquire()
        print(f"all of {n} is there, {state.queues[n].qsize()} left in its queue")


asyncio.run(main())
