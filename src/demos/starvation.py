import asyncio
import time

STEPS = 40
STEP = 0.03
PAUSE_EVERY = 0
TICK = 0.1

done = 0
largest_gap = 0


async def work():
    global done
    for step in range(1, STEPS + 1):
        time.sleep(STEP)  # stands for computing that takes as long  #@ step
        done = step
        if PAUSE_EVERY > 0 and step % PAUSE_EVERY == 0:
            await asyncio.sleep(0)  #@ pause
    print(f"work: done after {done} steps")  #@ done


async def ticker():
    global largest_gap
    last = 0
    while True:
        await asyncio.sleep(TICK)  #@ tick
        print(f"tick: the work is at step {done}")  #@ tick-line
        largest_gap = max(largest_gap, done - last)
        last = done


async def main():
    ticking = asyncio.create_task(ticker(), name="ticker")  #@ ticker
    await asyncio.create_task(work(), name="work")  #@ work
    ticking.cancel()  #@ cancel
    if largest_gap == 0:
        print("the ticker never ran during the work")  #@ never
    else:
        print(f"largest gap between two ticks: {largest_gap} steps")  #@ largest


asyncio.run(main())
