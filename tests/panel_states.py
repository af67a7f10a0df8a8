"""The states a panel can be in, by name, for the golden pictures and the page that shows them."""

from collections.abc import Mapping
from dataclasses import replace

from firmware.panel.view import PanelView
from tests.made_events import phase, rejected, rep, set_summary
from tests.test_panel_view import CALIBRATE, START, after
from tracker.messages import Phase, Rejection, RepKind

_HELD = after(rep(7), phase(Phase.CONCENTRIC, 8), phase(Phase.PAUSE_CONTRACTED, 8, at_s=40.0))
_WIDE = after(
    rep(
        11,
        diagonal_deg=52.3,
        in_zone=False,
        faults=("direction_wide",),
        cue="kick_narrower",
        quality="suspect",
        quality_reasons=("saturated",),
    ),
    phase(Phase.PAUSE_STRETCHED, 11, at_s=40.0),
)
_DONE = after(rep(8), rep(9, kind=RepKind.PARTIAL), set_summary(), phase(Phase.IDLE, None, None, at_s=78.0))
_FAULTY = (
    "load: i2c-1 address 0x2a: nothing answers (errno 121, tried 3 times); check power and wiring",
    "cable: c",
)

STATES: Mapping[str, tuple[PanelView, float]] = {
    "ready": (START, 0.0),
    "ready-words": (START, 3.0),
    "ready-reps": (replace(START, target_reps=10), 0.0),
    "ready-simulated": (
        PanelView(
            session="s", exercise="quadruped-kickback", leg=None, target=None, labels=("REPLAY", "SIMULATED")
        ),
        0.0,
    ),
    "calibrating": (
        START.announced(CALIBRATE).fold(rejected(reason=Rejection.CALIBRATION)),
        8.0,
    ),
    "kick": (after(rep(7), phase(Phase.CONCENTRIC, 8, at_s=38.0)), 39.2),
    "hold": (_HELD, 40.4),
    "return": (_HELD.fold(phase(Phase.ECCENTRIC, 8, at_s=41.0)), 42.9),
    "return-over": (_HELD.fold(phase(Phase.ECCENTRIC, 8, at_s=41.0)), 45.5),
    "pause-form": (_WIDE, 40.3),
    "pause": (after(rep(12), phase(Phase.PAUSE_STRETCHED, 12, at_s=40.0)), 40.3),
    "target-reached": (
        after(rep(9, cue="target_reached"), phase(Phase.PAUSE_STRETCHED, 9, at_s=40.0)),
        40.3,
    ),
    "no-target": (
        replace(
            after(rep(188, diagonal_deg=24.0, in_zone=False), phase(Phase.CONCENTRIC, 189, target=None)),
            target=None,
        ),
        12.0,
    ),
    "fault-in-a-rep": (replace(_HELD, faults=_FAULTY), 40.4),
    "set-ended": (after(rep(8), phase(Phase.IDLE, None, None, at_s=78.0)), 78.02),
    "set": (_DONE, 78.1),
    "set-tempo": (_DONE, 84.1),
    "set-direction": (_DONE, 88.1),
    "set-last-time": (_DONE, 90.1),
    "not-saved": (
        after(phase(Phase.ECCENTRIC, 8)).fold(rep(8), False).fold(phase(Phase.PAUSE_STRETCHED, 8, at_s=40.0)),
        40.3,
    ),
    "rest": (_DONE, 70.0 + 83.0),
    "identity": (replace(START, identity="gym-1"), 0.0),
    "fault": (replace(_DONE, faults=_FAULTY), 108.0),
    "fault-to-do": (replace(_DONE, faults=_FAULTY), 114.0),
}
