import asyncio

NAME = ""
PAUSE = 1
AWAIT_IT = True


async def greet(name):
    if name:
        print(f"hello, {name}")  #@ hello
    await asyncio.sleep(PAUSE)  #@ inside


async def main():
    coroutine = greet(NAME)  #@ make
    print(type(coroutine))  #@ class
    await asyncio.sleep(PAUSE)  #@ pause
    if AWAIT_IT:
        await coroutine  #@ await


asyncio.run(main())
