import asyncio

A = 2
B = 10


async def add(a, b):
    print(f"adding {a} and {b}")
    return a + b


async def main():
    print("first way: await the coroutine")
    print(f"the sum is {await add(A, B)}")

    print("second way: make a task")
    task = asyncio.create_task(add(A, B))
    print("the task is made, and main goes on")
    print(f"the sum is {await task}")


asyncio.run(main())
