import asyncio

COUNT = 3
GAP = 0.5


async def measurements():
    for number in range(1, COUNT + 1):
        await asyncio.sleep(GAP)
        yield number * number


async def consume():
    async for value in measurements():
        print(f"consumer: {value}")
    print("consumer: no more values")


async def other():
    await asyncio.sleep(GAP / 2)
    for number in range(1, COUNT + 1):
        print(f"other task: {number}")
        await asyncio.sleep(GAP)


async def main():
    await asyncio.gather(consume(), other())


asyncio.run(main())
