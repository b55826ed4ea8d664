import asyncio

TIMES = [1, 2, 2, 5]
FAILS = [2, 3]
BREAKS = [4]
CLEAN_UP = 0.5


async def job(number, time):
    try:
        await asyncio.sleep(time)  #@ work
    except asyncio.CancelledError:
        await asyncio.sleep(CLEAN_UP)  #@ clean-up
        if number in BREAKS:
            print(f"job {number}: its clean-up fails")  #@ breaks
            raise OSError(f"of job {number}")  #@ os-error
        print(f"job {number}: cancelled")  #@ cancelled
        raise  #@ raise
    if number in FAILS:
        print(f"job {number}: fails")  #@ fails
        raise ValueError(f"of job {number}")  #@ value-error
    print(f"job {number}: done")  #@ done


async def main():
    try:
        async with asyncio.TaskGroup() as group:  #@ group
            for number, time in enumerate(TIMES, 1):
                group.create_task(job(number, time), name=f"job {number}")  #@ task
        print("main: all went well")  #@ well
    except* ValueError as errors:
        for error in errors.exceptions:
            print(f"main: ValueError: {error}")  #@ errors
    except* OSError as errors:
        for error in errors.exceptions:
            print(f"main: OSError: {error}")  #@ os-errors
    print("main: goes on")  #@ on


asyncio.run(main())
