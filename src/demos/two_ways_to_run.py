import asyncio

A = 2
B = 10
SAY_STEPS = False


def say(step):
    if SAY_STEPS:
        print(step)  #@ say


async def add(a, b):
    say(f"adding {a} and {b}")  #@ adding
    return a + b


async def main():
    say("first way: await the coroutine")  #@ first
    print(await add(A, B))  #@ sum


asyncio.run(main())

say("second way: make a task of a loop")  #@ second
loop = asyncio.new_event_loop()
task = loop.create_task(add(A, B))  #@ task
say("the task is made, and nothing has run")  #@ made
loop.run_until_complete(task)  #@ complete
print(task.result())  #@ result
loop.close()
