import asyncio
import interleave

async def waiter(future):
    print(await future)

async def numbers():
    for number in range(2):
        await asyncio.sleep(1)
        yield number

async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    task = asyncio.create_task(waiter(future), name="waiter")
    await asyncio.sleep(0)
    loop.call_later(1, future.set_result, "ready")
    await task
    async for number in numbers():
        interleave.watch("number", number)
    print(await asyncio.to_thread(sum, [1, 2]))

asyncio.run(main())
asyncio.run(asyncio.sleep(1))
