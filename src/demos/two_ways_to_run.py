import asyncio

A = 2
B = 10


async def add(a, b):
    return a + b


async def main():
    # The first way: somebody who runs awaits it.
    print(await add(A, B))  #@ sum


asyncio.run(main())

# The second way: it is made a task, which a loop runs.
loop = asyncio.new_event_loop()
task = loop.create_task(add(A, B), name="add")  #@ task
loop.run_until_complete(task)  #@ run
print(task.result())  #@ task-sum
loop.close()
