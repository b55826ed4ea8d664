import asyncio
import time


def _count(loop, number=1):
    if number < 20:
        print("turn", number)
        loop.call_soon(_count, loop, number + 1)


# With no tasks left the loop takes five turns more.
async def five_turns_without_tasks():
    loop = asyncio.get_running_loop()
    loop.call_soon(_count, loop)
    await asyncio.sleep(0)
    print("main ends")


async def turns_with_a_task_that_is_cancelled():
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(asyncio.sleep(1))
    loop.call_soon(_count, loop)
    await asyncio.sleep(0)
    print("main ends", task.done())


async def turns_with_a_generator_to_close():
    global held
    loop = asyncio.get_running_loop()

    async def numbers():
        try:
            yield 1
        finally:
            print("closed")

    held = numbers()
    await anext(held)
    loop.call_soon(_count, loop)
    await asyncio.sleep(0)
    print("main ends")


# While it closes, due timers count.
async def last_words():
    try:
        print("main ends")
    finally:
        asyncio.get_running_loop().call_later(0, print, "last words")


async def too_late_for_last_words():
    asyncio.get_running_loop().call_later(0.001, print, "never")


async def a_clean_up_that_waits():
    async def waits():
        try:
            await asyncio.sleep(1)
        finally:
            asyncio.get_running_loop().call_later(0.001, print, "a timer")
            await asyncio.sleep(0.002)
            print("clean")

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    print("main ends", task.done())


async def a_clean_up_that_spawns():
    async def late():
        for number in range(10):
            print("late", number)
            await asyncio.sleep(0)

    async def spawns():
        try:
            await asyncio.sleep(1)
        finally:
            global task
            task = asyncio.create_task(late())

    first = asyncio.create_task(spawns())
    await asyncio.sleep(0)
    print("main ends", first.done())


async def a_task_that_refuses():
    async def refuses():
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            print("refused")
        await asyncio.sleep(0.002)
        print("done all the same")

    task = asyncio.create_task(refuses())
    await asyncio.sleep(0)
    print("main ends", task.done())


# The run ends when the thread is done, though nobody waits for it.
async def a_thread_that_nobody_waits_for():
    task = asyncio.create_task(asyncio.to_thread(time.sleep, 1))
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait([task])
    print("cancelled", task.cancelled())
    asyncio.get_running_loop().call_later(0.5, print, "while the thread works")
    asyncio.get_running_loop().call_later(1.5, print, "never")


async def a_thread_that_main_leaves():
    task = asyncio.create_task(asyncio.to_thread(time.sleep, 1))
    await asyncio.sleep(0.1)
    asyncio.get_running_loop().call_later(0.5, print, "while the thread works")
    print("main ends", task.done())


async def a_thread_in_time():
    async def waits():
        try:
            async with asyncio.timeout(0.5):
                await asyncio.to_thread(time.sleep, 1)
        except TimeoutError:
            print("timed out")

    await waits()
    asyncio.get_running_loop().call_later(0.4, print, "while the thread works")


async def main_fails():
    task = asyncio.create_task(asyncio.sleep(1))
    await asyncio.sleep(0.001)
    raise ValueError("of main")


# The last line of a main that was cancelled.
async def main_is_cancelled():
    asyncio.current_task().cancel()
    await asyncio.sleep(1)


async def main_is_cancelled_with_a_message():
    asyncio.get_running_loop().call_soon(asyncio.current_task().cancel, "enough")
    await asyncio.sleep(1)


async def main_fails_with_an_error_of_asyncios():
    future = asyncio.get_running_loop().create_future()
    future.set_result(1)
    future.set_result(2)


async def main_waits_for_ever():
    await asyncio.get_running_loop().create_future()


# A callback that fails ends, and the run goes on.
async def a_callback_fails():
    loop = asyncio.get_running_loop()

    def fails():
        print("fails")
        raise ValueError("in a callback")

    loop.call_later(0.001, fails)
    loop.call_later(0.001, print, "the next")
    await asyncio.sleep(0.002)
    print("main goes on")


async def a_done_callback_fails():
    def fails(task):
        raise ValueError("in a callback")

    task = asyncio.create_task(asyncio.sleep(0.001))
    task.add_done_callback(fails)
    task.add_done_callback(lambda task: print("the next"))
    await task
    print("main goes on")
