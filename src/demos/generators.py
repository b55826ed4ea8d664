VALUES = ["something", "other thing"]
SAY_STEPS = False


def say(step):
    if SAY_STEPS:
        print(step)  #@ say


def generator():
    for value in VALUES:
        say("generator: begins or goes on")  #@ on
        yield value  #@ yield
    say("generator: ends")  #@ end


def main():
    for value in generator():
        print(value)  #@ loop

    values = generator()
    say("main: has a new generator")  #@ made
    for _ in VALUES:
        print(next(values))  #@ next


main()
