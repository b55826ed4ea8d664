import asyncio
import time

MODE = "none"
DURATION = 2
WHERE = "task"
EVERY = 0.5
TICKS = 8


async def ticker(name):
    for tick in range(1, TICKS + 1):
        await asyncio.sleep(EVERY)
        print(f"{name}: tick {tick}")


async def slow_call(name):
    print(f"{name}: calls")
    if MODE == "async-sleep":
        await asyncio.sleep(DURATION)
    elif MODE == "other-thread":
        await asyncio.to_thread(time.sleep, DURATION)
    else:
        time.sleep(DURATION)
    print(f"{name}: has the answer")


async def main():
    a = asyncio.create_task(ticker("a"), name="a")
    b = asyncio.create_task(ticker("b"), name="b")

    await asyncio.sleep(EVERY)
    if WHERE == "main":
        await slow_call("main")
        await asyncio.gather(a, b)
    else:
        caller = asyncio.create_task(slow_call("caller"), name="caller")
        await asyncio.gather(a, b, caller)


asyncio.run(main())
