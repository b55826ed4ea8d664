import asyncio

MODE = "first"
TASKS = 3
FAILS = [2]
PAUSE = 1
LINGER = 4


async def job(number):
    await asyncio.sleep(PAUSE * number)  #@ pause
    if number in FAILS:
        print(f"task {number}: fails")  #@ fails
        raise ValueError(f"of task {number}")  #@ raise
    print(f"task {number}: done")  #@ done
    return number


async def main():
    numbers = range(1, TASKS + 1)
    if MODE == "group":
        tasks = []
        try:
            async with asyncio.TaskGroup() as group:  #@ group
                for number in numbers:
                    tasks.append(group.create_task(job(number)))  #@ group-task
            print("main: all went well")  #@ well
        except* ValueError as errors:
            print(f"main: errors in the group: {len(errors.exceptions)}")  #@ errors
    else:
        tasks = [asyncio.create_task(job(number)) for number in numbers]  #@ task
    if MODE == "first":
        try:
            results = await asyncio.gather(*tasks)  #@ gather
            print(f"main: {len(results)} results")  #@ results
        except ValueError as error:
            print(f"main: ValueError: {error}")  #@ error
    elif MODE == "all":
        for result in await asyncio.gather(*tasks, return_exceptions=True):  #@ all
            if isinstance(result, ValueError):
                print(f"main: ValueError: {result}")  #@ all-error
            else:
                print(f"main: the result {result}")  #@ result

    await asyncio.sleep(LINGER)  #@ linger
    for number, task in enumerate(tasks, 1):
        if task.cancelled():
            fate = "cancelled"
        elif task.done():
            fate = "ended"
        else:
            fate = "still at it"
        print(f"main: task {number} is {fate}")  #@ fate


asyncio.run(main())
