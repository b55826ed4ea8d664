import asyncio
import time


async def _ticks(name, count, pause):
    for number in range(count):
        print(name, number)
        await asyncio.sleep(pause)


async def blocking_makes_timers_late():
    async def blocks():
        time.sleep(0.005)
        print("blocked")

    await asyncio.gather(_ticks("tick", 3, 0.002), blocks())


async def timers_that_are_late_fire_by_deadline():
    loop = asyncio.get_running_loop()
    loop.call_later(0.003, print, "three")
    loop.call_later(0.001, print, "one")
    loop.call_later(0.002, print, "two")
    time.sleep(0.01)
    await asyncio.sleep(0)
    print("main")


async def a_timer_set_while_late_ones_fire():
    loop = asyncio.get_running_loop()
    loop.call_later(0.001, lambda: loop.call_later(0, print, "inside"))
    loop.call_later(0.002, print, "two")
    time.sleep(0.01)
    await asyncio.sleep(0.001)
    print("main")


async def equal_deadlines_in_the_order_of_their_making():
    await asyncio.gather(*(_ticks(name, 2, 0.001) for name in "abc"))


async def a_sleep_of_nothing_is_a_turn():
    await asyncio.gather(_ticks("a", 3, 0), _ticks("b", 2, 0))


async def a_negative_sleep_is_a_turn():
    await asyncio.gather(_ticks("a", 2, -1), _ticks("b", 2, 0))


async def tasks_begin_a_turn_later():
    task = asyncio.create_task(_ticks("task", 1, 0))
    print("made")
    await asyncio.sleep(0)
    print("a turn later")
    await task


async def awaiting_a_coroutine_takes_no_turn():
    async def inner():
        print("inner")

    asyncio.get_running_loop().call_soon(print, "beside")
    await inner()
    print("outer")
    await asyncio.sleep(0)


async def awaiting_what_is_done_takes_no_turn():
    task = asyncio.create_task(_ticks("task", 1, 0))
    await asyncio.sleep(0.001)
    asyncio.get_running_loop().call_soon(print, "beside")
    await task
    print("main")
    await asyncio.sleep(0)


async def a_callback_before_a_task():
    asyncio.get_running_loop().call_soon(print, "callback")
    task = asyncio.create_task(_ticks("task", 1, 0))
    asyncio.get_running_loop().call_soon(print, "another")
    await task


async def two_threads_and_a_ticker():
    await asyncio.gather(
        asyncio.to_thread(time.sleep, 0.003),
        asyncio.to_thread(time.sleep, 0.002),
        _ticks("tick", 4, 0.001),
    )
    print("all done")


async def a_thread_and_the_loop_at_one_time():
    async def threads():
        await asyncio.to_thread(time.sleep, 0.002)
        print("thread")

    async def sleeps():
        await asyncio.sleep(0.002)
        print("sleep")

    await asyncio.gather(threads(), sleeps())


async def a_thread_while_the_loop_is_blocked():
    async def blocks():
        time.sleep(0.004)
        print("blocked")

    async def threads():
        await asyncio.to_thread(time.sleep, 0.001)
        print("thread")

    await asyncio.gather(threads(), blocks())


async def a_hundred_thousand_seconds():
    await asyncio.sleep(100_000)
    await asyncio.sleep(0.001)
    print("slept")


async def a_sleep_that_is_cancelled_at_its_end():
    task = asyncio.create_task(_ticks("tick", 2, 0.001))
    await asyncio.sleep(0.001)
    print(task.cancel())
    await asyncio.wait([task])
    print(task.cancelled())


async def generator_closed_in_a_timeout():
    async def slow():
        try:
            while True:
                await asyncio.sleep(0.002)
                yield "value"
        finally:
            await asyncio.sleep(0.001)
            print("closed")

    async def pulls():
        async for value in slow():
            print(value)

    try:
        async with asyncio.timeout(0.005):
            await pulls()
    except TimeoutError:
        print("timed out")


async def generator_closed_twice_at_once():
    async def slow():
        try:
            yield 1
        finally:
            await asyncio.sleep(0.001)

    numbers = slow()
    await anext(numbers)
    closing = asyncio.create_task(numbers.aclose())
    await asyncio.sleep(0)
    try:
        await numbers.aclose()
    except RuntimeError as error:
        print(error)
    await closing
    print("closed")


async def generator_pulled_twice_at_once():
    async def slow():
        await asyncio.sleep(0.001)
        yield 1

    numbers = slow()
    first = asyncio.create_task(anext(numbers))
    await asyncio.sleep(0)
    try:
        await anext(numbers)
    except RuntimeError as error:
        print(error)
    print(await first)


async def a_clean_up_fails_while_a_generator_closes():
    async def fails():
        try:
            yield 1
        finally:
            raise ValueError("in clean-up")

    numbers = fails()
    await anext(numbers)
    try:
        await numbers.aclose()
    except ValueError as error:
        print(error)


async def an_asend_before_it_starts():
    async def echo():
        print("got", (yield 1))

    numbers = echo()
    try:
        await numbers.asend("early")
    except TypeError as error:
        print(error)
    print(await anext(numbers))


async def a_failed_task_in_a_finally():
    async def fails():
        raise ValueError("no")

    try:
        try:
            await asyncio.create_task(fails())
        finally:
            await asyncio.sleep(0.001)
            print("clean")
    except ValueError as error:
        print("caught", error)


async def a_clean_up_is_cancelled():
    async def works():
        try:
            await asyncio.sleep(1)
        finally:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError as error:
                print("again", repr(str(error)))
            print("clean")

    task = asyncio.create_task(works())
    await asyncio.sleep(0.001)
    task.cancel("first")
    await asyncio.sleep(0.001)
    task.cancel("second")
    await asyncio.wait([task])
    print(task.cancelled())


async def a_race_by_hand():
    async def after(delay, name):
        await asyncio.sleep(delay)
        return name

    tasks = [asyncio.create_task(after(delay, f"{delay}")) for delay in (0.003, 0.001, 0.002)]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    print(done.pop().result(), len(pending))
    await asyncio.wait(pending)
    print([task.cancelled() for task in tasks])


async def main_catches_its_own_cancellation():
    asyncio.get_running_loop().call_later(0.001, asyncio.current_task().cancel, "stop")
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError as error:
        print(repr(str(error)))
    print("goes on")
