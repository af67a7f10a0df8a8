"""Foretells where a movement's speed falls below 5 % of its peak from where it fell below 40 and 20 %.

A slow movement ends so gently that a sway of millimetres a second moves the crossing of 5 % by a tenth of a
second and more; those of the larger shares are steeper. Movements from one place to another go much as
minimum jerk (Flash and Hogan 1985), whose speed, 30 s^2 (1 - s)^2 of the share s of its time, takes 0.069 of
it from 40 to 20 % of its peak, and as long again to 5 %.
"""

EARLY, LATE = 0.4, 0.2
"""Shares of the peak speed from which the end is foretold."""

MOST = 0.6
"""A crossing of half the weight may be off what is foretold by this share of the time between the two, since
movements differ; one of more weight by as much more as the odds are."""


class Foretold:
    """Follows the speed of one phase from its fastest moment outwards, forwards or backwards in time."""

    def __init__(self, peak: float, fastest_s: float) -> None:
        """`peak`: the speed of which the shares are taken; `fastest_s`: when it was reached."""
        self._early, self._late = EARLY * peak, LATE * peak
        self._fastest_s = self._early_s = self._late_s = fastest_s

    def step(self, from_s: float, above: float, to_s: float, below: float) -> None:
        """Take one step outwards: times (s) and speeds before and after it. The last crossings count."""
        if below < self._early <= above:
            self._early_s = from_s + (to_s - from_s) * (above - self._early) / (above - below)
        if below < self._late <= above:
            self._late_s = from_s + (to_s - from_s) * (above - self._late) / (above - below)

    def weighed(self, crossed_s: float, weight: float) -> float:
        """Return the end (s) between the crossing of 5 %, which has this weight, and what is foretold.

        Nothing is foretold where the larger shares were not both crossed: the samples begin or end in there.
        """
        span_s = self._late_s - self._early_s
        if weight >= 1.0 or span_s * (self._early_s - self._fastest_s) <= 0.0:
            return crossed_s
        foretold_s = self._late_s + span_s
        most_s = MOST * abs(span_s) * weight / (1.0 - weight)
        return foretold_s + weight * max(-most_s, min(most_s, crossed_s - foretold_s))
