VALUES = 5


def fibonacci():
    print("generator: begins")  #@ begins
    a, b = 0, 1
    while True:
        print(f"generator: yields {a}")  #@ yields
        yield a  #@ yield
        a, b = b, a + b


def main():
    numbers = fibonacci()  #@ made
    print("main: has a generator")  #@ has
    for pull in range(1, VALUES + 1):
        print(f"main: pull {pull}")  #@ pull
        print(f"main: got {next(numbers)}")  #@ got
    print("main: stops pulling")  #@ stops


main()
