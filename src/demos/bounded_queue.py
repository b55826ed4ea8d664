import asyncio

ITEMS = 8
CAPACITY = 2
MAKE = 0.2
USE = 0.5


async def producer(queue):
    for item in range(1, ITEMS + 1):
        await asyncio.sleep(MAKE)  #@ make
        if queue.full():
            print(f"producer: has {item}, and the queue is full")  #@ full
        await queue.put(item)  #@ put
        print(f"producer: put {item}, {queue.qsize()} in the queue")  #@ has-put
    await queue.put(None)  #@ signal


async def consumer(queue):
    while (item := await queue.get()) is not None:  #@ get
        await asyncio.sleep(USE)  #@ use
        print(f"consumer: used {item}")  #@ used
    print("consumer: stops")  #@ stops


async def main():
    queue = asyncio.Queue(CAPACITY)
    await asyncio.gather(producer(queue), consumer(queue))  #@ gather


asyncio.run(main())
