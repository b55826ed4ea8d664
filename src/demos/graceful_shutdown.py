import asyncio

WORK = [0.7, 2, 5]
SIGNAL = 3
GRACE = 1.5


async def worker(number, time, stopping):
    count = 0
    try:
        while not stopping.is_set():
            await asyncio.sleep(time)  #@ work
            count += 1
    except asyncio.CancelledError:
        print(f"worker {number}: loses what it has in hand")  #@ loses
        raise  #@ raise
    print(f"worker {number}: stops after {count}")  #@ stops


async def main():
    stopping = asyncio.Event()
    workers = []
    for number, time in enumerate(WORK, 1):
        name = f"worker {number}"
        workers.append(asyncio.create_task(worker(number, time, stopping), name=name))  #@ task

    await asyncio.sleep(SIGNAL)  #@ signal
    print("main: the signal to stop")  #@ told
    stopping.set()  #@ set
    done, late = await asyncio.wait(workers, timeout=GRACE)  #@ grace
    print(f"main: {len(done)} stopped in time, {len(late)} did not")  #@ in-time
    for task in workers:
        if task in late:
            task.cancel()  #@ cancel
    if late:
        await asyncio.wait(late)  #@ late
    print("main: nobody is left")  #@ end


asyncio.run(main())
