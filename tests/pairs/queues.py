import asyncio


async def least_first():
    queue = asyncio.PriorityQueue()
    for item in (3, 1, 2, 1):
        queue.put_nowait(item)
    print([await queue.get() for _ in range(4)])


async def equal_priorities_in_the_heaps_order():
    class Job:
        def __init__(self, priority, name):
            self.priority, self.name = priority, name

        def __lt__(self, other):
            return self.priority < other.priority

    queue = asyncio.PriorityQueue()
    for number, name in enumerate("abcdefgh"):
        queue.put_nowait(Job(number % 3, name))
    print("".join([(await queue.get()).name for _ in range(8)]))


async def a_priority_queue_with_waiters():
    queue = asyncio.PriorityQueue(2)

    async def puts():
        for item in (5, 4, 3, 2, 1):
            await queue.put(item)
            print("put", item)

    async def gets():
        for _ in range(5):
            print("got", await queue.get())
            await asyncio.sleep(0.001)

    await asyncio.gather(puts(), gets())


async def a_waiter_gets_the_least():
    queue = asyncio.PriorityQueue()

    async def gets(name):
        print(name, await queue.get())

    tasks = [asyncio.create_task(gets(name)) for name in "ab"]
    await asyncio.sleep(0)
    queue.put_nowait(2)
    queue.put_nowait(1)
    await asyncio.gather(*tasks)


async def last_first():
    queue = asyncio.LifoQueue()
    for item in "abc":
        await queue.put(item)
    print(queue.qsize(), [queue.get_nowait() for _ in range(3)])


async def last_first_with_room_for_one():
    queue = asyncio.LifoQueue(1)

    async def puts():
        for item in "abc":
            await queue.put(item)
            print("put", item)

    task = asyncio.create_task(puts())
    for _ in range(3):
        await asyncio.sleep(0.001)
        print("got", await queue.get())
    await task


async def last_first_with_waiters():
    queue = asyncio.LifoQueue()

    async def gets(name):
        print(name, await queue.get())

    tasks = [asyncio.create_task(gets(name)) for name in "ab"]
    await asyncio.sleep(0)
    for item in "xyz":
        queue.put_nowait(item)
    await asyncio.gather(*tasks)
    print(queue.get_nowait())


async def last_first_joined():
    queue = asyncio.LifoQueue()
    for item in "ab":
        queue.put_nowait(item)

    async def works():
        while True:
            print(await queue.get())
            await asyncio.sleep(0.001)
            queue.task_done()

    worker = asyncio.create_task(works())
    await queue.join()
    print("joined", worker.cancel())


async def without_waiting():
    queue = asyncio.Queue(1)
    queue.put_nowait("a")
    try:
        queue.put_nowait("b")
    except asyncio.QueueFull as error:
        print(type(error).__name__)
    print(queue.get_nowait())
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty as error:
        print(type(error).__name__)


async def shut_down_while_one_gets():
    queue = asyncio.Queue()

    async def gets(name):
        try:
            print(name, await queue.get())
        except asyncio.QueueShutDown as error:
            print(name, type(error).__name__)

    tasks = [asyncio.create_task(gets(name)) for name in "abc"]
    await asyncio.sleep(0)
    queue.put_nowait("item")
    queue.shutdown()
    await asyncio.gather(*tasks)


async def shut_down_with_items_left():
    queue = asyncio.Queue()
    queue.put_nowait("a")
    queue.shutdown()
    try:
        queue.put_nowait("b")
    except asyncio.QueueShutDown as error:
        print(type(error).__name__)
    print(await queue.get())
    try:
        await queue.get()
    except asyncio.QueueShutDown as error:
        print(type(error).__name__)
    try:
        queue.get_nowait()
    except asyncio.QueueShutDown as error:
        print(type(error).__name__)


async def shut_down_at_once():
    queue = asyncio.Queue()
    for item in "ab":
        queue.put_nowait(item)

    async def joins():
        await queue.join()
        print("joined")

    task = asyncio.create_task(joins())
    await asyncio.sleep(0)
    queue.shutdown(immediate=True)
    print(queue.qsize())
    await task
    await queue.get()


async def shut_down_while_one_puts():
    queue = asyncio.Queue(1)
    await queue.put("a")

    async def puts():
        try:
            await queue.put("b")
        except asyncio.QueueShutDown as error:
            print(type(error).__name__)

    task = asyncio.create_task(puts())
    await asyncio.sleep(0)
    queue.shutdown()
    await task
    print(queue.qsize())


async def shut_down_and_joined():
    queue = asyncio.Queue()
    queue.put_nowait("a")
    queue.shutdown()
    print(queue.get_nowait())
    queue.task_done()
    await queue.join()
    print("joined")
