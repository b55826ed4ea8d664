import asyncio


async def _after(seconds, name):
    await asyncio.sleep(seconds)
    print(name)
    return name


async def _fails(seconds, name):
    await asyncio.sleep(seconds)
    raise ValueError(name)


async def a_wait_whose_limit_comes_with_the_end():
    task = asyncio.create_task(_after(0.002, "a"))
    done, pending = await asyncio.wait([task], timeout=0.002)
    print(len(done), len(pending))
    done, pending = await asyncio.wait([task], timeout=0.002)
    print(len(done), len(pending))


async def a_wait_for_the_first_within_a_limit():
    tasks = [asyncio.create_task(_after(0.003, "a")), asyncio.create_task(_after(0.004, "b"))]
    done, pending = await asyncio.wait(tasks, timeout=0.001, return_when=asyncio.FIRST_COMPLETED)
    print(len(done), len(pending))
    done, pending = await asyncio.wait(tasks, timeout=1, return_when=asyncio.FIRST_COMPLETED)
    print(len(done), len(pending))
    done, pending = await asyncio.wait(tasks, timeout=1, return_when=asyncio.FIRST_COMPLETED)
    print(len(done), len(pending))


async def a_wait_with_a_limit_is_cancelled():
    task = asyncio.create_task(_after(0.003, "a"))

    async def waits():
        await asyncio.wait([task], timeout=0.002)

    waiting = asyncio.create_task(waits())
    await asyncio.sleep(0.001)
    waiting.cancel()
    await asyncio.wait([waiting])
    print(waiting.cancelled(), task.done())
    print(await task)


async def a_wait_for_an_exception_within_a_limit():
    tasks = [asyncio.create_task(_after(0.001, "a")), asyncio.create_task(_fails(0.003, "b"))]
    done, pending = await asyncio.wait(tasks, timeout=0.002, return_when=asyncio.FIRST_EXCEPTION)
    print(len(done), len(pending))
    done, pending = await asyncio.wait(tasks, timeout=0.002, return_when=asyncio.FIRST_EXCEPTION)
    print(len(done), len(pending), tasks[1].exception())


async def an_exception_that_is_there_already():
    tasks = [asyncio.create_task(_fails(0, "a")), asyncio.create_task(_after(0.003, "b"))]
    await asyncio.sleep(0.001)
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    print(len(done), len(pending), tasks[0].exception())


async def call_at_is_taken_back():
    loop = asyncio.get_running_loop()
    one = loop.call_at(0.002, print, "one")
    loop.call_at(0.001, one.cancel)
    loop.call_at(0.003, print, "two")
    await asyncio.sleep(0.004)
    print(one.cancelled())


async def call_at_before_a_sleep_of_the_same_length():
    loop = asyncio.get_running_loop()
    loop.call_at(0.002, print, "set first")
    await asyncio.sleep(0.002)
    print("slept")


async def call_at_with_the_deadline_of_call_later():
    loop = asyncio.get_running_loop()
    loop.call_later(0.002, print, "later")
    loop.call_at(0.002, print, "at")
    loop.call_at(0.001, lambda: loop.call_later(0.001, print, "set later"))
    await asyncio.sleep(0.003)


async def call_at_now():
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0.001)
    loop.call_at(loop.time(), print, "due now")
    loop.call_soon(print, "soon")
    await asyncio.sleep(0)
    print("a turn later")
    await asyncio.sleep(0)
    print("two turns later")


async def an_error_with_a_cause():
    try:
        try:
            await _fails(0.001, "inside")
        except ValueError as error:
            raise RuntimeError("outside") from error
    except RuntimeError as error:
        print(f"{error} because of {error.__cause__}")


async def a_cause_goes_through_a_task():
    async def raises():
        try:
            await _fails(0.001, "inside")
        except ValueError as error:
            raise RuntimeError("outside") from error

    task = asyncio.create_task(raises())
    await asyncio.wait([task])
    print(f"{task.exception()} because of {task.exception().__cause__}")


async def thrown_at_the_last_value():
    async def one():
        try:
            yield 1
        finally:
            await asyncio.sleep(0.001)
            print("closed")

    values = one()
    print(await anext(values))
    try:
        await values.athrow(ValueError("thrown"))
    except ValueError as error:
        print("came back:", error)
    print(await anext(values, "no more"))
