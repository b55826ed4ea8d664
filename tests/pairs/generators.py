import asyncio


async def _numbers(name, clean_up=0.001):
    try:
        for number in range(3):
            print(name, "yields", number)
            yield number
    finally:
        print(name, "cleans up")
        await asyncio.sleep(clean_up)
        print(name, "is clean")


# Left early, it is closed later: its clean-up may wait.
async def left_early():
    async for number in _numbers("a"):
        print("got", number)
        break
    print("after the loop")
    await asyncio.sleep(0)
    print("a turn later")
    await asyncio.sleep(0)
    print("two turns later")
    await asyncio.sleep(0.002)


async def left_at_the_end_of_main():
    async for number in _numbers("a"):
        print("got", number)
        break
    print("main ends")


async def held_until_the_shutdown():
    global held
    held = _numbers("held")
    print(await anext(held))
    print("main ends")


async def held_by_a_task_that_ends():
    async def holds():
        numbers = _numbers("a")
        await anext(numbers)
        await asyncio.sleep(0)

    task = asyncio.create_task(holds())
    await task
    print("it has ended")
    await asyncio.sleep(0.005)


async def never_started():
    numbers = _numbers("a")
    del numbers
    await asyncio.sleep(0.001)
    print("nothing happened")


async def run_to_its_end():
    async for number in _numbers("a"):
        print("got", number)
    print("after the loop")


async def closed_by_hand():
    numbers = _numbers("a")
    print(await anext(numbers))
    await numbers.aclose()
    print("closed")
    await numbers.aclose()
    print(await anext(numbers, "no more"))


async def closed_before_it_starts():
    numbers = _numbers("a")
    await numbers.aclose()
    print(await anext(numbers, "no more"))


async def ignores_its_end():
    async def stubborn():
        try:
            yield 1
        finally:
            yield 2

    numbers = stubborn()
    print(await anext(numbers))
    try:
        await numbers.aclose()
    except RuntimeError as error:
        print(error)


async def _echo():
    sent = None
    while True:
        print("was sent", sent)
        sent = yield sent


async def sent_into():
    echo = _echo()
    print(await anext(echo))
    print(await echo.asend("one"))
    print(await echo.asend("two"))
    print(await anext(echo))
    await echo.aclose()


async def sent_into_the_end():
    async def twice():
        print("got", (yield 1))
        print("got", (yield 2))

    numbers = twice()
    print(await anext(numbers))
    print(await numbers.asend("a"))
    try:
        await numbers.asend("b")
    except StopAsyncIteration:
        print("it is over")


async def sent_between_waits():
    async def slow():
        value = 0
        while value is not None:
            await asyncio.sleep(0.001)
            value = yield value
        print("ends")

    numbers = slow()
    print(await anext(numbers))
    print(await numbers.asend(5))
    try:
        await anext(numbers)
    except StopAsyncIteration:
        print("it is over")


async def thrown_into():
    numbers = _numbers("a")
    print(await anext(numbers))
    try:
        await numbers.athrow(ValueError("no"))
    except ValueError as error:
        print("caught", error)
    print(await anext(numbers, "no more"))


async def thrown_into_what_catches():
    async def catches():
        while True:
            try:
                yield "asks"
            except ValueError as error:
                print("inside:", error)
                await asyncio.sleep(0.001)

    numbers = catches()
    print(await anext(numbers))
    print(await numbers.athrow(ValueError("one")))
    print(await numbers.athrow(ValueError("two")))
    await numbers.aclose()


async def thrown_before_it_starts():
    numbers = _numbers("a")
    try:
        await numbers.athrow(ValueError("early"))
    except ValueError as error:
        print("caught", error)
    print(await anext(numbers, "no more"))


async def cancelled_while_one_pulls():
    async def slow():
        try:
            yield 1
            await asyncio.sleep(1)
        finally:
            print("cleans up")

    async def pulls():
        async for number in slow():
            print("got", number)

    task = asyncio.create_task(pulls())
    await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled())


async def two_left_early_are_closed_in_order():
    for name in "ab":
        async for number in _numbers(name, 0):
            print("got", number)
            break
    await asyncio.sleep(0.001)
    print("main ends")
