import asyncio

DEPTH = 3
DELAY = 1


async def level(number):
    if number < DEPTH:
        print(f"level {number}: awaits level {number + 1}")
        await level(number + 1)
    else:
        print(f"level {number}: awaits a timer")
        await asyncio.sleep(DELAY)
    print(f"level {number}: goes on")


async def main():
    await level(1)
    print("main: goes on")


asyncio.run(main())
