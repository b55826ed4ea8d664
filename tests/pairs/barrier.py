import asyncio


async def three_meet():
    barrier = asyncio.Barrier(3)

    async def comes(delay):
        await asyncio.sleep(delay)
        print("waits", barrier.n_waiting)
        index = await barrier.wait()
        print("goes on", index)

    await asyncio.gather(*(comes(delay) for delay in (0.003, 0.001, 0.002)))
    print(barrier.n_waiting, barrier.parties)


async def used_twice():
    barrier = asyncio.Barrier(2)

    async def comes(name):
        for number in range(2):
            await barrier.wait()
            print(name, number)

    await asyncio.gather(comes("a"), comes("b"))


async def who_comes_while_it_drains():
    barrier = asyncio.Barrier(2)

    async def comes(name):
        index = await barrier.wait()
        print(name, index)

    await asyncio.gather(*(comes(name) for name in "abcd"))


async def with_a_context_manager():
    barrier = asyncio.Barrier(2)

    async def comes(name):
        async with barrier as index:
            print(name, index)

    await asyncio.gather(comes("a"), comes("b"))


async def reset():
    barrier = asyncio.Barrier(3)

    async def comes(name):
        try:
            await barrier.wait()
        except asyncio.BrokenBarrierError as error:
            print(name, error)

    tasks = [asyncio.create_task(comes(name)) for name in "ab"]
    await asyncio.sleep(0)
    await barrier.reset()
    print("reset", barrier.broken)
    await asyncio.gather(*tasks)
    await asyncio.gather(*(barrier.wait() for _ in range(3)))
    print("works again")


async def aborted():
    barrier = asyncio.Barrier(2)

    async def comes(name):
        try:
            await barrier.wait()
        except asyncio.BrokenBarrierError as error:
            print(name, error)

    task = asyncio.create_task(comes("a"))
    await asyncio.sleep(0)
    await barrier.abort()
    print(barrier.broken)
    await task
    await comes("b")
    await barrier.wait()


async def one_is_cancelled():
    barrier = asyncio.Barrier(2)

    async def comes(name):
        index = await barrier.wait()
        print(name, index)

    first = asyncio.create_task(comes("a"))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    print(barrier.n_waiting)
    await asyncio.gather(comes("b"), comes("c"))
