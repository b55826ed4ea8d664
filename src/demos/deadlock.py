import asyncio

MODE = "opposite"
PAUSE = 1


async def worker(name, first, second):
    async with first:  #@ first
        print(f"{name}: has its first lock")  #@ has-first
        await asyncio.sleep(PAUSE)  #@ pause
        async with second:  #@ second
            print(f"{name}: has both")  #@ has-both
            await asyncio.sleep(PAUSE)  #@ pause-both
            print(f"{name}: done")  #@ done


async def main():
    a, b = asyncio.Lock(), asyncio.Lock()
    one = worker("A", a, b)
    if MODE == "opposite":
        other = worker("B", b, a)
    else:
        other = worker("B", a, b)
    await asyncio.gather(one, other)  #@ gather
    print("both are done")  #@ end


asyncio.run(main())
