"""Screens: from the view and a moment of session time to the items of a picture, 128 by 64."""

import re
from collections.abc import Sequence
from enum import Enum

from firmware.panel.cue import calibrating, count_of, cue_of, rested, said_after, spelled
from firmware.panel.items import Banner, Bar, Item, Mark, Sign, Steps, Words
from firmware.panel.lettering import (
    COUNTS,
    LARGE,
    MEDIUM,
    NOTE,
    SMALL,
    TIME,
    TITLE,
    WORDS,
    Box,
    Face,
    fitted,
    width,
    wrapped,
)
from firmware.panel.summary_pages import pages_of
from firmware.panel.tempo_words import phase_words
from firmware.panel.view import CALIBRATION, PanelView
from firmware.panel.words import counted
from tracker.diagonal import ZONE_DEG
from tracker.messages import Phase, SetSummary

WIDTH, HEIGHT = 128, 64

SUMMARY_S = 18.0
"""How long a finished set is shown before the time of rest."""

PAGE_S = 3.0
"""How long one of several things stays that are shown in turn; in the summary, two thirds of it."""

_BESIDE = 62
"""Where the column right of the count begins."""

_MOST = 999
"""What the room for the count holds."""

_NOT_SAVED = "NOT SAVED"

_NAME_LINE = 16
"""Characters of a device's name on one line, of which it can have two."""

_CUE: Box = (0, 38, WIDTH, 56)
_BAR: Box = (0, 57, WIDTH, HEIGHT)
_HEADING: Box = (0, 0, WIDTH, 18)


class Scene(Enum):
    """Which screen is shown."""

    READY = "ready"
    CALIBRATING = "calibrating"
    REP = "rep"
    SUMMARY = "summary"
    REST = "rest"
    FAULT = "fault"
    IDENTITY = "identity"


def scene(view: PanelView, session_s: float) -> Scene:
    """Choose the screen. A fault never hides a movement; at rest it takes turns with what else there is.

    A set that has ended is shown as it stood until its summary comes.
    """
    if view.identity is not None:
        return Scene.IDENTITY
    if calibrating(view, session_s):
        return Scene.CALIBRATING
    if view.phase is not Phase.IDLE or (view.set is not None and view.last_set is None):
        return Scene.REP
    if _wrong(view) and _page(session_s, 2) == 0:
        return Scene.FAULT
    if view.last_set is None or rested(view, session_s) is None:
        return Scene.READY
    return Scene.SUMMARY if session_s - view.last_set.detected_s < SUMMARY_S else Scene.REST


def screen(view: PanelView, session_s: float) -> list[Item]:
    """Return the items of the screen at this moment."""
    match scene(view, session_s):
        case Scene.READY:
            return _ready(view, session_s)
        case Scene.CALIBRATING:
            return _calibrating(view)
        case Scene.REP:
            return _rep(view, session_s)
        case Scene.SUMMARY:
            assert view.last_set is not None
            return _summary(view.last_set, view.saved, session_s)
        case Scene.REST:
            assert view.last_set is not None
            return _rest(view.last_set, rested(view, session_s) or "")
        case Scene.FAULT:
            return _fault(_wrong(view), session_s)
        case Scene.IDENTITY:
            return _identity(view.identity or "")


def _ready(view: PanelView, session_s: float) -> list[Item]:
    leg = "leg not known yet" if view.leg is None else f"{view.leg} leg"
    aims = ["no target"]
    if view.target is not None:
        kick, hold, back, pause = phase_words(view.target)
        aims = [f"tempo {view.target}", f"{kick}, {hold}", f"{back}, {pause}"]
    if view.target_reps is not None:
        aims = [f"aim {counted(view.target_reps, 'rep')}", *(aims if view.target is not None else [])]
    return [
        _line(view.labels[-1] if view.labels else "READY", 0, WORDS),
        _line(view.exercise.replace("-", " "), 18, (LARGE, MEDIUM, SMALL)),
        _line(leg, 34, (MEDIUM, SMALL)),
        _line(aims[_page(session_s, len(aims))], 50, (MEDIUM, SMALL)),
    ]


def _calibrating(view: PanelView) -> list[Item]:
    kicks = 0 if view.calibrating is None else view.calibrating.kicks
    return [
        _line("CALIBRATE", 0, (TITLE,)),
        _line("straight back", 20, (LARGE,)),
        _line(f"kick {kicks + 1} of {CALIBRATION.kicks}", 38, (LARGE,)),
        Steps((0, 55, WIDTH, HEIGHT), CALIBRATION.kicks, kicks),
    ]


def _rep(view: PanelView, session_s: float) -> list[Item]:
    cue, said = cue_of(view, session_s), _said(view)
    items: list[Item] = [_count(count_of(view), hollow=view.pending is not None or not view.saved)]
    items += _direction_or_set(view)
    if _wrong(view):
        items.append(Words("!", TITLE, WIDTH - 7, 0))
    if cue is None:
        return [*items, _middle("DONE" if view.saved else _NOT_SAVED, _CUE)]
    items.append(_column(f"{cue.countdown} s", 20, (TITLE, LARGE)))
    items.append(_middle(spelled(cue.word), _CUE) if said is None else Banner(_CUE, _middle(said, _CUE)))
    return [*items, Bar(_BAR, cue.share)]


def _direction_or_set(view: PanelView) -> list[Item]:
    rep, number = view.last_rep, view.set if view.pending_set is None else view.pending_set
    room = WIDTH - 26
    if rep is None or rep.diagonal_deg is None or view.last_set is not None:
        return [] if number is None else [_column(f"SET {number}", 1, (LARGE, MEDIUM, SMALL), until=room)]
    doubt = "?" if rep.quality != "good" else ""
    sign = Sign.GOOD
    if not rep.in_zone:
        sign = Sign.MORE if rep.diagonal_deg < ZONE_DEG[0] else Sign.LESS
    angle = _column(f"{rep.diagonal_deg:.0f}°{doubt}", 0, WORDS, until=room)
    return [angle, Mark(sign, WIDTH - 23, 2, 13)]


def _summary(done: SetSummary, saved: bool, session_s: float) -> list[Item]:
    kinds = [f"{done.reps_full} full" if done.target_reps is None else f"of {done.target_reps}"]
    kinds += [f"{done.reps_partial} partial"] if done.reps_partial else []
    pages = pages_of(done) if saved else [_NOT_SAVED]
    items: list[Item] = [
        _count(done.reps_full + done.reps_partial + done.reps_unfinished, hollow=not saved),
        _column(f"SET {done.set}", 0, (TITLE, LARGE, MEDIUM)),
    ]
    for top, text in zip((20, 33), kinds, strict=False):
        items.append(_column(text, top, (MEDIUM, SMALL)))
    page = pages[_page(1.5 * max(0.0, session_s - done.detected_s), len(pages))]
    items.append(_line(page, 49, (LARGE, MEDIUM, SMALL)))
    return items


def _rest(done: SetSummary, time: str) -> list[Item]:
    return [
        Words(time, TIME, (WIDTH - width(TIME, time)) // 2, 0),
        Words("REST", LARGE, 0, 51),
        _right(f"set {done.set} done", width(LARGE, "REST") + 6, 51, (LARGE, MEDIUM, SMALL)),
    ]


def _fault(wrong: Sequence[str], session_s: float) -> list[Item]:
    """One fault after the other, and of each what is wrong before what to do about it."""
    pages = [page for index, text in enumerate(wrong) for page in _fault_pages(text, index, len(wrong))]
    heading, said = pages[_page(session_s / 2.0, len(pages))]
    items: list[Item] = [Banner(_HEADING, _middle(heading, _HEADING))]
    face = MEDIUM if " ".join(wrapped(said, WIDTH, MEDIUM, 3)) == said else NOTE
    for top, line in zip((20, 35, 50), wrapped(said, WIDTH, face, 3), strict=False):
        items.append(Words(line, face, 0, top))
    return items


def _fault_pages(text: str, index: int, number: int) -> list[tuple[str, str]]:
    part, _, said = text.partition(": ")
    if not said:
        part, said = "fault", text
    heading = part.upper() if number == 1 else f"{part.upper()} {index + 1}/{number}"
    brief = re.sub(r"\s*\([^()]*\)", "", said)
    return [(heading, sentence) for sentence in brief.split("; ")]


def _identity(name: str) -> list[Item]:
    """A device's name, of 32 characters at most, in two lines where it is long."""
    items: list[Item] = [Banner(_HEADING, _middle("THIS ONE", _HEADING))]
    items.append(_line(name[:_NAME_LINE], 25, WORDS))
    if rest := name[_NAME_LINE:]:
        items.append(_line(rest, 47, (LARGE, MEDIUM, SMALL)))
    return items


def _said(view: PanelView) -> str | None:
    """What is said between two reps: that the disk has not taken the last one, or else its cue."""
    if not view.saved and view.phase is Phase.PAUSE_STRETCHED:
        return _NOT_SAVED
    word = said_after(view)
    return None if word is None else spelled(word)


def _wrong(view: PanelView) -> tuple[str, ...]:
    return view.faults if view.trouble is None else (*view.faults, view.trouble)


def _page(session_s: float, pages: int) -> int:
    return int(session_s / PAGE_S) % pages


def _count(number: int, *, hollow: bool = False) -> Words:
    room = _BESIDE - 4
    face, text = fitted(f"{min(number, _MOST)}", room, COUNTS)
    return Words(text, face, max(0, (room - width(face, text)) // 2), 0, hollow)


def _column(text: str, top: int, faces: Sequence[Face], until: int = WIDTH) -> Words:
    face, kept = fitted(text, until - _BESIDE, faces)
    return Words(kept, face, _BESIDE, top)


def _line(text: str, top: int, faces: Sequence[Face]) -> Words:
    face, kept = fitted(text, WIDTH, faces)
    return Words(kept, face, 0, top)


def _right(text: str, least_left: int, top: int, faces: Sequence[Face]) -> Words:
    face, kept = fitted(text, WIDTH - least_left, faces)
    return Words(kept, face, WIDTH - width(face, kept), top)


def _middle(text: str, box: Box) -> Words:
    """The text in the middle of a box, in the first face in which it fits the box whole."""
    left, top, right, bottom = box
    for face in WORDS:
        kept = fitted(text, right - left - 4, (face,))[1]
        start = left + (right - left - width(face, kept)) // 2
        words = Words(kept, face, start, top + (bottom - top - face.cap) // 2)
        if kept == text and top < words.box[1] and words.box[3] < bottom:
            break
    return words
