"""Smooth random wandering, for sway, wobble and tremor."""

import numpy as np

from tracker.blocks import FloatArray


def wander(rng: np.random.Generator, n: int, rate_hz: float, below_hz: float, rms: float) -> FloatArray:
    """Return noise of the given rms with no power above `below_hz`, made in the frequency domain."""
    if rms == 0.0:
        return np.zeros(n)
    return band(rng, n, rate_hz, 0.02, below_hz, rms)


def band(
    rng: np.random.Generator, n: int, rate_hz: float, from_hz: float, to_hz: float, rms: float
) -> FloatArray:
    """Return noise of the given rms with power between two frequencies."""
    frequency = np.fft.rfftfreq(n, 1.0 / rate_hz)
    inside = (frequency >= from_hz) & (frequency <= to_hz)
    spectrum = (rng.normal(size=len(frequency)) + 1j * rng.normal(size=len(frequency))) * inside
    signal = np.fft.irfft(spectrum, n)
    size = float(np.std(signal))
    return np.asarray(signal * (rms / size)) if size > 0.0 else np.zeros(n)
