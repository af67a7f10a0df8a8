"""`momentum`: the stack was thrown, not lifted."""

from dataclasses import dataclass

from tracker.form.fault import FormFault, beyond
from tracker.form.tension import Tensions


@dataclass(frozen=True, slots=True)
class MomentumLimits:
    """`thrown`: share of the load by which tension may depart from it on the way out. Tension over load is
    one plus the stack's acceleration over gravity's: a leg that kicks 0.4 m of cable in a second changes it
    by a quarter, in 0.7 s by half. `large`: 1 is free flight, when the stack carries all of itself.
    """

    thrown: float = 0.5
    large: float = 1.0


def momentum(tensions: Tensions, load_n: float, limits: MomentumLimits | None = None) -> FormFault | None:
    """Return the fault of a stack that was thrown, from the cable's tension on the way out.

    Thrown is the larger of overshoot, how far the peak exceeds the load (the swing that throws it), and of
    collapse, how far the least tension after that peak falls short of it (the stack that flies), both as
    shares of the load. What comes before the peak is the taking up of slack, and no flight.
    """
    p = limits or MomentumLimits()
    if not tensions:
        return None
    forces = [force for _, force in tensions]
    peak_n = max(forces)
    least_n = min(forces[forces.index(peak_n) :])
    thrown = max(peak_n - load_n, load_n - least_n) / load_n
    return beyond("momentum", thrown, p.thrown, p.large)
