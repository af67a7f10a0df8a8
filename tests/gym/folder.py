"""Writes a simulated session as a neutral folder."""

import json
from pathlib import Path

from tests.gym.simulate import GymSession
from tracker.blocks import COLUMNS


def write_folder(session: GymSession, folder: Path, *, target: str | None = None) -> None:
    """Write the session's streams to a new folder, marked as simulated.

    Six decimals: a microsecond, a micrometre, and less than a tenth of any sensor's step.
    """
    folder.mkdir(parents=True)
    setup = session.setup
    header = {
        "exercise": setup.exercise,
        "session": setup.session,
        "leg": setup.leg,
        "leg_length_m": setup.leg_length_m,
        "pulley_distance_m": setup.pulley_distance_m,
        "target": target,
        "simulated": True,
    }
    (folder / "recording.json").write_text(json.dumps(header, indent=1) + "\n", encoding="utf-8")
    for stream, samples in session.streams.items():
        rows = [",".join(COLUMNS[stream]), *(",".join(f"{v:.6f}" for v in row) for row in samples.tolist())]
        (folder / f"{stream}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    if session.announced:
        rows = ["t_s,event", *(f"{a.t_s:.3f},{a.announcement}" for a in session.announced)]
        (folder / "events.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
