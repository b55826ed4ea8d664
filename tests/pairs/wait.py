import asyncio


async def _after(delay, name, fails=False):
    await asyncio.sleep(delay)
    print(name)
    if fails:
        raise ValueError(name)
    return name


def _tasks(*delays):
    return [asyncio.create_task(_after(delay, f"{delay * 1000:.0f}")) for delay in delays]


def _names(tasks):
    return sorted(task.result() for task in tasks)


# A wait that is made early registers with its tasks when it is awaited.
async def registers_when_awaited():
    tasks = _tasks(0.001, 0.002)
    waiting = asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(0.005)
    asyncio.get_running_loop().call_soon(print, "a turn later")
    done, pending = await waiting
    print(len(done), len(pending))


async def made_and_never_awaited():
    tasks = _tasks(0.001)
    waiting = asyncio.wait(tasks)
    await tasks[0]
    waiting.close()
    print("closed")


async def for_a_time():
    tasks = _tasks(0.001, 0.002, 0.003)
    done, pending = await asyncio.wait(tasks, timeout=0.002)
    print(_names(done), len(pending))
    done, pending = await asyncio.wait(pending, timeout=0)
    print(len(done), len(pending))
    done, pending = await asyncio.wait(tasks, timeout=1)
    print(_names(done), len(pending))


async def until_the_first_exception():
    tasks = _tasks(0.001, 0.004)
    tasks.append(asyncio.create_task(_after(0.002, "fails", fails=True)))
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    print(len(done), len(pending))
    done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
    print(len(done), len(pending))


async def a_cancelled_task_is_no_exception():
    tasks = _tasks(0.001, 0.002)
    tasks[0].cancel()
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    print(len(done), len(pending))


async def of_nothing():
    try:
        await asyncio.wait([])
    except ValueError as error:
        print(error)


async def of_what_is_done():
    tasks = _tasks(0.001)
    await tasks[0]
    asyncio.get_running_loop().call_soon(print, "a turn later")
    done, pending = await asyncio.wait(tasks)
    print(len(done), len(pending))


async def cancelled_it_leaves_its_tasks_alone():
    tasks = _tasks(0.003)

    async def waiter():
        await asyncio.wait(tasks)

    waiting = asyncio.create_task(waiter())
    await asyncio.sleep(0.001)
    waiting.cancel()
    await asyncio.wait([waiting])
    print(waiting.cancelled(), tasks[0].done())
    await tasks[0]


async def of_futures():
    future, other = (asyncio.get_running_loop().create_future() for _ in range(2))
    asyncio.get_running_loop().call_later(0.001, future.set_result, 1)
    done, pending = await asyncio.wait([future, other], return_when=asyncio.FIRST_COMPLETED)
    print(len(done), len(pending), future.result())


async def for_with_time_enough():
    print(await asyncio.wait_for(asyncio.create_task(_after(0.001, "one")), 1))


async def for_too_long():
    task = asyncio.create_task(_after(1, "one"))
    try:
        await asyncio.wait_for(task, 0.001)
    except TimeoutError as error:
        print(repr(error), repr(error.__cause__), task.cancelled())


async def for_no_time_of_what_is_not_done():
    task = asyncio.create_task(_after(1, "one"))
    try:
        await asyncio.wait_for(task, 0)
    except TimeoutError:
        print("timed out", task.cancelled())


async def for_no_time_of_what_is_done():
    task = asyncio.create_task(_after(0, "one"))
    await task
    print(await asyncio.wait_for(task, 0))


async def for_what_refuses():
    async def refuses():
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            await asyncio.sleep(0.002)
            return "all the same"

    print(await asyncio.wait_for(asyncio.create_task(refuses()), 0))


async def for_cancelled_from_outside():
    inner = asyncio.create_task(_after(1, "one"))

    async def waiter():
        try:
            await asyncio.wait_for(inner, 0.5)
        except TimeoutError:
            print("not a timeout")

    task = asyncio.create_task(waiter())
    await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled(), inner.cancelled())


async def as_completed_with_failures():
    tasks = _tasks(0.002)
    tasks.append(asyncio.create_task(_after(0.001, "fails", fails=True)))
    for one in asyncio.as_completed(tasks):
        try:
            print("got", await one)
        except ValueError as error:
            print("caught", error)


async def as_completed_within_a_time():
    for one in asyncio.as_completed(_tasks(0.001, 0.009), timeout=0.004):
        try:
            print("got", await one)
        except TimeoutError:
            print("not in time")
