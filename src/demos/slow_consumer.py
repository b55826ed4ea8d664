import asyncio

MODE = "unbounded"
ITEMS = 12
EVERY = 0.2
USE = 0.5
ROOM = 3


newest = 0


async def producer(queue):
    global newest
    for item in range(1, ITEMS + 1):
        await asyncio.sleep(EVERY)  #@ every
        newest = item
        if MODE == "drop" and queue.full():
            print(f"producer: throws {queue.get_nowait()} away")  #@ drop
        await queue.put(item)  #@ put
    print("producer: has made everything")  #@ made
    await queue.put(None)  #@ end


async def consumer(queue):
    while (item := await queue.get()) is not None:  #@ get
        await asyncio.sleep(USE)  #@ use
        print(f"consumer: used {item}, the newest is {newest}")  #@ used
    print("consumer: is through")  #@ through


async def main():
    queue = asyncio.Queue(0 if MODE == "unbounded" else ROOM)
    await asyncio.gather(producer(queue), consumer(queue))  #@ gather


asyncio.run(main())
