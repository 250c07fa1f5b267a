"""`python -m berkeley run [-m MODULE | SCRIPT] ARGS`."""

import sys

from berkeley._run import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
