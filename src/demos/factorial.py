import asyncio
import time

A = 3
B = 4
DELAY = 1
MODE = "async"


async def factorial(name, number):
    result = 1
    for factor in range(2, number + 1):
        print(f"Task {name}: Compute factorial({factor})")  #@ computing
        print("SLEEP")  #@ says-sleep
        if MODE == "blocking":
            time.sleep(DELAY)  #@ block
        else:
            await asyncio.sleep(DELAY)  #@ pause
        result *= factor
    print(f"Task {name}: factorial({number}) is {result}")  #@ result
    return result


async def main():
    await asyncio.gather(factorial("A", A), factorial("B", B))  #@ gather


asyncio.run(main())
