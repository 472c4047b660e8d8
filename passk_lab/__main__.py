"""`python -m passk_lab` is `passk-lab`."""

import sys

from passk_lab.cli import main

if __name__ == "__main__":
    sys.exit(main())
