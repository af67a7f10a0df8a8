"""Thins a trace to what the picture can show, and breaks it where samples are missing."""

from itertools import pairwise

import numpy as np

from tracker.blocks import FloatArray

LEAST_BREAK_S = 0.3
"""A trace is broken where samples are further apart than this, and than six usual intervals."""


def drawable(t_s: FloatArray, values: FloatArray, bins: int) -> tuple[FloatArray, FloatArray]:
    """Return the trace thinned to about two samples per bin, a NaN where samples are missing.

    `t_s`, `values`: shape (n,); `bins`: how many places along the trace the picture tells apart.
    """
    if len(t_s) == 0:
        return t_s, values
    intervals = np.diff(t_s)
    longest_s = max(LEAST_BREAK_S, 6.0 * float(np.median(intervals)) if len(intervals) else 0.0)
    cuts = np.flatnonzero(intervals > longest_s) + 1
    times, kept = [], []
    for run_s, run in zip(np.split(t_s, cuts), np.split(values, cuts), strict=True):
        thin_s, thin = thinned(run_s, run, max(2, round(bins * len(run) / len(values))))
        times += [thin_s, thin_s[-1:]]
        kept += [thin, np.array([np.nan])]
    return np.concatenate(times[:-1]), np.concatenate(kept[:-1])


def thinned(t_s: FloatArray, values: FloatArray, bins: int) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest sample of each bin in the order of time, and the two ends.

    No peak is lost; a trace of few samples comes back as it is.
    """
    n = len(t_s)
    if n <= 4 * bins:
        return t_s, values
    kept = {0, n - 1}
    edges = [i * n // bins for i in range(bins + 1)]
    for low, high in pairwise(edges):
        kept |= {low + int(np.argmin(values[low:high])), low + int(np.argmax(values[low:high]))}
    index = np.array(sorted(kept))
    return t_s[index], values[index]
