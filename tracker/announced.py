"""Reads an announcement as it is written down in a recording."""

from collections.abc import Mapping

from tracker.blocks import Announced, Announcement
from tracker.setup import MOST_REPS, Leg
from tracker.tempo import parse_tempo

LEGS: Mapping[Announcement, Leg] = {Announcement.LEFT_LEG: "left", Announcement.RIGHT_LEG: "right"}
"""The announcements that tell the leg."""


def read_announced(t_s: float, text: str) -> Announced:
    """Read `WORD` or `WORD VALUE`; raise ValueError for a word that is unknown or a value it cannot have."""
    word, _, value = text.partition(" ")
    announcement = Announcement(word)
    if value:
        _check(announcement, value)
    return Announced(t_s, announcement, value)


def reps_of(value: str) -> int | None:
    """The reps that are aimed at, None for no such aim; raise ValueError for what is no possible number."""
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= MOST_REPS):
        raise ValueError(f"{value!r:.20} is no number of reps from 1 to {MOST_REPS}")
    return int(value)


def _check(announcement: Announcement, value: str) -> None:
    match announcement:
        case Announcement.TARGET:
            parse_tempo(value)
        case Announcement.TARGET_REPS:
            reps_of(value)
        case _:
            raise ValueError(f"{announcement} has no value")
