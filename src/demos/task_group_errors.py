import asyncio

MODE = "each"
TASKS = 4
FAILS = [2]
CLEAN_UP_FAILS = [4]
PAUSE = 0.7
CLEAN_UP = 0.15


async def job(number):
    try:
        await asyncio.sleep(PAUSE * number)  #@ work
    except asyncio.CancelledError:
        await asyncio.sleep(CLEAN_UP * number)  #@ clean-up
        if number in CLEAN_UP_FAILS:
            print(f"task {number}: cancelled, cannot clean up")  #@ cannot
            raise OSError(f"of task {number}")  #@ os-error
        print(f"task {number}: cancelled, has cleaned up")  #@ cancelled
        raise  #@ raise
    if number in FAILS:
        print(f"task {number}: fails")  #@ fails
        raise ValueError(f"of task {number}")  #@ value-error
    print(f"task {number}: done")  #@ done


async def work():
    async with asyncio.TaskGroup() as group:  #@ group
        for number in range(1, TASKS + 1):
            group.create_task(job(number), name=f"task {number}")  #@ task
    print("main: all went well")  #@ well


def handle(group):
    for error in group.exceptions:
        print(f"main: handles {type(error).__name__}: {error}")  #@ handles


async def main():
    if MODE == "each":
        try:
            await work()
        except* ValueError as group:
            handle(group)
        except* OSError as group:
            handle(group)
    elif MODE == "one":
        try:
            await work()
        except* ValueError as group:
            handle(group)
    else:
        try:
            await work()
        except ValueError as error:
            # Never comes here: what work() raises is an ExceptionGroup.
            print(f"main: handles {error}")
    print("main: goes on")  #@ goes-on


asyncio.run(main())
