"""A session of three sets in which every fault of form happens, large, small once, and small twice."""

from dataclasses import replace

from tests.gym.faulty import START_TRAVEL_M
from tests.gym.session import RepPlan, SessionPlan

TARGET = "2-1-1-1"
TARGET_REPS = 8

_GOOD = RepPlan(
    concentric_s=1.2, hold_s=0.8, eccentric_s=2.3, pause_s=0.8, diagonal_deg=37.5, pelvis_tilt_deg=1.0
)
_FAST = replace(_GOOD, eccentric_s=0.7)
_UNHELD = replace(_GOOD, hold_s=0.0)
_SWUNG = replace(_GOOD, concentric_s=0.45, style="swung")
_NARROW = replace(_GOOD, diagonal_deg=12.0)
_A_LITTLE_NARROW = replace(_GOOD, diagonal_deg=26.0)
_WIDE = replace(_GOOD, diagonal_deg=62.0)
_SHORT = replace(_GOOD, amplitude_deg=15.0)
_SLACK = replace(_GOOD, slack_m=0.065)
_BENT = replace(_GOOD, knee_bend_deg=32.0)
_OPENED = replace(_GOOD, pelvis_open_deg=20.0)
_ARCHED = replace(_GOOD, pelvis_tilt_deg=20.0)

CUED = SessionPlan(
    seed=31,
    leg="right",
    sets=(
        (_GOOD, _GOOD, _FAST, _FAST, _FAST, _FAST, _UNHELD, _GOOD, _SWUNG),
        (_GOOD, _GOOD, _A_LITTLE_NARROW, _A_LITTLE_NARROW, _WIDE, _NARROW, _GOOD, _SHORT, _SHORT),
        (_GOOD, _GOOD, _SLACK, _GOOD, _BENT, _OPENED, _ARCHED),
    ),
    rest_s=15.0,
    tell_leg=True,
    walk_in=False,
    pelvis=True,
    target=TARGET,
    start_travel_m=START_TRAVEL_M,
    ankle_hz=104.0,
    cable_hz=100.0,
    load_hz=80.0,
)
