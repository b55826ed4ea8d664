import asyncio

MODE = "shared"
READERS = 8
GAP = 0.04
QUERY = 0.55
CONNECTIONS = 2

database = asyncio.Semaphore(CONNECTIONS)
lock = asyncio.Lock()
cached = None
loading = None
queries = 0


async def query():
    global cached, queries
    queries += 1
    async with database:  #@ connection
        await asyncio.sleep(QUERY)  #@ query
        cached = 42
    return cached


def shared():
    """Whoever comes first begins to load, and everybody awaits the same task."""
    global loading
    if loading is None:
        loading = asyncio.create_task(query(), name="load")  #@ load
    return loading


async def reader(name):
    if cached is None:
        print(f"{name}: not in the cache")  #@ miss
        if MODE == "none":
            await query()  #@ alone
        elif MODE == "lock":
            async with lock:  #@ lock
                if cached is None:
                    await query()  #@ looked
        elif MODE == "blind":
            async with lock:  #@ blind
                await query()  #@ not-looked
        else:
            await shared()  #@ shared
    print(f"{name}: has it")  #@ has-it


async def main():
    readers = []
    for number in range(1, READERS + 1):
        name = f"reader {number}"
        readers.append(asyncio.create_task(reader(name), name=name))  #@ reader
        await asyncio.sleep(GAP)  #@ gap
    await asyncio.gather(*readers)  #@ gather
    print(f"main: queries made: {queries}")  #@ end


asyncio.run(main())
