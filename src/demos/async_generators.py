import asyncio

COUNT = 3
GAP = 0.5


async def measurements():
    for number in range(1, COUNT + 1):
        await asyncio.sleep(GAP)  #@ wait
        yield number * number  #@ yield


async def consume():
    async for value in measurements():  #@ next
        print(f"consumer: {value}")  #@ value
    print("consumer: no more values")  #@ no-more


async def other():
    await asyncio.sleep(GAP / 2)  #@ before
    for number in range(1, COUNT + 1):
        print(f"other task: {number}")  #@ other
        await asyncio.sleep(GAP)  #@ gap


async def main():
    await asyncio.gather(consume(), other())  #@ gather


asyncio.run(main())
