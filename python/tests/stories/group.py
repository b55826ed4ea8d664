import asyncio

async def fails():
    await asyncio.sleep(1)
    raise ValueError("no")

async def waits():
    await asyncio.sleep(5)

async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails(), name="fails")
            group.create_task(waits(), name="waits")
    except* ValueError:
        pass
    lost = asyncio.create_task(fails(), name="lost")
    await asyncio.sleep(2)
    fails()
    print("end", end="")

asyncio.run(main())
