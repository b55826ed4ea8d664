import asyncio

ITEMS = 8
CAPACITY = 2
MAKE = 0.2
USE = 0.5


async def producer(queue):
    for item in range(1, ITEMS + 1):
        await asyncio.sleep(MAKE)
        if queue.full():
            print(f"producer: has {item}, and the queue is full")
        await queue.put(item)
        print(f"producer: put {item}, {queue.qsize()} in the queue")
    await queue.put(None)


async def consumer(queue):
    while (item := await queue.get()) is not None:
        await asyncio.sleep(USE)
        print(f"consumer: used {item}")
    print("consumer: stops")


async def main():
    queue = asyncio.Queue(CAPACITY)
    await asyncio.gather(producer(queue), consumer(queue))


asyncio.run(main())
