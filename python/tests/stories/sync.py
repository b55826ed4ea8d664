import asyncio

async def user(semaphore, event, condition):
    async with semaphore:
        await asyncio.sleep(1)
    await event.wait()
    async with condition:
        await condition.wait()

async def main():
    semaphore = asyncio.Semaphore(1)
    event = asyncio.Event()
    condition = asyncio.Condition()
    tasks = [asyncio.create_task(user(semaphore, event, condition), name=n) for n in "ab"]
    await asyncio.sleep(3)
    event.set()
    await asyncio.sleep(1)
    async with condition:
        condition.notify_all()
    await asyncio.wait(tasks)

asyncio.run(main())
