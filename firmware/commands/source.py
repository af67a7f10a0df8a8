"""Source: a recording opened for a command, with what the user said about it, and tracked."""

import argparse
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from firmware.commands.progress import progress_of
from firmware.commands.say import say
from firmware.errors import BadInputError
from firmware.recording import Recording, open_recording
from tracker.messages import Event, PhaseChange, Result
from tracker.pipeline import Tracker
from tracker.setup import SessionSetup

log = logging.getLogger(__name__)

_BLOCK_S = 1.0
"""However a session is cut, the events are the same; this is quick and lets progress move."""


def opened(path: Path, options: argparse.Namespace) -> Recording:
    """Open a recording, with the user's corrections of its setup; its notes go to the user."""
    with progress_of(f"reading {path.name}", 0.0, 1.0) as reached:
        recording = open_recording(path, reached)
    length_s = recording.end_s - recording.start_s
    log.info("%s: %.1f s of %s", path, length_s, ", ".join(recording.streams) or "nothing")
    for note in recording.notes:
        say(f"note: {path}: {note}")
    said = {"exercise": options.exercise, "leg": options.leg, "target": options.target}
    setup: SessionSetup = msgspec.structs.replace(
        recording.setup, **{name: value for name, value in said.items() if value is not None}
    )
    return replace(recording, setup=setup)


def tracker_for(setup: SessionSetup) -> Tracker:
    """Build a tracker; raise BadInputError when the setup makes no sense."""
    try:
        return Tracker(setup)
    except ValueError as error:
        raise BadInputError(str(error)) from error


def events_of(recording: Recording, name: str) -> Iterator[Event]:
    """Track a whole recording; progress shows on standard error when that is a terminal."""
    tracker = tracker_for(recording.setup)
    with progress_of(f"tracking {name}", recording.start_s, recording.end_s) as reached:
        for block in recording.blocks(_BLOCK_S):
            yield from tracker.process(block)
            reached(block.end_s)
    yield from tracker.finish()


def results_of(recording: Recording, name: str) -> list[Result]:
    """The results of a whole recording, in order."""
    return [event for event in events_of(recording, name) if not isinstance(event, PhaseChange)]
