import asyncio

MODE = "priority"
PRIORITIES = [3, 3, 3, 1, 2, 1]
GAP = 0.3
WORK = 0.7
WORKERS = 1

QUEUES = {
    "fifo": asyncio.Queue,
    "priority": asyncio.PriorityQueue,
    "lifo": asyncio.LifoQueue,
}


async def worker(name, jobs):
    while True:
        priority, number = await jobs.get()  #@ get
        print(f"{name}: begins job {number}, priority {priority}")  #@ begins
        await asyncio.sleep(WORK)  #@ work
        print(f"{name}: has done job {number}")  #@ done
        jobs.task_done()


async def main():
    jobs = QUEUES[MODE]()
    workers = []
    for number in range(1, WORKERS + 1):
        name = f"worker {number}"
        workers.append(asyncio.create_task(worker(name, jobs), name=name))  #@ worker

    # Of items that are equal in the first number the second one decides.
    for number, priority in enumerate(PRIORITIES, 1):
        print(f"main: puts job {number}, priority {priority}")  #@ puts
        await jobs.put((priority, number))  #@ put
        await asyncio.sleep(GAP)  #@ gap
    await jobs.join()  #@ join
    print("main: all jobs are done")  #@ all
    for task in workers:
        task.cancel()  #@ cancel
    await asyncio.gather(*workers, return_exceptions=True)  #@ gather


asyncio.run(main())
