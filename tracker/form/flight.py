"""Whether the stack flew: then it, and the cable's travel, went elsewhere than the leg."""

from itertools import pairwise

from tracker.form.tension import load_of
from tracker.load import LoadHistory

STACK_FLIGHT = "stack_flight"
"""The reason given where travel, range, speed, force and work are the flying stack's and not the leg's."""

FREE = 0.1
"""Share of the load below which the cable no longer holds the stack."""


def stack_flew(history: LoadHistory, start_s: float, peak_s: float, end_s: float) -> bool:
    """Tell whether tension was gone for two samples between its peak on the way out and the stack's apex.

    `start_s`, `peak_s`, `end_s`: rough start, apex and end of a movement. Of a movement without a load cell
    it is not known, and taken not to be so.
    """
    out = [force for _, force in history.between(start_s, peak_s)]
    if not out:
        return False
    after = out[out.index(max(out)) :]
    if min(after) >= FREE * max(out):
        return False
    load = load_of(history.between(start_s, end_s))
    if load is None:
        return False
    free = [force < FREE * load for force in after]
    return any(one and next_ for one, next_ in pairwise(free))
