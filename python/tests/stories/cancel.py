import asyncio

async def child():
    try:
        await asyncio.sleep(10)
    finally:
        print("cleaned")

async def parent():
    await asyncio.create_task(child(), name="child")

async def main():
    task = asyncio.create_task(parent(), name="parent")
    await asyncio.sleep(1)
    task.cancel()
    try:
        async with asyncio.timeout(2):
            await asyncio.sleep(5)
    except TimeoutError:
        print("late")

asyncio.run(main())
