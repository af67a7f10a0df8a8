"""Recordings made by hand: a cable that is pulled out and let back, as a neutral folder."""

import json
from pathlib import Path
from typing import Any

RATE_HZ = 100
RANGE_M = 0.42
CONCENTRIC_S, CONTRACTED_S, ECCENTRIC_S, STRETCHED_S = 1.2, 0.8, 2.4, 1.0


def _eased(share: float) -> float:
    """From 0 to 1 with no speed at either end: 3 x^2 - 2 x^3."""
    return share * share * (3.0 - 2.0 * share)


def cable_positions(reps: int, range_m: float = RANGE_M) -> list[float]:
    """Travel at RATE_HZ: two seconds of rest, the reps, two seconds of rest."""

    def count(seconds: float) -> int:
        return round(seconds * RATE_HZ)

    rest = [0.0] * count(2.0)
    out = [range_m * _eased(i / count(CONCENTRIC_S)) for i in range(count(CONCENTRIC_S))]
    held = [range_m] * count(CONTRACTED_S)
    back = [range_m * (1.0 - _eased(i / count(ECCENTRIC_S))) for i in range(count(ECCENTRIC_S))]
    pause = [0.0] * count(STRETCHED_S)
    return rest + (out + held + back + pause) * reps + rest


def cable_session(folder: Path, reps: int = 4, **header: Any) -> Path:
    """Write a session measured by the cable alone; `header` adds to `recording.json`."""
    folder.mkdir()
    rows = [f"{i / RATE_HZ:.3f},{x:.6f}\n" for i, x in enumerate(cable_positions(reps))]
    (folder / "cable.csv").write_text("t_s,position_m\n" + "".join(rows))
    fields = {"exercise": "cable-kickback", "leg": "left", "leg_length_m": None, "pulley_distance_m": None}
    (folder / "recording.json").write_text(json.dumps(fields | header))
    return folder
