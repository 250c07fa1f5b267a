"""`python -m berkeley run [-m MODULE | -c CODE | SCRIPT | -] ARGS`."""

import sys

from berkeley._run import main

if __name__ == "__main__" and (status := main(sys.argv[1:])):
    sys.exit(status)
