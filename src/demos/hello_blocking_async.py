import asyncio
import time

TASKS = 3
DELAY = 2
MODE = "async"


async def greet():
    await asyncio.sleep(DELAY)  #@ pause
    print("Hello")  #@ hello


async def greet_blocking():
    time.sleep(DELAY)  #@ block
    print("Hello")  #@ hello-late


async def main():
    body = greet_blocking if MODE == "blocking" else greet
    await asyncio.gather(*(body() for _ in range(TASKS)))  #@ gather


asyncio.run(main())
