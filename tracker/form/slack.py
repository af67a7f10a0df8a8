"""`slack`: the load was not on the leg all through the set."""

from dataclasses import dataclass
from itertools import pairwise
from math import fsum

from tracker.form.fault import FormFault, beyond
from tracker.form.tension import Tensions


@dataclass(frozen=True, slots=True)
class SlackLimits:
    """`lost`: tension below this share of the load is lost: the stack lies on its stop or hangs on its
    friction. `least_s`: for so long; a leg that is let go outruns the stack for a tenth of a second, and a
    stack that is caught bounces. `large_s`: where it is large: a rest.
    `apart_s`: samples further apart tell nothing of the time between them.
    `before_s`: of the rest before the first rep of a set this much belongs to the set.
    """

    lost: float = 0.2
    least_s: float = 0.2
    large_s: float = 0.6
    apart_s: float = 0.12
    before_s: float = 0.3


def slack(
    before: Tensions, back: Tensions, load_n: float, limits: SlackLimits | None = None
) -> FormFault | None:
    """Return the fault of tension that was lost for too long in all.

    `before`: tensions in the pause before a rep, `back`: in its return. What is lost when the return ends
    belongs to the pause after it, and is the next rep's. The way out and the hold are not looked at: where
    the stack flies there, that is momentum.
    """
    p = limits or SlackLimits()
    least_n = p.lost * load_n
    kept = len(back)
    while kept and back[kept - 1][1] < least_n:
        kept -= 1
    lost_s = fsum(
        b - a
        for tensions in (before, back[:kept])
        for (a, force), (b, after) in pairwise(tensions)
        if force < least_n and after < least_n and b - a <= p.apart_s
    )
    return beyond("slack", lost_s, p.least_s, p.large_s)
