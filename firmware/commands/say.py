"""Say: one line to the user beside the results, on standard error."""

import sys
from contextlib import suppress


def say(text: str) -> None:
    """Print one line; a closed terminal is no reason to stop."""
    with suppress(OSError):
        print(f"kickback: {text}", file=sys.stderr, flush=True)
