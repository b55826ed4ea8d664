import asyncio

LIMIT = 1
WORK = 2
CLEAN_UP = 0.2


async def work():
    print("work: begins")
    try:
        await asyncio.sleep(WORK)
        print("work: done")
    except asyncio.CancelledError:
        print("work: cancelled, cleaning up")
        await asyncio.sleep(CLEAN_UP)
        print("work: cleaned up")
        raise
    return 42


async def main():
    task = asyncio.create_task(work(), name="work")
    try:
        async with asyncio.timeout(LIMIT):
            result = await task
        print(f"main: the result is {result}")
    except TimeoutError:
        print("main: gave up")


asyncio.run(main())
