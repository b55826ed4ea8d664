import asyncio

NAME = "world"
PAUSE = 1
AWAIT_IT = False


async def greet(name):
    print(f"hello, {name}")  #@ hello


async def main():
    coroutine = greet(NAME)  #@ make
    print(type(coroutine))  #@ type
    await asyncio.sleep(PAUSE)  #@ pause
    if AWAIT_IT:
        await coroutine  #@ await


asyncio.run(main())
