"""The table of signs in hardware/frames.md against the body and the machine of the virtual gym."""

from pathlib import Path

import numpy as np
import pytest

from tests.gym.body import intended_body
from tests.gym.script import STEP_S, Script
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.signals import felt
from tests.gym.simulate import simulate
from tracker.blocks import FloatArray
from tracker.setup import Leg

PAGE = (Path(__file__).parent.parent / "hardware" / "frames.md").read_text(encoding="utf-8")
SMALL = 0.05
"""Of the largest channel of its kind."""

LEAN_RAD = 0.4
START_S, OUT_S, END_S = 1.0, 1.0, 3.0


def rows(columns: int) -> list[list[str]]:
    lines = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| ")]
    return [
        [cell.strip() for cell in line] for line in lines if len(line) == columns and "leg" not in line[1]
    ]


def swung(azimuth_deg: float, outwards: float) -> dict[str, float]:
    """A kick at this diagonal: where the leg leans to in the body's frame, x forward and y left."""
    azimuth = np.pi - outwards * np.radians(azimuth_deg)
    return {"swing_x": LEAN_RAD * np.cos(azimuth), "swing_y": LEAN_RAD * np.sin(azimuth)}


def moves(movement: str, leg: Leg) -> dict[str, float]:
    outwards = 1.0 if leg == "left" else -1.0
    return {
        "stand still": {},
        "kick straight back": swung(0.0, outwards),
        "kick straight out to the side": swung(90.0, outwards),
        "kick on the diagonal": swung(38.0, outwards),
        "swing the leg forwards": swung(180.0, outwards),
        "bend the knee, heel to the back": {"knee": LEAN_RAD},
        "turn the toes out": {"roll": outwards * LEAN_RAD},
    }[movement]


def felt_in(movement: str, leg: Leg) -> tuple[FloatArray, FloatArray]:
    """Angular rate (rad/s) on the way out and specific force (m/s2) where the leg is held after it."""
    script = Script(END_S)
    for channel, to in moves(movement, leg).items():
        getattr(script, channel).move(to, START_S, OUT_S, "minimum-jerk")
    body = intended_body(SessionPlan(leg=leg), script)
    signal = felt(body.ankle, body.world_from_shank, [], np.random.default_rng(1))
    out = slice(round(START_S / STEP_S), round((START_S + OUT_S) / STEP_S))
    held = slice(round((START_S + OUT_S + 0.2) / STEP_S), round((END_S - 0.2) / STEP_S))
    return signal[out, 3:].mean(axis=0), signal[held, :3].mean(axis=0)


def signs(values: FloatArray) -> list[str]:
    largest = float(np.abs(values).max())
    return ["0" if abs(x) <= max(SMALL * largest, 1e-6) else "+" if x > 0.0 else "-" for x in values.tolist()]


SIGNS = [row for row in rows(8) if row[1] in ("left", "right", "either")]


@pytest.mark.parametrize("row", SIGNS, ids=lambda row: f"{row[0]}, {row[1]}")
def test_a_movement_has_the_signs_of_the_table(row: list[str]) -> None:
    legs: tuple[Leg, ...] = ("left", "right")
    for leg in legs:
        if row[1] in (leg, "either"):
            rate, force = felt_in(row[0], leg)
            assert [*signs(rate), *signs(force)] == row[2:]


def test_the_table_has_both_legs_of_every_movement() -> None:
    assert len(SIGNS) == 10
    for movement in {row[0] for row in SIGNS}:
        assert sorted(row[1] for row in SIGNS if row[0] == movement) in (["either"], ["left", "right"])


def test_the_cable_has_the_signs_of_the_table() -> None:
    table = {row[0]: row[1:] for row in rows(3) if row[1] in "+-0"}
    session = simulate(SessionPlan(sets=((RepPlan(hold_s=1.0, pause_s=2.0),),), calibrate=False), steady=True)
    travel, tension = session.signals.travel_m, session.signals.tension_n
    assert travel is not None
    assert tension is not None
    (rep,) = session.truth.movements
    times = {
        "stand still under tension": (rep.eccentric_end_s + 0.5, rep.eccentric_end_s + 1.5),
        "kick out": (rep.concentric_start_s, rep.pause_start_s),
        "let it back": (rep.eccentric_start_s, rep.eccentric_end_s),
    }
    assert table.keys() == times.keys()
    for movement, (start_s, end_s) in times.items():
        first, last = round(start_s / STEP_S), round(end_s / STEP_S)
        moved_m = float(travel[last] - travel[first])
        found = "0" if abs(moved_m) < 0.01 else "+" if moved_m > 0.0 else "-"
        assert [found, "+" if tension[first:last].mean() > 10.0 else "0"] == table[movement]
