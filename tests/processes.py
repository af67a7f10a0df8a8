"""The command in a process of its own, with and without a terminal."""

import os
import pty
import re
import subprocess
import sys

COMMAND = [sys.executable, "-m", "firmware.cli"]
PATIENCE_S = 60.0


def kickback(*arguments: object, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env=os.environ | (env or {}),
        check=False,
    )


def in_a_terminal(*command: object) -> tuple[int, str]:
    """Run with a pseudo-terminal of 80x24 as standard output; return the exit code and what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        list(map(str, command)),
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"},
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:
            break
        if not more:
            break
        shown += more
    os.close(ours)
    return process.wait(PATIENCE_S), re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode()).replace("\r", "")
