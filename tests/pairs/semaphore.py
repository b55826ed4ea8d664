import asyncio


async def _take(sem, name):
    await sem.acquire()
    print("got", name)


# Three permits held, one waiter; in one turn two releases, two others acquire, a release and an event.
async def release_wakes_one():
    sem, event = asyncio.Semaphore(3), asyncio.Event()
    for _ in range(3):
        await sem.acquire()

    async def notified():
        await event.wait()
        print("event")

    async def release_twice():
        sem.release()
        sem.release()

    async def release_and_set():
        sem.release()
        event.set()

    tasks = [asyncio.create_task(_take(sem, "1")), asyncio.create_task(notified())]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(release_twice()))
    tasks += [asyncio.create_task(_take(sem, name)) for name in "ab"]
    tasks.append(asyncio.create_task(release_and_set()))
    await asyncio.gather(*tasks)


async def permits_come_back_while_others_wait():
    sem = asyncio.Semaphore(2)
    await sem.acquire()
    await sem.acquire()
    tasks = [asyncio.create_task(_take(sem, name)) for name in "abc"]
    await asyncio.sleep(0)
    sem.release()
    sem.release()
    sem.release()
    print(sem.locked())
    await asyncio.sleep(0)
    print(sem.locked())
    await asyncio.gather(*tasks)
    print(sem.locked())


async def a_cancelled_waiter_passes_its_permit_on():
    sem = asyncio.Semaphore(1)
    await sem.acquire()
    a, b = (asyncio.create_task(_take(sem, name)) for name in "ab")
    await asyncio.sleep(0)
    sem.release()
    a.cancel()
    await asyncio.wait([a, b])
    print(a.cancelled(), sem.locked())


async def released_without_a_guard():
    sem = asyncio.Semaphore(0)
    print(sem.locked())
    sem.release()
    sem.release()
    await sem.acquire()
    print(sem.locked())
    await sem.acquire()
    print(sem.locked())


async def bounded_is_released_too_often():
    sem = asyncio.BoundedSemaphore(1)
    async with sem:
        print(sem.locked())
    try:
        sem.release()
    except ValueError as error:
        print(error)


async def bounded_wakes_waiters_all_the_same():
    sem = asyncio.BoundedSemaphore(2)
    await sem.acquire()
    await sem.acquire()
    task = asyncio.create_task(_take(sem, "third"))
    await asyncio.sleep(0)
    sem.release()
    await task
    sem.release()
    sem.release()
    try:
        sem.release()
    except ValueError as error:
        print(error)


async def bounded_release_counts_the_waiter():
    sem = asyncio.BoundedSemaphore(1)
    await sem.acquire()
    task = asyncio.create_task(_take(sem, "second"))
    await asyncio.sleep(0)
    sem.release()
    # The waiter has the permit already, though it did not run.
    sem.release()
    await task
    print(sem.locked())


async def bounded_with_a_guard_and_without():
    sem = asyncio.BoundedSemaphore(1)
    await sem.acquire()
    print(sem.locked())
    sem.release()
    async with sem:
        print(sem.locked())
    print(sem.locked())
