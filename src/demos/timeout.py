import asyncio

LIMIT = 1
WORK = 2
CLEAN_UP = 0.2


async def work():
    print("work: begins")  #@ begins
    try:
        await asyncio.sleep(WORK)  #@ work
        print("work: done")  #@ done
    except asyncio.CancelledError:
        print("work: cancelled, cleaning up")  #@ cancelled
        await asyncio.sleep(CLEAN_UP)  #@ clean-up
        print("work: cleaned up")  #@ cleaned
        raise  #@ raise
    return 42


async def main():
    task = asyncio.create_task(work(), name="work")  #@ task
    try:
        async with asyncio.timeout(LIMIT):
            result = await task  #@ wait
        print(f"main: the result is {result}")  #@ result
    except TimeoutError:
        print("main: gave up")  #@ gave-up


asyncio.run(main())
