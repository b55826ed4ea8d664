VALUES = 5


def fibonacci():
    print("generator: begins")
    a, b = 0, 1
    while True:
        print(f"generator: yields {a}")
        yield a
        a, b = b, a + b


def main():
    numbers = fibonacci()
    print("main: has a generator")
    for pull in range(1, VALUES + 1):
        print(f"main: pull {pull}")
        print(f"main: got {next(numbers)}")
    print("main: stops pulling")


main()
