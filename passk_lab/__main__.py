"""`python -m passk_lab` is `passk-lab`."""

import sys

if __name__ == "__main__":
    # Python puts the folder it is started in before its own modules, and a reader may have one called random there.
    if not sys.flags.safe_path:
        sys.path.append(sys.path.pop(0))
    from passk_lab.cli import main

    sys.exit(main())
