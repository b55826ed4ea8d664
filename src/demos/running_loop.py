import asyncio

TIMES = 10
DELAY = 4
COMPANIONS = 1


async def speak():
    for time in range(1, TIMES + 1):
        print(f"speaker: {time}")
        await asyncio.sleep(DELAY)


async def interrupt(companion):
    await asyncio.sleep(DELAY * companion / (COMPANIONS + 1))
    for time in range(1, TIMES + 1):
        print(f"companion {companion}: {time}")
        if time < TIMES:
            await asyncio.sleep(DELAY)


async def main():
    companions = (interrupt(companion) for companion in range(1, COMPANIONS + 1))
    await asyncio.gather(speak(), *companions)
    print("silence")


asyncio.run(main())
