"""Orientation filters that are compared: ours, its reference, and a plain Madgwick of a public library.

Each takes samples (n, 7: t_s, specific force, angular rate) and returns world_from_sensor (n, 4).
"""

from collections.abc import Callable, Mapping
from importlib.util import find_spec

import numpy as np

from tests.attitude import followed
from tracker.blocks import FloatArray


def ours(samples: FloatArray) -> FloatArray:
    """Return what `tracker.orientation` makes of it."""
    return followed(samples)[0]


def reference(samples: FloatArray) -> FloatArray:
    """Return VQF in six axes with its defaults, sample by sample, as a live program calls it."""
    from vqf import VQF

    filter_ = VQF(_interval_s(samples))
    quaternions = np.empty((len(samples), 4))
    for i, sample in enumerate(samples):
        filter_.update(sample[4:].copy(), sample[1:4].copy())
        quaternions[i] = filter_.getQuat6D()
    return quaternions


def madgwick(samples: FloatArray) -> FloatArray:
    """Return Madgwick's gradient descent filter of `ahrs`, with its default gain."""
    from ahrs.filters import Madgwick

    filter_ = Madgwick(Dt=_interval_s(samples))
    quaternions = np.empty((len(samples), 4))
    x, y, z = samples[0, 1:4] / np.linalg.norm(samples[0, 1:4])
    # The turn that takes the first specific force to z, halved by adding the turn by nothing.
    q = np.array([1.0 + z, y, -x, 0.0])
    q = q / np.linalg.norm(q)
    for i, sample in enumerate(samples):
        q = filter_.updateIMU(q, gyr=sample[4:], acc=sample[1:4])
        quaternions[i] = q
    return quaternions


Filter = Callable[[FloatArray], FloatArray]


def installed() -> Mapping[str, Filter]:
    """Return the filters that can run here, by name."""
    filters: dict[str, Filter] = {"ours": ours}
    if find_spec("vqf") is not None:
        filters["vqf, per sample"] = reference
    if find_spec("ahrs") is not None:
        filters["ahrs Madgwick"] = madgwick
    return filters


def _interval_s(samples: FloatArray) -> float:
    return float(np.mean(np.diff(samples[:, 0])))
