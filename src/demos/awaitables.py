import asyncio

ORDER = "coroutine-task-future"
DELAY = 1


async def answer(source):
    await asyncio.sleep(DELAY)  #@ pause
    return f"the answer of the {source}"


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(DELAY, future.set_result, "the answer of the future")  #@ fill
    awaitables = {
        "coroutine": answer("coroutine"),  #@ coroutine
        "task": asyncio.create_task(answer("task")),  #@ task
        "future": future,
    }
    for kind in ORDER.split("-"):
        print(await awaitables[kind])  #@ await


asyncio.run(main())
