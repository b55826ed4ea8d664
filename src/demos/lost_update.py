import asyncio

TASKS = 2
ROUNDS = 3
PAUSE = 0.5
MODE = "none"

counter = 0


async def increment(name):
    global counter
    value = counter  #@ read
    print(f"{name}: reads {value}")  #@ reads
    await asyncio.sleep(PAUSE)  #@ pause
    counter = value + 1  #@ write
    print(f"{name}: writes {counter}")  #@ writes


async def add(name, lock):
    for _ in range(ROUNDS):
        if MODE == "lock":
            async with lock:  #@ lock
                await increment(name)  #@ locked
        else:
            await increment(name)  #@ unlocked


async def main():
    lock = asyncio.Lock()
    names = [f"task {number}" for number in range(1, TASKS + 1)]
    await asyncio.gather(*(add(name, lock) for name in names))  #@ gather
    lost = ROUNDS * TASKS - counter
    print(f"counter: {counter}, lost: {lost}")  #@ lost


asyncio.run(main())
