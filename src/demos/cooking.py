import asyncio
import time

MODE = "concurrent"
COOKS = 1
GRILL = 2
STEPS = 6
CHOP = 0.5


async def grill():
    print("steak: on the grill")  #@ on
    await asyncio.sleep(GRILL)  #@ grill
    print("steak: off the grill")  #@ off


async def sauce():
    for step in range(1, STEPS + 1):
        time.sleep(CHOP)  # in place of work  #@ chop
        print(f"sauce: step {step} of {STEPS}")  #@ step
        await asyncio.sleep(0)  #@ yield


async def cook(number, cooks):
    for step in range(number, STEPS + 1, cooks):
        await asyncio.to_thread(time.sleep, CHOP)  #@ cook
        print(f"cook {number}: step {step} of {STEPS}")  #@ cook-step


async def parallel(cooks):
    if cooks == 1:
        print("one cook has only two hands: a second one helps")  #@ hands
        cooks = 2
    numbers = range(1, cooks + 1)
    await asyncio.gather(grill(), *(cook(number, cooks) for number in numbers))  #@ gather-cooks


async def main():
    if MODE == "sequential":
        await grill()  #@ first-grill
        await sauce()  #@ then-sauce
    elif MODE == "concurrent":
        await asyncio.gather(grill(), sauce())  #@ gather
    else:
        await parallel(COOKS)  #@ parallel
    print("the meal is ready")  #@ ready


asyncio.run(main())
