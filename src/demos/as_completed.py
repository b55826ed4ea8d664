import asyncio

LATENCIES = [3, 1, 4, 2]
MODE = "completed"


async def ask(name, latency):
    await asyncio.sleep(latency)
    print(f"{name} answers")
    return name


async def main():
    tasks = []
    for number, latency in enumerate(LATENCIES, 1):
        name = f"server {number}"
        tasks.append(asyncio.create_task(ask(name, latency), name=name))

    if MODE == "completed":
        for next_answer in asyncio.as_completed(tasks):
            name = await next_answer
            print(f"main: has the answer of {name}")
    else:
        for task in tasks:
            name = await task
            print(f"main: has the answer of {name}")
    print("main: has all answers")


asyncio.run(main())
