"""Appliance at work: whether `kickback run` holds the sensors, which only one program can read."""

import os
from pathlib import Path


def running_appliance(proc: Path = Path("/proc")) -> int | None:
    """Return the process id of a `kickback run`, whoever started it; None when there is none."""
    for folder in sorted(proc.glob("[0-9]*"), key=lambda each: int(each.name)):
        if int(folder.name) == os.getpid():
            continue
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if _runs_the_appliance([word.decode(errors="replace") for word in words if word]):
            return int(folder.name)
    return None


def _runs_the_appliance(words: list[str]) -> bool:
    """Whether a command line is `kickback run`, `python .../kickback run` or `python -m firmware.cli run`."""
    for place, word in enumerate(words[:4]):
        if Path(word).name == "kickback" or word == "firmware.cli":
            verbs = [each for each in words[place + 1 :] if not each.startswith("-")]
            return verbs[:1] == ["run"]
    return False
