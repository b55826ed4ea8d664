import asyncio

MODE = "deadline"
JOBS = 20
WORKERS = 3
TIMES = [0.5, 0.8, 1.1, 2.6]
SIGNAL = 1.7
GRACE = 1


async def worker(name, jobs, stop):
    while not stop.is_set() and not jobs.empty():
        job, time = await jobs.get()  #@ get
        print(f"{name}: begins job {job}")  #@ begins
        try:
            await asyncio.sleep(time)  #@ work
        except asyncio.CancelledError:
            print(f"{name}: cancelled, puts job {job} back")  #@ back
            await jobs.put((job, time))  #@ put-back
            raise  #@ raise
        print(f"{name}: has done job {job}")  #@ done
    print(f"{name}: stops")  #@ stops


async def main():
    jobs, stop = asyncio.Queue(), asyncio.Event()
    for job in range(1, JOBS + 1):
        await jobs.put((job, TIMES[(job - 1) % len(TIMES)]))  #@ put
    workers = []
    for number in range(1, WORKERS + 1):
        name = f"worker {number}"
        workers.append(asyncio.create_task(worker(name, jobs, stop), name=name))  #@ worker

    # In place of a signal handler, which does nothing but set the event either:
    # loop.add_signal_handler(signal.SIGTERM, stop.set)
    asyncio.get_running_loop().call_later(SIGNAL, stop.set)  #@ signal
    await stop.wait()  #@ stop
    print("main: told to stop")  #@ told

    grace = {"at-once": 0, "deadline": GRACE}.get(MODE)
    _, left = await asyncio.wait(workers, timeout=grace)  #@ grace
    print(f"main: workers not done: {len(left)}")  #@ left
    for task in workers:
        task.cancel()  #@ cancel
    await asyncio.wait(workers)  #@ over
    print(f"main: jobs for the next start: {jobs.qsize()}")  #@ end


asyncio.run(main())
