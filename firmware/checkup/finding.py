"""Finding: how one part of the machine stands, and what to do about it."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from firmware.calibrating.checks import Check


class State(StrEnum):
    """`NOTE`: it works, or was not looked at, and there is something to know about it."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


class Finding(msgspec.Struct, frozen=True):
    """`part`: what was looked at. `what`: what was found. `todo`: what to do about it, empty when fine."""

    part: str
    state: State
    what: str
    todo: str = ""


def fine(part: str, what: str) -> Finding:
    """A part that is as it should be."""
    return Finding(part, State.FINE, what)


def note(part: str, what: str, todo: str = "") -> Finding:
    """Something to know."""
    return Finding(part, State.NOTE, what, todo)


def wrong(part: str, what: str, todo: str) -> Finding:
    """A part that needs something done."""
    return Finding(part, State.WRONG, what, todo)


def failure(part: str, error: Exception) -> Finding:
    """An error that says after its semicolon or colon what to do."""
    text = str(error)
    for between in ("; ", ": "):
        what, found, todo = text.rpartition(between)
        if found:
            return wrong(part, what, todo)
    return wrong(part, text, "see what it says")


def failed(part: str, checks: Iterable[Check]) -> Iterator[Finding]:
    """A finding for each check that failed."""
    for check in checks:
        if not check.fine:
            yield wrong(part, f"{check.name}: {check.shown}", check.todo)
