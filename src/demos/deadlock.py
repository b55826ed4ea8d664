import asyncio

MODE = "opposite"
PAUSE = 1


async def worker(name, first, second):
    async with first:
        print(f"{name}: has its first lock")
        await asyncio.sleep(PAUSE)
        async with second:
            print(f"{name}: has both")
            await asyncio.sleep(PAUSE)
            print(f"{name}: done")


async def main():
    a, b = asyncio.Lock(), asyncio.Lock()
    one = worker("A", a, b)
    if MODE == "opposite":
        other = worker("B", b, a)
    else:
        other = worker("B", a, b)
    await asyncio.gather(one, other)
    print("both are done")


asyncio.run(main())
