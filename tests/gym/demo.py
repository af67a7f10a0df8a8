"""Makes the session that `kickback demo` plays: `python -m tests.gym.demo firmware/demo/session.mcap`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from firmware.recording import import_folder
from tests.gym.folder import write_folder
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import simulate

TARGET = "2-1-1-1"

_GOOD = RepPlan(concentric_s=1.1, hold_s=1.0, eccentric_s=2.1, pause_s=1.0, diagonal_deg=37.0)

DEMO = SessionPlan(
    seed=7,
    leg="right",
    sets=(
        (
            _GOOD,
            RepPlan(concentric_s=1.1, hold_s=1.0, eccentric_s=2.2, pause_s=1.0, diagonal_deg=39.0),
            RepPlan(concentric_s=1.0, hold_s=0.9, eccentric_s=1.9, pause_s=1.1, diagonal_deg=36.0),
            RepPlan(
                concentric_s=0.6, hold_s=0.1, eccentric_s=0.9, pause_s=1.0, diagonal_deg=26.0, style="swung"
            ),
            RepPlan(style="twitch", concentric_s=0.4, hold_s=0.05, eccentric_s=0.5, amplitude_deg=4.5),
            _GOOD,
        ),
        (
            _GOOD,
            RepPlan(concentric_s=1.2, hold_s=1.1, eccentric_s=2.2, pause_s=1.0, diagonal_deg=35.0),
            RepPlan(concentric_s=1.0, hold_s=0.8, eccentric_s=1.8, amplitude_deg=15.0, style="partial"),
        ),
    ),
    rest_s=13.5,
    walk_in=False,
    ankle_hz=104.0,
    cable_hz=100.0,
    load_hz=80.0,
    mounting_deg=(4.0, -7.0, 115.0),
)
"""Two short sets of every kind of rep, after three calibration kicks; the cuff sits anyhow."""


def main() -> None:
    """Write the demo's recording to the file named on the command line."""
    with TemporaryDirectory() as folder:
        neutral = Path(folder) / "demo"
        write_folder(simulate(DEMO), neutral, target=TARGET)
        import_folder(neutral, Path(sys.argv[1]), overwrite=True)


if __name__ == "__main__":
    main()
