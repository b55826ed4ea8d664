import asyncio

TIMES = 10
DELAY = 4
COMPANIONS = 0


async def speak():
    for _ in range(TIMES):
        print("running")  #@ speaks
        await asyncio.sleep(DELAY)  #@ pause


async def interrupt(companion):
    await asyncio.sleep(DELAY * companion / (COMPANIONS + 1))  #@ after
    for time in range(1, TIMES + 1):
        print(f"companion {companion}: {time}")  #@ interrupts
        if time < TIMES:
            await asyncio.sleep(DELAY)  #@ gap


async def main():
    companions = (interrupt(companion) for companion in range(1, COMPANIONS + 1))
    await asyncio.gather(speak(), *companions)  #@ gather


asyncio.run(main())
