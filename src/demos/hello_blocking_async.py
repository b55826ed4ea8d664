import asyncio
import time

TASKS = 3
DELAY = 2
MODE = "async"


async def greet(number):
    await asyncio.sleep(DELAY)  #@ pause
    print(f"task {number}: hello")  #@ hello


async def greet_blocking(number):
    time.sleep(DELAY)  #@ block
    print(f"task {number}: hello")  #@ hello-late


async def main():
    body = greet_blocking if MODE == "blocking" else greet
    await asyncio.gather(*(body(number) for number in range(1, TASKS + 1)))  #@ gather
    print("everybody has greeted")  #@ end


asyncio.run(main())
