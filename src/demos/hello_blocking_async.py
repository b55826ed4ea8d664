import asyncio
import time

TASKS = 3
DELAY = 2
MODE = "async"


async def greet(number):
    await asyncio.sleep(DELAY)
    print(f"task {number}: hello")


async def greet_blocking(number):
    time.sleep(DELAY)
    print(f"task {number}: hello")


async def main():
    body = greet_blocking if MODE == "blocking" else greet
    await asyncio.gather(*(body(number) for number in range(1, TASKS + 1)))
    print("everybody has greeted")


asyncio.run(main())
