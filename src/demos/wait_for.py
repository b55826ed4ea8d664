import asyncio

STEPS = [0.8, 0.5, 0.9]
LIMIT = 1
MODE = "together"


async def step(number, time):
    try:
        await asyncio.sleep(time)  #@ work
    except asyncio.CancelledError:
        print(f"step {number}: cancelled")  #@ cancelled
        raise  #@ raise
    print(f"step {number}: done")  #@ done


def begin(number, time):
    print(f"main: begins step {number}")  #@ begins
    return asyncio.create_task(step(number, time), name=f"step {number}")  #@ task


async def main():
    loop = asyncio.get_running_loop()
    steps = list(enumerate(STEPS, 1))
    try:
        if MODE == "each":
            for number, time in steps:
                await asyncio.wait_for(begin(number, time), LIMIT)  #@ each
        elif MODE == "together":
            async with asyncio.timeout(LIMIT):  #@ scope
                for number, time in steps:
                    await begin(number, time)  #@ together
        else:
            async with asyncio.timeout(LIMIT) as scope:  #@ moved-scope
                for number, time in steps:
                    await begin(number, time)  #@ moved
                    scope.reschedule(loop.time() + LIMIT)
        print("main: all steps are done")  #@ all
    except TimeoutError:
        print("main: too late")  #@ late


asyncio.run(main())
