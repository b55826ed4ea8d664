import asyncio
import gc


async def forever():
    await asyncio.get_running_loop().create_future()


async def fails():
    raise KeyError("k")


async def main():
    asyncio.create_task(forever(), name="lost")
    task = asyncio.create_task(fails(), name="failed")
    await asyncio.sleep(1)
    gc.collect()
    task.exception()
    await asyncio.sleep(0)
    task.set_name("renamed")
    late = asyncio.create_task(asyncio.sleep(0), name="late")
    await asyncio.sleep(0)
    late.set_name("later")
    await late


asyncio.run(main())
