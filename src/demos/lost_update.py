import asyncio

TASKS = 2
ROUNDS = 3
PAUSE = 0.5
MODE = "none"

counter = 0


async def increment(name):
    global counter
    value = counter
    print(f"{name}: reads {value}")
    await asyncio.sleep(PAUSE)
    counter = value + 1
    print(f"{name}: writes {counter}")


async def add(name, lock):
    for _ in range(ROUNDS):
        if MODE == "lock":
            async with lock:
                await increment(name)
        else:
            await increment(name)


async def main():
    lock = asyncio.Lock()
    names = [f"task {number}" for number in range(1, TASKS + 1)]
    await asyncio.gather(*(add(name, lock) for name in names))
    lost = ROUNDS * TASKS - counter
    print(f"counter: {counter}, lost: {lost}")


asyncio.run(main())
