import asyncio
import time

A = 3
B = 4
DELAY = 1
MODE = "async"


async def factorial(name, number):
    result = 1
    for factor in range(2, number + 1):
        print(f"{name}: computing factorial({factor})")  #@ computing
        if MODE == "blocking":
            time.sleep(DELAY)  #@ block
        else:
            await asyncio.sleep(DELAY)  #@ pause
        result *= factor
    print(f"{name}: factorial({number}) = {result}")  #@ result
    return result


async def main():
    a, b = await asyncio.gather(factorial("A", A), factorial("B", B))  #@ gather
    print(f"results: {a} and {b}")  #@ results


asyncio.run(main())
