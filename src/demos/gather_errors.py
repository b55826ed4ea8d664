import asyncio

MODE = "first"
TASKS = 3
FAILS = [2]
PAUSE = 1
LINGER = 4


async def job(number):
    await asyncio.sleep(PAUSE * number)
    if number in FAILS:
        print(f"task {number}: fails")
        raise ValueError(f"of task {number}")
    print(f"task {number}: done")
    return number


async def main():
    numbers = range(1, TASKS + 1)
    if MODE == "group":
        tasks = []
        try:
            async with asyncio.TaskGroup() as group:
                for number in numbers:
                    tasks.append(group.create_task(job(number)))
            print("main: all went well")
        except* ValueError as errors:
            print(f"main: errors in the group: {len(errors.exceptions)}")
    else:
        tasks = [asyncio.create_task(job(number)) for number in numbers]
    if MODE == "first":
        try:
            results = await asyncio.gather(*tasks)
            print(f"main: {len(results)} results")
        except ValueError as error:
            print(f"main: ValueError: {error}")
    elif MODE == "all":
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, ValueError):
                print(f"main: ValueError: {result}")
            else:
                print(f"main: the result {result}")

    await asyncio.sleep(LINGER)
    for number, task in enumerate(tasks, 1):
        if task.cancelled():
            fate = "cancelled"
        elif task.done():
            fate = "ended"
        else:
            fate = "still at it"
        print(f"main: task {number} is {fate}")


asyncio.run(main())
