# From Python 3.12 on.
import asyncio

async def quick():
    return 1

async def slow():
    await asyncio.sleep(1)
    return 2

async def main():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    a = asyncio.create_task(quick(), name="quick")
    b = asyncio.create_task(slow(), name="slow")
    print(await a + await b)

asyncio.run(main())
