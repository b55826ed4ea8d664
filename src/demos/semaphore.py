import asyncio

TASKS = 10
PERMITS = 3
STAY = 1
FORGET = False

inside = 0


async def visitor(name, room):
    global inside
    # Better: async with room. Then nobody can forget anything.
    await room.acquire()  #@ acquire
    inside += 1
    print(f"{name}: in, {inside} inside")  #@ in
    await asyncio.sleep(STAY)  #@ stay
    inside -= 1
    print(f"{name}: out")  #@ out
    if not FORGET:
        room.release()


async def main():
    room = asyncio.Semaphore(PERMITS)
    names = [f"task {number}" for number in range(1, TASKS + 1)]
    await asyncio.gather(*(visitor(name, room) for name in names))  #@ gather
    print("everybody was inside")  #@ end


asyncio.run(main())
