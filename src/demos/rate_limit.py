import asyncio

MODE = "bucket"
REQUESTS = 12
BURST = 3
EVERY = 0.4
LATENCY = 0.3
ALLOWED = 6

recent = 0


def forget():
    global recent
    recent -= 1


async def request(name):
    global recent
    recent += 1
    asyncio.get_running_loop().call_later(1, forget)  #@ forget
    takes_it = recent <= ALLOWED
    await asyncio.sleep(LATENCY)  #@ answer
    print(f"{name}: {'answered' if takes_it else 'refused'}")  #@ answered
    return takes_it


async def refill(tokens):
    while True:
        await asyncio.sleep(EVERY)  #@ every
        if not tokens.full():
            await tokens.put(None)  #@ refill


async def client(name, permits, tokens):
    if MODE == "none":
        return await request(name)  #@ none
    if MODE == "semaphore":
        async with permits:  #@ permit
            return await request(name)  #@ with-permit
    await tokens.get()  #@ token
    return await request(name)  #@ with-token


async def main():
    permits, tokens = asyncio.Semaphore(BURST), asyncio.Queue(BURST)
    for _ in range(BURST):
        await tokens.put(None)  #@ fill
    task = asyncio.create_task(refill(tokens), name="refill")  #@ task

    names = [f"client {number}" for number in range(1, REQUESTS + 1)]
    answered = await asyncio.gather(*(client(name, permits, tokens) for name in names))  #@ gather
    print(f"main: {answered.count(False)} refused")  #@ end
    task.cancel()  #@ cancel
    await asyncio.wait([task])  #@ wait


asyncio.run(main())
