import asyncio
import time

MODE = "none"
DURATION = 2
WHERE = "task"
EVERY = 0.5
TICKS = 8


async def ticker(name):
    for tick in range(1, TICKS + 1):
        await asyncio.sleep(EVERY)  #@ every
        print(f"{name}: tick {tick}")  #@ tick


async def slow_call(name):
    print(f"{name}: calls")  #@ calls
    if MODE == "async-sleep":
        await asyncio.sleep(DURATION)  #@ sleep
    elif MODE == "other-thread":
        await asyncio.to_thread(time.sleep, DURATION)  #@ thread
    else:
        time.sleep(DURATION)  #@ block
    print(f"{name}: has the answer")  #@ answer


async def main():
    a = asyncio.create_task(ticker("a"), name="a")  #@ a
    b = asyncio.create_task(ticker("b"), name="b")  #@ b

    await asyncio.sleep(EVERY)  #@ before
    if WHERE == "main":
        await slow_call("main")  #@ main-call
        await asyncio.gather(a, b)  #@ gather-two
    else:
        caller = asyncio.create_task(slow_call("caller"), name="caller")  #@ caller
        await asyncio.gather(a, b, caller)  #@ gather


asyncio.run(main())
