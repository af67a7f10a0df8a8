"""Golden sessions: recordings beside what was once found in them, to the last digit.

    python -m tests.golden_sessions     finds it anew, after a change that is meant to move numbers

The core's arithmetic is the same on every machine and Python, so nothing may differ. Say in the commit from
what to what the numbers moved, and why. The recordings are simulated and never made anew.
"""

from pathlib import Path

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
    name = "demo" if path == DEMO else path.stem
    return FOLDER / f"{name}.jsonl"


def found(path: Path) -> bytes:
    """What is found in a recording now: a line for each event, as it would be published."""
    recording = open_recording(path)
    numbering = Numbering("golden", replay=True)
    results = results_of(recording, path.name)
    return b"".join(numbering.number(each, recording.started_at).payload + b"\n" for each in results)


if __name__ == "__main__":
    for each in recordings():
        found_in(each).write_bytes(found(each))
        print(f"{found_in(each).name} written")
