"""The words of the cues, as keys; who shows them spells them as people read."""

from collections.abc import Mapping
from typing import Literal

from tracker.form.fault import FaultName

PhaseWord = Literal["kick", "hold", "return", "pause"]
"""What to do in a phase."""

CueWord = Literal[
    "kick_wider",
    "kick_narrower",
    "return_slower",
    "hold_at_peak",
    "no_swinging",
    "keep_tension",
    "full_range",
    "leg_straighter",
    "hips_square",
    "back_still",
    "target_reached",
    "rest",
]
"""What is said after a rep or a set."""

ADVICE: Mapping[FaultName, CueWord] = {
    "direction_narrow": "kick_wider",
    "direction_wide": "kick_narrower",
    "fast_return": "return_slower",
    "no_hold": "hold_at_peak",
    "momentum": "no_swinging",
    "slack": "keep_tension",
    "short_range": "full_range",
    "knee_bent": "leg_straighter",
    "hips_open": "hips_square",
    "back_arched": "back_still",
}
"""What to do against each fault."""

OPPOSITES: Mapping[FaultName, FaultName] = {
    "direction_narrow": "direction_wide",
    "direction_wide": "direction_narrow",
}
"""Faults whose advice is the other's undone."""
