import asyncio

LATENCIES = [3, 1, 4, 2]
MODE = "completed"


async def ask(name, latency):
    await asyncio.sleep(latency)  #@ wait
    print(f"{name} answers")  #@ answers
    return name


async def main():
    tasks = []
    for number, latency in enumerate(LATENCIES, 1):
        name = f"server {number}"
        tasks.append(asyncio.create_task(ask(name, latency), name=name))  #@ task

    if MODE == "completed":
        for next_answer in asyncio.as_completed(tasks):  #@ completed
            name = await next_answer  #@ next
            print(f"main: has the answer of {name}")  #@ has
    else:
        for task in tasks:
            name = await task  #@ asked
            print(f"main: has the answer of {name}")  #@ has-asked
    print("main: has all answers")  #@ all


asyncio.run(main())
