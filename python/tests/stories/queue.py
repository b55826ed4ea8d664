import asyncio

async def worker(queue, lock):
    while True:
        item = await queue.get()
        async with lock:
            await asyncio.sleep(1)
            print(item)
        queue.task_done()

async def main():
    queue = asyncio.Queue(1)
    lock = asyncio.Lock()
    workers = [asyncio.create_task(worker(queue, lock), name=f"w{i}") for i in range(2)]
    for item in range(3):
        await queue.put(item)
    await queue.join()
    for one in workers:
        one.cancel()
    await asyncio.gather(*workers, return_exceptions=True)

asyncio.run(main())
