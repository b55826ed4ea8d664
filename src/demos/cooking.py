import asyncio
import time

MODE = "concurrent"
COOKS = 1
GRILL = 2
STEPS = 6
CHOP = 0.5


async def grill():
    print("steak: on the grill")
    await asyncio.sleep(GRILL)
    print("steak: off the grill")


async def sauce():
    for step in range(1, STEPS + 1):
        time.sleep(CHOP)  # in place of work
        print(f"sauce: step {step} of {STEPS}")
        await asyncio.sleep(0)


async def cook(number, cooks):
    for step in range(number, STEPS + 1, cooks):
        await asyncio.to_thread(time.sleep, CHOP)
        print(f"cook {number}: step {step} of {STEPS}")


async def parallel(cooks):
    if cooks == 1:
        print("one cook has only two hands: a second one helps")
        cooks = 2
    numbers = range(1, cooks + 1)
    await asyncio.gather(grill(), *(cook(number, cooks) for number in numbers))


async def main():
    if MODE == "sequential":
        await grill()
        await sauce()
    elif MODE == "concurrent":
        await asyncio.gather(grill(), sauce())
    else:
        await parallel(COOKS)
    print("the meal is ready")


asyncio.run(main())
