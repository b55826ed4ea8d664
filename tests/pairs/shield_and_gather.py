import asyncio


async def _after(delay, name, fails=False):
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError as error:
        print(name, "cancelled", repr(str(error)))
        raise
    print(name)
    if fails:
        raise ValueError(name)
    return name


async def shielded_from_a_cancellation():
    inner = asyncio.create_task(_after(0.003, "inner"))

    async def waits():
        try:
            await asyncio.shield(inner)
        except asyncio.CancelledError as error:
            print("waiter", repr(str(error)), inner.done())
            raise

    task = asyncio.create_task(waits())
    await asyncio.sleep(0.001)
    task.cancel("leave it")
    await asyncio.wait([task])
    print(await inner)


async def shielded_takes_a_turn_more():
    inner = asyncio.create_task(_after(0.001, "inner"))
    asyncio.get_running_loop().call_later(
        0.001, lambda: asyncio.get_running_loop().call_soon(
            lambda: asyncio.get_running_loop().call_soon(print, "beside")))
    print(await asyncio.shield(inner))


async def shielded_and_cancelled_itself():
    inner = asyncio.create_task(_after(1, "inner"))
    asyncio.get_running_loop().call_later(0.001, inner.cancel, "you")
    try:
        await asyncio.shield(inner)
    except asyncio.CancelledError as error:
        print("waiter", repr(str(error)))


async def shielded_and_failed():
    try:
        await asyncio.shield(_after(0.001, "inner", fails=True))
    except ValueError as error:
        print("caught", error)


async def shielded_and_failed_when_nobody_waits():
    inner = asyncio.create_task(_after(0.002, "inner", fails=True))

    async def waits():
        await asyncio.shield(inner)

    task = asyncio.create_task(waits())
    await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait([inner, task])
    print("in 3.13 the exception nobody saw goes unreported")


async def shielded_what_is_done():
    inner = asyncio.create_task(_after(0, "inner"))
    await inner
    asyncio.get_running_loop().call_soon(print, "a turn later")
    print(await asyncio.shield(inner))


async def shielded_in_a_timeout():
    inner = asyncio.create_task(_after(0.003, "inner"))
    try:
        async with asyncio.timeout(0.001):
            await asyncio.shield(inner)
    except TimeoutError:
        print("timed out", inner.done())
    print(await inner)


async def gather_of_gathers():
    one = asyncio.gather(_after(0.002, "a"), _after(0.001, "b"))
    two = asyncio.gather(_after(0.003, "c"))
    print(await asyncio.gather(one, two))


async def gather_of_gathers_takes_a_turn_more():
    asyncio.get_running_loop().call_later(0.001, _count, 1)
    print(await asyncio.gather(asyncio.gather(asyncio.sleep(0.001, "x"))))


def _count(turn):
    if turn < 9:
        print("turn", turn)
        asyncio.get_running_loop().call_soon(_count, turn + 1)


async def a_gather_in_a_gather_fails():
    one = asyncio.gather(_after(0.001, "a", fails=True), _after(0.002, "b"))
    try:
        await asyncio.gather(one, _after(0.003, "c"))
    except ValueError as error:
        print("caught", error)
    await asyncio.sleep(0.005)


async def a_gather_in_a_gather_is_cancelled():
    one = asyncio.gather(_after(1, "a"), _after(1, "b"))

    async def waits():
        await asyncio.gather(one, _after(1, "c"))

    task = asyncio.create_task(waits())
    await asyncio.sleep(0.001)
    task.cancel("all")
    try:
        await task
    except asyncio.CancelledError as error:
        print("waiter", repr(str(error)))


async def gather_of_futures():
    loop = asyncio.get_running_loop()
    one, two = loop.create_future(), loop.create_future()
    loop.call_later(0.002, one.set_result, 1)
    loop.call_later(0.001, two.set_result, 2)
    print(await asyncio.gather(one, two))


async def gather_of_a_future_that_is_cancelled():
    loop = asyncio.get_running_loop()
    one, two = loop.create_future(), loop.create_future()
    loop.call_later(0.001, one.cancel, "given up")
    try:
        await asyncio.gather(one, two)
    except asyncio.CancelledError as error:
        print(repr(str(error)), two.done())


async def gather_of_one_task_twice():
    task = asyncio.create_task(_after(0.001, "a"))
    print(await asyncio.gather(task, task))


async def gather_of_nothing():
    asyncio.get_running_loop().call_soon(print, "a turn later")
    print(await asyncio.gather())


async def gather_collects_cancellations():
    task = asyncio.create_task(_after(1, "a"))
    asyncio.get_running_loop().call_later(0.001, task.cancel, "you")
    results = await asyncio.gather(task, _after(0.002, "b"), return_exceptions=True)
    print([type(result).__name__ for result in results])


async def gather_is_cancelled_when_one_refuses():
    async def refuses():
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            print("refused")
        return "refused"

    async def waits():
        print(await asyncio.gather(refuses(), _after(1, "b")))

    task = asyncio.create_task(waits())
    await asyncio.sleep(0.001)
    task.cancel("stop")
    await asyncio.wait([task])
    print(task.cancelled())


async def gather_fails_and_the_others_go_on():
    try:
        await asyncio.gather(_after(0.001, "a", fails=True), _after(0.002, "b"))
    except ValueError as error:
        print("caught", error)
    await asyncio.sleep(0.003)
