import asyncio

MODE = "priority"
JOBS = 8
URGENT = [5, 7]
EVERY = 0.2
WORK = 0.5


async def producer(jobs):
    for number in range(1, JOBS + 1):
        await asyncio.sleep(EVERY)  #@ every
        if number in URGENT:
            print(f"producer: job {number} is urgent")  #@ urgent
            await jobs.put((0, number))  #@ put-urgent
        else:
            await jobs.put((1, number))  #@ put


async def worker(jobs):
    for _ in range(JOBS):
        priority, number = await jobs.get()  #@ get
        await asyncio.sleep(WORK)  #@ work
        print(f"worker: job {number} done, {jobs.qsize()} in the queue")  #@ done
    print("worker: is through")  #@ through


async def main():
    jobs = asyncio.PriorityQueue() if MODE == "priority" else asyncio.Queue()
    await asyncio.gather(producer(jobs), worker(jobs))  #@ gather


asyncio.run(main())
