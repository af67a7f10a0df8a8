"""Inclination against an optical truth: BROAD (Laidig, Caruso, Cereatti, Seel 2021)."""

from pathlib import Path

import numpy as np

from tests.attitude import inclination_deg, inverse, multiply
from tests.benchmark.filters import Filter, installed
from tests.benchmark.table import table
from tests.shared import DATA


def inclinations() -> str:
    """Return root mean square inclination errors of each filter; a line where the recordings are absent."""
    recordings = sorted(DATA.glob("orientation/*.npz"))
    if not recordings:
        return "## Inclination on BROAD\n\nSkipped: no recordings beside the checkout.\n"
    filters = installed()
    rows, columns = [], []
    for path in recordings:
        errors = [rmse_deg(filter_, path) for filter_ in filters.values()]
        columns.append(errors)
        rows.append((path.stem, *(f"{error:.2f}" for error in errors)))
    rows.append(("mean", *(f"{np.mean(errors):.2f}" for errors in zip(*columns, strict=True))))
    return table("Inclination on BROAD, RMSE in degrees", ("trial", *filters), rows)


def rmse_deg(filter_: Filter, path: Path) -> float:
    """Return the root mean square inclination error where BROAD judges: in the movement, markers in sight."""
    with np.load(path) as content:
        force, rate = content["acc_mps2"].astype(np.float64), content["gyr_radps"].astype(np.float64)
        optical = content["opt_quat_wxyz"].astype(np.float64)
        judged = content["movement"] & np.isfinite(optical).all(axis=1)
        t_s = np.arange(len(force)) / float(content["rate_hz"])
    estimated = filter_(np.column_stack((t_s, force, rate)))
    error = multiply(estimated, inverse(optical))[judged]
    return float(np.sqrt(np.mean(inclination_deg(error) ** 2)))
