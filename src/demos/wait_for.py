import asyncio

MODE = "each"
LIMIT = 1
STEPS = [0.6, 1.1, 0.9]
CLEAN_UP = 0.2


async def step(number, time):
    print(f"step {number}: begins")  #@ begins
    try:
        await asyncio.sleep(time)  #@ work
    except asyncio.CancelledError:
        print(f"step {number}: cancelled, cleans up")  #@ cancelled
        await asyncio.sleep(CLEAN_UP)  #@ clean-up
        raise  #@ raise
    print(f"step {number}: done")  #@ done


async def main():
    steps = []

    def begin(number):
        body = step(number, STEPS[number - 1])
        steps.append(asyncio.create_task(body, name=f"step {number}"))  #@ task
        return steps[-1]

    if MODE == "block":
        try:
            async with asyncio.timeout(LIMIT):  #@ timeout
                for number in range(1, len(STEPS) + 1):
                    await begin(number)  #@ await
        except TimeoutError:
            print("main: the time is up")  #@ up
    else:
        for number in range(1, len(STEPS) + 1):
            task = begin(number)
            if MODE == "each":
                try:
                    await asyncio.wait_for(task, LIMIT)  #@ wait-for
                except TimeoutError:
                    print(f"main: step {number} took too long")  #@ too-long
            else:
                _, pending = await asyncio.wait([task], timeout=LIMIT)  #@ wait
                if pending:
                    print(f"main: waits no longer for step {number}")  #@ no-longer
    done = [task for task in steps if task.done() and not task.cancelled()]
    print(f"main: {len(done)} of {len(STEPS)} steps done")  #@ end


asyncio.run(main())
