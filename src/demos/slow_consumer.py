import asyncio

MODE = "bounded"
ITEMS = 12
ROOM = 2
MAKE = 0.09
USE = 0.4

made = dropped = most = 0


def look(queue):
    global most
    most = max(most, queue.qsize())


async def producer(queue):
    global made, dropped
    for item in range(1, ITEMS + 1):
        await asyncio.sleep(MAKE)  #@ make
        made = item
        if MODE == "drop" and queue.full():
            oldest = await queue.get()  #@ drop
            print(f"producer: drops {oldest}")  #@ drops
            dropped += 1
        await queue.put(item)  #@ put
        look(queue)
    print("producer: has made all")  #@ all
    await queue.put(0)  #@ signal


async def consumer(queue):
    while True:
        item = await queue.get()  #@ get
        look(queue)
        if item == 0:
            break
        await asyncio.sleep(USE)  #@ use
        print(f"consumer: used {item}, {made - item} behind")  #@ used


async def main():
    queue = asyncio.Queue(0 if MODE == "unbounded" else ROOM)
    await asyncio.gather(producer(queue), consumer(queue))  #@ gather
    print(f"main: at most {most} waited, {dropped} dropped")  #@ end


asyncio.run(main())
