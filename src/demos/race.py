import asyncio

LATENCIES = [3, 1, 2]


async def ask(name, latency):
    try:
        await asyncio.sleep(latency)  #@ wait
    except asyncio.CancelledError:
        print(f"{name}: cancelled")  #@ cancelled
        raise  #@ raise
    print(f"{name}: answers")  #@ answers
    return name


async def race(tasks):
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    winner = next(task for task in tasks if task in done)
    for task in tasks:
        task.cancel()
    return await winner


async def main():
    tasks = []
    for number, latency in enumerate(LATENCIES, 1):
        name = f"server {number}"
        tasks.append(asyncio.create_task(ask(name, latency), name=name))  #@ task

    winner = await race(tasks)  #@ race
    print(f"main: {winner} wins")  #@ wins

    # Whoever was cancelled gets the time to clean up.
    await asyncio.wait(tasks)  #@ wait-all
    print("main: nobody is left over")  #@ left


asyncio.run(main())
