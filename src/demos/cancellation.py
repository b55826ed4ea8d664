import asyncio
import contextlib

STEPS = 5
STEP = 1
AFTER = 1.5
REFUSE = False


async def worker():
    refuses = REFUSE
    for step in range(1, STEPS + 1):
        print(f"worker: step {step}")  #@ step
        try:
            await asyncio.sleep(STEP)  #@ pause
        except asyncio.CancelledError:
            print(f"worker: CancelledError in step {step}")  #@ error
            if not refuses:
                print("worker: puts its things away")  #@ away
                raise  #@ raise
            print("worker: not now")  #@ not-now
            refuses = False
    print("worker: done")  #@ done


async def main():
    task = asyncio.create_task(worker(), name="worker")  #@ task

    await asyncio.sleep(AFTER)  #@ after
    while not task.done():
        print("main: please stop")  #@ stop
        task.cancel()  #@ cancel
        print("main: has asked, and the worker has not noticed yet")  #@ asked
        # Waits until the worker is done, but no longer than that.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AFTER):
                await asyncio.wait([task])  #@ wait
    if task.cancelled():
        print("main: the worker was cancelled")  #@ was-cancelled
    else:
        print("main: the worker has finished")  #@ finished


asyncio.run(main())
