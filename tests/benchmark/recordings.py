"""The real recordings: reps counted by eye beside reps found."""

from pathlib import Path

from firmware.recording import open_recording
from tests.benchmark.baseline import plain_reps
from tests.benchmark.table import table
from tests.shared import DATA, folders, truth
from tracker.blocks import Stream
from tracker.messages import Rep
from tracker.pipeline import Tracker

MACHINES = {
    "cable-machine/8sek": 9,
    "isokinetic/chestpress_bilateral": 3,
    "isokinetic/leg_extension_rev_isok_dx": 3,
    "isokinetic/legpressrev_bilateral": 3,
    "isokinetic/legpressrev_dx": 3,
    "stack-height/L2": 24,
}
"""Recordings of a cable or a bar, and their reps."""


def counts() -> str:
    """Return the table of counts; where the recordings are absent, a line that says so."""
    if not DATA.is_dir():
        return "## Real recordings\n\nSkipped: no recordings beside the checkout.\n"
    rows = []
    for folder in folders("leg-exercises"):
        found, blocks = _reps(folder), truth(folder)["blocks"]
        counted = [sum(b["from_s"] <= r.pause_start_s < b["to_s"] for r in found) for b in blocks]
        true = [b["reps"] for b in blocks]
        rows.append((f"leg-exercises/{folder.name}", _listed(true), _listed(counted), "-"))
    for name, count in MACHINES.items():
        recording = open_recording(DATA / name)
        plain = str(len(plain_reps(recording.streams[Stream.CABLE])))
        rows.append((name, str(count), str(len(_reps(DATA / name))), plain))
    header = ("recording", "reps by eye, per block", "found", "peaks of position")
    return table("Real recordings", header, rows)


def _reps(folder: Path) -> list[Rep]:
    recording = open_recording(folder)
    tracker = Tracker(recording.setup)
    events = [*tracker.process(recording.block()), *tracker.finish()]
    return [event for event in events if isinstance(event, Rep)]


def _listed(numbers: list[int]) -> str:
    return " ".join(map(str, numbers))
