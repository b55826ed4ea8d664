import asyncio

DEPTH = 3
DELAY = 1


async def level(number):
    if number < DEPTH:
        print(f"level {number}: awaits level {number + 1}")  #@ awaits
        await level(number + 1)  #@ next
    else:
        print(f"level {number}: awaits a timer")  #@ awaits-timer
        await asyncio.sleep(DELAY)  #@ timer
    print(f"level {number}: goes on")  #@ goes-on


async def main():
    await level(1)  #@ first
    print("main: goes on")  #@ end


asyncio.run(main())
