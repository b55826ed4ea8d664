import asyncio
import contextlib

STEPS = 5
STEP = 1
AFTER = 1.5
REFUSE = False


async def worker():
    refuses = REFUSE
    for step in range(1, STEPS + 1):
        print(f"worker: step {step}")
        try:
            await asyncio.sleep(STEP)
        except asyncio.CancelledError:
            print(f"worker: CancelledError in step {step}")
            if not refuses:
                print("worker: puts its things away")
                raise
            print("worker: not now")
            refuses = False
    print("worker: done")


async def main():
    task = asyncio.create_task(worker(), name="worker")

    await asyncio.sleep(AFTER)
    while not task.done():
        print("main: please stop")
        task.cancel()
        print("main: has asked, and the worker has not noticed yet")
        # Waits until the worker is done, but no longer than that.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AFTER):
                await asyncio.wait([task])
    if task.cancelled():
        print("main: the worker was cancelled")
    else:
        print("main: the worker has finished")


asyncio.run(main())
