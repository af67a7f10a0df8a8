"""Golden sessions: recordings beside what was once found in them, to the last digit.

    python -m tests.golden_sessions                 finds it anew, after a change meant to move numbers
    python -m tests.golden_sessions --compare       says on this machine whether anything differs
    python -m tests.golden_sessions --compare FOLDER

The core's arithmetic is the same on every machine and Python, so nothing may differ. Say in the commit from
what to what the numbers moved, and why. The recordings are simulated and never made anew. docs/replay.md
says on which machines they were compared.
"""

import argparse
import json
import platform
import sys
from itertools import zip_longest
from pathlib import Path

import numpy as np

from firmware.commands.source import results_of
from firmware.numbering import Numbering
from firmware.recording import open_recording

FOLDER = Path(__file__).parent / "golden"
DEMO = Path(__file__).parents[1] / "firmware" / "demo" / "session.mcap"


def recordings() -> list[Path]:
    """The recordings, by what they are called."""
    return [DEMO, *sorted(FOLDER.glob("*.mcap"))]


def found_in(path: Path) -> Path:
    """Where it is kept what was found in a recording."""
    return FOLDER / "demo.jsonl" if path == DEMO else path.with_suffix(".jsonl")


def found(path: Path) -> bytes:
    """What is found in a recording now: a line for each event, as it would be published."""
    recording = open_recording(path)
    numbering = Numbering("golden", replay=True)
    results = results_of(recording, path.name)
    return b"".join(numbering.number(each, recording.started_at).payload + b"\n" for each in results)


def differences(once: bytes, now: bytes) -> list[str]:
    """What differs between two findings, field by field and without tolerance; empty when no byte does."""
    pairs = zip_longest(once.splitlines(), now.splitlines())
    return [
        f"event {number}: {what}"
        for number, (before, after) in enumerate(pairs, start=1)
        if before != after
        for what in _fields(before, after)
    ]


def _fields(before: bytes | None, after: bytes | None) -> list[str]:
    if before is None or after is None:
        return ["is new" if before is None else "is missing"]
    was, is_now = json.loads(before), json.loads(after)
    names = dict.fromkeys([*was, *is_now])
    wrong = [name for name in names if repr(was.get(name)) != repr(is_now.get(name))]
    return [f"{name} is {is_now.get(name)!r}, was {was.get(name)!r}" for name in wrong] or ["other bytes"]


def compare(paths: list[Path]) -> bool:
    """Say of each recording what differs from what is kept beside it; return whether nothing does."""
    libc = " ".join(platform.libc_ver())
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}, {libc}")
    events = wrong = 0
    for path in paths:
        once = found_in(path).read_bytes()
        differing = differences(once, found(path))
        events += len(once.splitlines())
        wrong += len(differing)
        print(f"{found_in(path).stem}: {'; '.join(differing) or 'equal'}", flush=True)
    print(f"{events} events of {len(paths)} recordings: {f'{wrong} differences' if wrong else 'all equal'}")
    return wrong == 0 and events > 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.golden_sessions")
    parser.add_argument("--compare", action="store_true", help="write nothing, say what differs")
    parser.add_argument(
        "folder", nargs="?", type=Path, help="other recordings, beside what was found in them"
    )
    options = parser.parse_args()
    paths = recordings() if options.folder is None else sorted(options.folder.glob("*.mcap"))
    if options.compare:
        return 0 if compare(paths) else 1
    for path in paths:
        found_in(path).write_bytes(found(path))
        print(f"{found_in(path).name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
