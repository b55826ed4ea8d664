import asyncio

A = 2
B = 10


async def add(a, b):
    print(f"adding {a} and {b}")  #@ adding
    return a + b


async def main():
    print("first way: await the coroutine")  #@ first
    print(f"the sum is {await add(A, B)}")  #@ sum

    print("second way: make a task")  #@ second
    task = asyncio.create_task(add(A, B))  #@ task
    print("the task is made, and main goes on")  #@ made
    print(f"the sum is {await task}")  #@ task-sum


asyncio.run(main())
