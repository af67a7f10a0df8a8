"""How far the knee bent in a kick, and what that does to the direction.

A knee that bends swings the shank further back than the leg went. Two things tell: the cable comes out less
than a straight leg of that swing would pull, by some 7 mm a degree; and the ankle is carried less far back,
by about as much, which its own acceleration shows where there is no cable, though not so well.

Most knees bend slightly, as in good form, and some fail to be held. Each bend is weighed by how likely it is
of the two and by how well it explains what was measured (Bayes; MacKay, "Information theory, inference, and
learning algorithms", 2003, ch. 3 and 21). What the likely bends do to the direction is on the mean its
correction, and by their scatter its error. A bend is said of a rep where it is likelier that the knee was not
held than that it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import atan2, cos, exp, fsum, hypot, radians, sqrt
from operator import add, mul

from tracker.cable_line import Displacement, bent
from tracker.carried import Carried
from tracker.kick import Swing
from tracker.midline import Midline
from tracker.poses import wrapped


@dataclass(frozen=True, slots=True)
class KneeParams:
    """What is likely of a knee before anything is measured.

    `slight_rad`: how far one bends in good form, either way, as a standard deviation. `failed`: share of the
    kicks in which it is not held, and `failed_rad`: how far it then bends, as a standard deviation;
    `least_rad`: further than good form.
    `most_rad`, `step_rad`: the largest bend looked for, and how finely.
    `astray`: likelihood of whatever is measured, however far it is off: of a cuff that slipped, a stack that
    hung, an acceleration that was summed up wrongly.
    `sure`: from this probability on a knee is found to have bent.
    """

    slight_rad: float = radians(3.5)
    failed: float = 0.1
    failed_rad: float = radians(25.0)
    least_rad: float = radians(5.0)
    most_rad: float = radians(60.0)
    step_rad: float = radians(2.0)
    astray: float = 0.001
    sure: float = 0.5


@dataclass(frozen=True, slots=True)
class Bend:
    """What is known of a knee: whether a bend was found, and by how much (rad).

    `further_rad`: by how much the ankle went further out than the shank points; `further_sd_rad`: its error.
    """

    found: bool
    knee_rad: float
    further_rad: float
    further_sd_rad: float


def by_cable(
    midline: Midline, swing: Swing, outwards: float, elongation_m: float, params: KneeParams | None = None
) -> Bend:
    """Return the bend of the knee that explains how far the cable came out (m)."""

    def pull_m(ankle: Displacement) -> float:
        return midline.line.pull(ankle, midline.aside_m).elongation

    sd_m = midline.elongation_sd_m(swing, outwards)
    return _explained(_Leg(midline, swing, outwards), pull_m, elongation_m, sd_m, params or KneeParams())


def by_acceleration(
    midline: Midline, swing: Swing, outwards: float, way: Carried, params: KneeParams | None = None
) -> Bend:
    """Return the bend of the knee that explains how far back the ankle was carried."""
    leg = _Leg(midline, swing, outwards)
    straight = leg.went(0.0)
    p = midline.params
    sd_m = hypot(way.sd_m, p.reach * straight.back, midline.sd_rad * straight.out, p.cable_m)
    back_m = way.along_m(midline.back_rad)
    return _explained(leg, lambda ankle: ankle.back, back_m, sd_m, params or KneeParams())


def unseen(midline: Midline, swing: Swing, outwards: float, params: KneeParams | None = None) -> Bend:
    """Return what is known of a knee that nothing tells of."""
    slight_rad = (params or KneeParams()).slight_rad
    leg = _Leg(midline, swing, outwards)
    return Bend(False, 0.0, 0.0, leg.further_rad(slight_rad))


class _Leg:
    """The leg at the peak of a kick, by how its shank then leans."""

    def __init__(self, midline: Midline, swing: Swing, outwards: float) -> None:
        self._reach_m, self._tilt_rad = midline.reach_m, swing.tilt_rad
        self._out_rad = midline.out_rad(swing, outwards)

    @property
    def back_rad(self) -> float:
        """How far back the shank leans, which is as far as a knee can bend of a thigh that did not go
        forward."""
        return max(0.0, self._tilt_rad * cos(self._out_rad))

    def went(self, knee_rad: float) -> Displacement:
        """Return where the ankle went if the knee bent so far."""
        return bent(self._reach_m, self._tilt_rad, self._out_rad, knee_rad)

    def further_rad(self, knee_rad: float) -> float:
        """Return by how much the ankle then went further out than the shank points."""
        ankle = self.went(knee_rad)
        return wrapped(atan2(ankle.out, ankle.back) - self._out_rad)


def _explained(
    leg: _Leg, shown_m: Callable[[Displacement], float], measured_m: float, sd_m: float, p: KneeParams
) -> Bend:
    """Return what a measurement tells of the knee. `shown_m`: what it would be of where the ankle went."""
    knees = _looked_at(leg.back_rad, p)
    fits = [_bell((shown_m(leg.went(knee)) - measured_m) / sd_m) + p.astray for knee in knees]
    slight = [fit * _held(knee, p) for fit, knee in zip(fits, knees, strict=True)]
    bends = [fit * _failed(knee, p) for fit, knee in zip(fits, knees, strict=True)]
    found = fsum(bends) > p.sure * (fsum(bends) + fsum(slight))
    likely = bends if found else list(map(add, slight, bends))
    knee_rad, _ = _moments(knees, likely)
    return Bend(found, knee_rad, *_moments([leg.further_rad(knee) for knee in knees], likely))


def _looked_at(back_rad: float, p: KneeParams) -> list[float]:
    """Return the bends that are possible in a shank that leans so far back."""
    least, most = -3.0 * p.slight_rad, min(p.most_rad, back_rad + p.slight_rad)
    return [p.step_rad * k for k in range(round(least / p.step_rad), 1 + round(most / p.step_rad))]


def _held(knee_rad: float, p: KneeParams) -> float:
    """Return how likely a bend is, of a knee that is held."""
    return (1.0 - p.failed) * _bell(knee_rad / p.slight_rad) / p.slight_rad


def _failed(knee_rad: float, p: KneeParams) -> float:
    """Return how likely a bend is, of a knee that is not held: all to one side."""
    return 2.0 * p.failed * _bell(knee_rad / p.failed_rad) / p.failed_rad if knee_rad >= p.least_rad else 0.0


def _bell(off: float) -> float:
    """Return the normal density of what is so many standard deviations off, as a share of its peak."""
    return exp(-0.5 * off * off)


def _moments(values: Sequence[float], weights: Sequence[float]) -> tuple[float, float]:
    """Return weighted mean and standard deviation."""
    total = fsum(weights)
    mean = fsum(map(mul, values, weights)) / total
    return mean, sqrt(fsum(w * (v - mean) ** 2 for v, w in zip(values, weights, strict=True)) / total)
