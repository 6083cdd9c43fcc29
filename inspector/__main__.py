"""`python -m inspector` and the command `graphinspect`."""

from __future__ import annotations

import gc

from inspector import cli


def main() -> None:
    """Run the command without collecting garbage: it is over before that would pay.

    Collections would take a third of the time, and the one that Python ends with a twentieth.
    """
    gc.disable()
    try:
        cli.main()
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
