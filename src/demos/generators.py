VALUES = ["something", "other thing"]
PULLS = 2
ALOUD = False


def generate():
    for value in VALUES:
        if ALOUD:
            print(f"generator: has {value}")  #@ has
        yield value  #@ yield
    if ALOUD:
        print("generator: has no more")  #@ no-more


def main():
    # A loop pulls until there is no more.
    for value in generate():  #@ loop
        print(value)  #@ print

    # Here as many are pulled as one likes, from a new generator: the old one is at its end.
    generator = generate()
    for _ in range(PULLS):
        try:
            print(next(generator))  #@ next
        except StopIteration:
            print("StopIteration")  #@ stop


main()
