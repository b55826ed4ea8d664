import asyncio
import random

PAGES = 10
WORKERS = 4
SHORTEST = 0.3
LONGEST = 0.9
SEED = 7


async def worker(name, pages):
    print(f"{name}: starts")  #@ starts
    count = 0
    while True:
        item = await pages.get()  #@ get
        if item is None:
            break
        page, time = item
        print(f"{name}: took page {page}")  #@ page
        await asyncio.sleep(time)  #@ work
        count += 1
        pages.task_done()
    print(f"{name}: finished")  #@ finished
    pages.task_done()
    return count


async def main():
    rng = random.Random(SEED)
    shortest = round(SHORTEST * 1000)
    longest = max(round(LONGEST * 1000), shortest)
    pages = asyncio.Queue()
    for page in range(1, PAGES + 1):
        time = rng.randint(shortest, longest) / 1000
        await pages.put((page, time))  #@ put

    workers = []
    for number in range(1, WORKERS + 1):
        name = f"worker {number}"
        workers.append(asyncio.create_task(worker(name, pages), name=name))  #@ worker
    await pages.join()  #@ join

    for _ in workers:
        await pages.put(None)  #@ signal
    await asyncio.gather(*workers)  #@ gather


asyncio.run(main())
