import asyncio

NUMBERS = [2, 3, 5]
DELAY = 0.5
SAY_EACH = False


def power(number, exponent, then):
    """Computes a power somewhere else, and calls `then` with it when it is there."""
    loop = asyncio.get_running_loop()
    loop.call_later(DELAY, then, number**exponent)  #@ later


def powers(numbers, exponent, results, then):
    """Computes the powers one after the other, and calls `then` with all of them."""
    if not numbers:
        then(results)  #@ full
        return
    number, *rest = numbers

    def on_result(result):
        if SAY_EACH:
            print(f"{number} to the power of {exponent} is {result}")  #@ result
        powers(rest, exponent, [*results, result], then)

    power(number, exponent, on_result)


async def main():
    loop = asyncio.get_running_loop()
    squares, cubes = loop.create_future(), loop.create_future()
    powers(NUMBERS, 2, [], squares.set_result)
    powers(NUMBERS, 3, [], cubes.set_result)
    if SAY_EACH:
        print("both have begun, and neither has a result")  #@ begun
    lists = [await squares, await cubes]  #@ await
    for powers_of_all in lists:
        print(powers_of_all)  #@ list


asyncio.run(main())
