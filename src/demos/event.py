import asyncio

WAITERS = 4
AFTER = 1


async def waiter(name, start):
    print(f"{name}: waits")
    await start.wait()
    print(f"{name}: goes")


async def main():
    start = asyncio.Event()
    tasks = []
    for number in range(1, WAITERS + 1):
        name = f"waiter {number}"
        tasks.append(asyncio.create_task(waiter(name, start), name=name))

    await asyncio.sleep(AFTER)
    print("main: sets the event")
    start.set()
    print("main: has set it, and nobody has run yet")
    await asyncio.gather(*tasks)

    # The event stays set: whoever comes late does not wait at all.
    await start.wait()
    print("main: did not have to wait")


asyncio.run(main())
