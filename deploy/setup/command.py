"""Command: what install.sh and kickback-update have in common: one at a time, and errors in one line."""

import argparse
import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from deploy.setup import layout
from deploy.setup.errors import SetupError, UsageError
from deploy.setup.host import Host

FAULT = 1
BAD_USE = 2
INTERRUPTED = 130

PATIENCE_S = 3.0
"""What follows a failed start, or a restart, may hold the lock for a moment."""

_LOOK_S = 0.5
_UMASK = 0o022


class Parser(argparse.ArgumentParser):
    """Complains in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see --help)")


def carried_out(name: str, act: Callable[[], None]) -> int:
    """Do it; return the exit code: 0, 1 for what cannot be done, 2 for a wrong call."""
    # Under a stricter one of root's the service's user could not read the release.
    os.umask(_UMASK)
    try:
        act()
        return 0
    except UsageError as error:
        return _said(name, str(error), BAD_USE)
    except SetupError as error:
        return _said(name, str(error), FAULT)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _said(name, f"{where}{error.strerror or error}", FAULT)
    except (KeyboardInterrupt, EOFError):  # Ctrl-D at a question
        return _said(name, "interrupted; run it again to go on where it was", INTERRUPTED)


def _said(name: str, text: str, code: int) -> int:
    """Names in it may come from an archive: nothing that a terminal would obey gets there."""
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in " ".join(text.split()))
    print(f"{name}: {shown}", file=sys.stderr, flush=True)
    return code


@contextmanager
def alone(host: Host, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Let no other set-up run beside this one; raise SetupError where one still does after so long."""
    path = host.at(layout.LOCK)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        for _ in range(int(patience_s / _LOOK_S)):
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            host.sleep(_LOOK_S)
        else:
            raise SetupError("another install or update is under way; wait for it")
        yield
