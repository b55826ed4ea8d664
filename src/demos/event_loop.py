import asyncio

TASKS = 3
STEPS = 3
PAUSE = 0.5


async def steps(number):
    for step in range(1, STEPS + 1):
        print(f"task {number}: step {step}")
        await asyncio.sleep((number - 1) * PAUSE)
    print(f"task {number}: done")


async def main():
    await asyncio.gather(*(steps(number) for number in range(1, TASKS + 1)))
    print("all done")


asyncio.run(main())
