import asyncio

NAME = "world"
PAUSE = 1
AWAIT_IT = True


async def greet(name):
    print(f"hello, {name}")


async def main():
    coroutine = greet(NAME)
    await asyncio.sleep(PAUSE)
    if AWAIT_IT:
        await coroutine


asyncio.run(main())
