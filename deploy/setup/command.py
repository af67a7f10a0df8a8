"""Command: what install.sh and kickback-update have in common: one at a time, and errors in one line."""

import argparse
import fcntl
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from deploy.setup import layout
from deploy.setup.errors import SetupError, UsageError
from deploy.setup.host import Host

FAULT = 1
BAD_USE = 2
INTERRUPTED = 130

_TRIES = 6


class Parser(argparse.ArgumentParser):
    """Complains in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see --help)")


def carried_out(name: str, act: Callable[[], None]) -> int:
    """Do it; return the exit code: 0, 1 for what cannot be done, 2 for a wrong call."""
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
    except KeyboardInterrupt:
        return _said(name, "interrupted; run it again to go on where it was", INTERRUPTED)


def _said(name: str, text: str, code: int) -> int:
    print(f"{name}: {' '.join(text.split())}", file=sys.stderr, flush=True)
    return code


def require_alone(host: Host) -> int:
    """Let no other set-up run beside this one, until this program ends. Return what holds the lock."""
    path = host.at(layout.LOCK)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            # What follows a failed start holds it for a moment.
            host.sleep(0.5)
    os.close(descriptor)
    raise SetupError("another install or update is under way; wait for it")
