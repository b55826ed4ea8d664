"""`python -m interleave`."""

from interleave._cli import main

if __name__ == "__main__":
    main()
