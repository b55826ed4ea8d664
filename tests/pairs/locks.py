import asyncio


# To notify without the lock is an error, and notifies nobody.
async def notify_without_the_lock():
    condition = asyncio.Condition()

    async def waits():
        async with condition:
            await condition.wait()
            print("notified")

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    try:
        condition.notify()
    except RuntimeError as error:
        print(error)
    try:
        condition.notify_all()
    except RuntimeError as error:
        print(error)
    await asyncio.sleep(0.001)
    print(task.done())
    async with condition:
        condition.notify()
    await task


async def notify_under_another_ones_lock():
    condition = asyncio.Condition()

    async def waits():
        async with condition:
            await condition.wait()
            print("notified")

    async def holds():
        async with condition:
            await asyncio.sleep(0.002)

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    holding = asyncio.create_task(holds())
    await asyncio.sleep(0.001)
    # Somebody holds it: that is all that is looked at.
    condition.notify()
    print("no error")
    await asyncio.gather(task, holding)


async def wait_for_a_predicate():
    condition, items = asyncio.Condition(), []

    async def waits():
        async with condition:
            await condition.wait_for(lambda: len(items) >= 2)
            print("has", len(items))

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    for item in "ab":
        async with condition:
            items.append(item)
            condition.notify()
        await asyncio.sleep(0.001)
        print("put", item, task.done())
    await task


async def notify_two_of_three():
    condition = asyncio.Condition()

    async def waits(name):
        async with condition:
            await condition.wait()
            print(name)

    tasks = [asyncio.create_task(waits(name)) for name in "abc"]
    await asyncio.sleep(0)
    async with condition:
        condition.notify(2)
    await asyncio.sleep(0.001)
    print("the last")
    async with condition:
        condition.notify_all()
    await asyncio.gather(*tasks)


async def a_cancelled_wait_has_the_lock():
    condition = asyncio.Condition()

    async def waits():
        async with condition:
            try:
                await condition.wait()
            except asyncio.CancelledError as error:
                print(repr(str(error)), condition.locked())
                raise

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    task.cancel("no more")
    await asyncio.wait([task])
    print(task.cancelled(), condition.locked())


async def released_without_a_guard():
    lock = asyncio.Lock()
    await lock.acquire()
    print(lock.locked())
    lock.release()
    print(lock.locked())
    try:
        lock.release()
    except RuntimeError as error:
        print(error)


async def released_by_another_task():
    lock = asyncio.Lock()
    await lock.acquire()

    async def waits():
        async with lock:
            print("has it")

    async def releases():
        lock.release()
        print("released", lock.locked())

    await asyncio.gather(waits(), releases())
    print(lock.locked())


async def released_and_taken_in_one_turn():
    lock = asyncio.Lock()
    await lock.acquire()

    async def waits(name):
        async with lock:
            print(name)

    tasks = [asyncio.create_task(waits(name)) for name in "ab"]
    await asyncio.sleep(0)
    lock.release()
    # The lock is free, but somebody waits: newcomers stand behind.
    await waits("main")
    await asyncio.gather(*tasks)


async def a_lock_whose_waiters_are_all_cancelled():
    lock = asyncio.Lock()
    await lock.acquire()

    async def waits():
        await lock.acquire()

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    lock.release()
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled(), lock.locked())
    await lock.acquire()
    print(lock.locked())


async def an_event_that_is_set_and_cleared():
    event = asyncio.Event()

    async def waits(name):
        await event.wait()
        print(name, event.is_set())

    tasks = [asyncio.create_task(waits(name)) for name in "ab"]
    await asyncio.sleep(0)
    event.set()
    event.clear()
    tasks.append(asyncio.create_task(waits("c")))
    await asyncio.sleep(0.001)
    event.set()
    await asyncio.gather(*tasks)
