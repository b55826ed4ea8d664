import asyncio

TASKS = 3
STEPS = 3
PAUSE = 0.5


async def steps(number):
    for step in range(1, STEPS + 1):
        print(f"task {number}: step {step}")  #@ step
        await asyncio.sleep((number - 1) * PAUSE)  #@ pause
    print(f"task {number}: done")  #@ done


async def main():
    await asyncio.gather(*(steps(number) for number in range(1, TASKS + 1)))  #@ gather
    print("all done")  #@ end


asyncio.run(main())
