import asyncio

WAITERS = 4
AFTER = 1


async def waiter(name, start):
    print(f"{name}: waits")  #@ waits
    await start.wait()  #@ wait
    print(f"{name}: goes")  #@ goes


async def main():
    start = asyncio.Event()
    tasks = []
    for number in range(1, WAITERS + 1):
        name = f"waiter {number}"
        tasks.append(asyncio.create_task(waiter(name, start), name=name))  #@ task

    await asyncio.sleep(AFTER)  #@ pause
    print("main: sets the event")  #@ sets
    start.set()  #@ set
    print("main: has set it, and nobody has run yet")  #@ has-set
    await asyncio.gather(*tasks)  #@ gather

    # The event stays set: whoever comes late does not wait at all.
    await start.wait()  #@ again
    print("main: did not have to wait")  #@ no-wait


asyncio.run(main())
