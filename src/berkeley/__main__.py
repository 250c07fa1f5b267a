"""`python -m berkeley run [-m MODULE | -c CODE | SCRIPT | -] ARGS`."""

import sys

from berkeley._run import start

if __name__ == "__main__":
    start(sys.argv[1:])
