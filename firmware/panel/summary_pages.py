"""The pages of a finished set: one short line after another, beside its count."""

from collections.abc import Mapping, Sequence

from firmware.panel.tempo_words import beside_target
from firmware.panel.words import counted, plainly
from tracker.cues.words import ADVICE
from tracker.messages import SetSummary

ADVICE_WORDS: Mapping[str, str] = {name: plainly(word) for name, word in ADVICE.items()}
"""What to do against each fault."""


def pages_of(done: SetSummary) -> list[str]:
    """What there is to say of a set beside its count, the most useful first, 18 s of it."""
    pages = [f"{done.unseen_s:.0f} s unseen"] if done.unseen_s > 0.0 else []
    pages += [f"{ADVICE_WORDS.get(name, plainly(name))} x{len(reps)}" for name, reps in _worst(done.faults)]
    if done.tempo is not None:
        pages += beside_target(done.tempo, done.target)
    if done.diagonal_deg is not None:
        share = "" if done.in_zone_share is None else f", {done.in_zone_share:.0%} in zone"
        pages.append(f"{done.diagonal_deg:.0f}°{share}")
    pages += _compared(done)
    pages.append(f"{done.time_under_tension_s:.0f} s tension")
    pages += [f"{done.reps_unfinished} unfinished"] if done.reps_unfinished else []
    pages += [f"{done.rejected} not counted"] if done.rejected else []
    return pages


def _worst(faults: Mapping[str, Sequence[int]]) -> list[tuple[str, Sequence[int]]]:
    """The two faults that most reps had."""
    return sorted(faults.items(), key=lambda each: -len(each[1]))[:2]


def _compared(done: SetSummary) -> list[str]:
    """How many reps were done last time, and with the other leg."""
    other = "left" if done.leg == "right" else "right"
    changes = (("last time", done.vs_last_reps), (f"{other} leg", done.vs_other_leg_reps))
    return [f"{name} {counted(done.reps - change, 'rep')}" for name, change in changes if change is not None]
