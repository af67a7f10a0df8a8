"""The diagonal: azimuth of the kick against the body's midline.

What is measured is the displacement of the leg's long axis between start pose and peak, in the
orientation filter's world frame: blind to the leg's turning about itself and to the path between.
The midline comes from three straight-back kicks, refined by the cable; else from the cable; else from the
walk in; else from how the cuff was seen to be worn. Without any of them nothing is claimed.
"""

from dataclasses import dataclass
from math import degrees, hypot, radians

from tracker.cable_line import CableLine
from tracker.carried import carried
from tracker.diagonal import KNEE_BENT, Diagonal
from tracker.kick import Kick, Swing, swing
from tracker.knee import Bend, by_acceleration, by_cable, unseen
from tracker.messages import LegSource
from tracker.messages import Midline as MidlineSource
from tracker.midline import Midline
from tracker.poses import PoseHistory, up_in_sensor, wrapped
from tracker.setup import Leg, SessionSetup
from tracker.walk import Walk

NO_MIDLINE = "no midline: three straight-back kicks after 'calibrate' would give it"
NO_LEG = "no midline, and the cable does not tell it while the leg is not known: calibrate, or tell the leg"

PRINTED_FORWARD = (1.0, 0.0, 0.0)
"""Where the print on the cuff has forwards in the sensor frame."""


@dataclass(frozen=True, slots=True)
class DirectionParams:
    """`kicks`: calibration kicks that make a midline. `patience_s`: time they may take.
    `agreement_rad`: how far kicks may differ that went straight back; where fewer than two of three agree the
    calibration is refused.
    `least_swing`: sine of the smallest swing whose azimuth means anything.
    `tilt_sd_rad`: error of an inclination, for the stated uncertainty.
    `side_rad`, `sure`: a kick at least this far, and so many standard deviations, off the midline tells the
    leg. `most_sd_rad`: a midline less sure than this is not known.
    `knee_sd_rad`: where the midline is less sure, a short pull speaks of the midline, unless the ankle's
    acceleration tells that the knee bent.
    `walk_rad`: how far a shank's axis in gait, and the way it then stands, are from left-right.
    `printed_rad`, `upright`: how far a cuff worn as printed is turned, and the cosine of its tilt
    beyond which it is not worn so.
    `lost_radps`: how fast a leg may have turned unseen where samples are missing on its way out.
    `backwards_rad`, `inwards_rad`: a kick further out, or further in where the leg is known, contradicts a
    midline that was not calibrated; what the cuff told is then forgotten.
    """

    kicks: int = 3
    patience_s: float = 60.0
    agreement_rad: float = radians(12.0)
    least_swing: float = 0.12
    tilt_sd_rad: float = radians(0.3)
    side_rad: float = radians(8.0)
    sure: float = 2.5
    most_sd_rad: float = radians(10.0)
    knee_sd_rad: float = radians(4.0)
    walk_rad: float = radians(5.0)
    printed_rad: float = radians(8.0)
    upright: float = 0.9
    lost_radps: float = radians(25.0)
    backwards_rad: float = radians(80.0)
    inwards_rad: float = radians(30.0)


class KickDirection:
    """Takes the calibration kicks, and measures each rep's diagonal."""

    def __init__(
        self,
        poses: PoseHistory,
        walk: Walk,
        setup: SessionSetup,
        *,
        leg_length_m: float = 0.85,
        claims: bool = True,
        params: DirectionParams | None = None,
    ) -> None:
        """`poses`, `walk`: how the ankle was turned. `setup`: the leg, its length and the pulley's distance,
        as far as they were told. `leg_length_m`: where it was not. `claims`: whether the exercise has a
        diagonal.
        """
        self.params = params or DirectionParams()
        self._leg = setup.leg
        self._leg_source: LegSource | None = "told" if setup.leg is not None else None
        self._poses = poses
        self._walk = walk
        self._claims = claims
        self._as_printed = setup.cuff_as_printed
        self._leg_m = setup.leg_length_m or leg_length_m
        self._line = CableLine(setup.pulley_distance_m) if setup.pulley_distance_m else CableLine()
        self._rested = False
        self._has_cable = False
        self._looked_s = 0.0
        self._last_s = 0.0
        self._rest_s = 0.0
        self._kicks: list[tuple[Swing, Kick]] = []
        self._kicks_seen = 0
        self._calibrating_since_s: float | None = None
        self._source: MidlineSource | None = None
        self._midline = self._fresh()

    @property
    def leg(self) -> Leg | None:
        """The working leg as far as it is known."""
        return self._leg

    def confirm_leg(self) -> None:
        """Take the leg that was found for told: the next calibration does not find it anew."""
        if self._leg is not None:
            self._leg_source = "told"

    def calibrate(self, t_s: float) -> None:
        """Begin a calibration: the next kicks are straight back and no reps."""
        self._calibrating_since_s, self._kicks, self._kicks_seen = t_s, [], 0
        if self._leg_source == "kicks":
            self._leg = self._leg_source = None

    def calibrating(self, t_s: float) -> bool:
        """Whether a movement that peaked at `t_s` is a calibration kick."""
        since_s = self._calibrating_since_s
        return since_s is not None and since_s < t_s <= since_s + self.params.patience_s

    def stood(self, t_s: float) -> None:
        """Tell that the ankle has come to stand still: now the heading drifts less, and a walk is over."""
        self._rested = True
        self._look_back(t_s)

    def take_kick(self, kick: Kick) -> None:
        """Take a calibration kick; the last one sets the midline if most were measured and agree.

        One that goes elsewhere is left out: a movement that was taken for a kick, or the first rep.
        """
        swung = swing(self._poses, kick)
        self._last_s = kick.peak_s
        if swung is not None and swung.size >= self.params.least_swing:
            self._kicks.append((swung, kick))
        self._kicks_seen += 1
        if self._kicks_seen < self.params.kicks:
            return
        self._calibrating_since_s = None
        agreeing = max((self._like(swung) for swung, _ in self._kicks), key=len, default=[])
        self._midline, self._source = self._fresh(), None
        if 2 * len(agreeing) <= self.params.kicks:
            return
        self._source = "calibration"
        for swung, kick in agreeing:
            self._rest(self._midline, kick, swung)
            self._midline.kicked(swung, kick.elongation_m)

    def _like(self, one: Swing) -> list[tuple[Swing, Kick]]:
        """Return the kicks that went where `one` went."""
        most_rad = self.params.agreement_rad
        return [k for k in self._kicks if abs(wrapped(k[0].azimuth_rad - one.azimuth_rad)) <= most_rad]

    def measure(self, kick: Kick) -> Diagonal:
        """Return the diagonal of a rep."""
        if not self._claims:
            return self._unknown("no diagonal is defined for this exercise")
        if self._poses.empty:
            return self._unknown("no ankle IMU")
        swung = swing(self._poses, kick)
        lost_rad = self.params.lost_radps * self._poses.broken_s(kick.start_s, kick.peak_s)
        small = swung is None or swung.size < self.params.least_swing
        if swung is None or small or lost_rad > self.params.most_sd_rad:
            return self._unknown("the swing is too small, or lacks samples, to tell its direction")
        self._follow(kick, swung)
        self._find_leg(swung)
        knee = self._bend(kick, swung, broken=lost_rad > 0.0)
        return self._judged(swung, lost_rad, knee)

    def _follow(self, kick: Kick, swung: Swing) -> None:
        """Follow the midline to this kick."""
        if self._source is None:
            self._look_back(kick.start_s)
        if self._source is None and self._as_printed and up_in_sensor(swung.rest)[2] > self.params.upright:
            self._midline, self._source = self._fresh(), "mount"
            self._midline.worn(PRINTED_FORWARD, swung.rest, self.params.printed_rad)
        turned = self._rest(self._midline, kick, swung)
        if turned and self._source == "calibration":
            self._source = "mount"
        if self._source in ("walk", "mount") and self._astray(swung):
            self._midline, self._source = self._fresh(), None
            self._rest(self._midline, kick, swung)
        self._last_s = kick.peak_s

    def _bend(self, kick: Kick, swung: Swing, *, broken: bool) -> Bend | None:
        """Return what is known of the knee; None where the leg is not known, and nothing is claimed, or where
        the error of the midline has it."""
        if not broken:
            self._has_cable = kick.elongation_m is not None
        if self._leg is None:
            return None
        if broken:
            return unseen(self._midline, swung, self._outwards)
        if kick.elongation_m is None:
            return self._felt(kick, swung)
        return self._ask_cable(kick, swung, kick.elongation_m)

    def _felt(self, kick: Kick, swung: Swing) -> Bend:
        """Return what the ankle's own acceleration tells of the knee, if it does."""
        way = carried(self._poses, kick)
        if way is None:
            return unseen(self._midline, swung, self._outwards)
        return by_acceleration(self._midline, swung, self._outwards, way)

    def _ask_cable(self, kick: Kick, swung: Swing, elongation_m: float) -> Bend | None:
        """Let the cable tell of the midline, or of the knee where that bent.

        While the midline is not sure enough, acceleration tells whether it did.
        """
        p, sd_rad = self.params, self._midline.sd_rad
        knee = None
        if sd_rad <= p.knee_sd_rad:
            knee = by_cable(self._midline, swung, self._outwards, elongation_m)
        elif sd_rad <= p.most_sd_rad:
            knee = self._felt(kick, swung)
        if knee is None or not knee.found:
            self._midline.pulled(swung, self._outwards, elongation_m)
            if self._source != "calibration":
                self._source = "cable"
        return knee

    def _judged(self, swung: Swing, lost_rad: float, knee: Bend | None) -> Diagonal:
        """Return what is known now of a kick's direction."""
        p, midline = self.params, self._midline
        if midline.sd_rad > p.most_sd_rad or self._source is None:
            return self._unknown(NO_MIDLINE if self._leg or not self._has_cable else NO_LEG)
        if self._leg is None:
            return self._unknown("the leg is not known, and the kick went straight back")
        if self._source != "calibration" and self._astray(swung):
            return self._unknown("the kick does not fit the midline: calibrate, or tell the leg")
        bent = knee if knee is not None and knee.found else None
        further_rad, knee_sd_rad = (0.0, 0.0) if knee is None else (knee.further_rad, knee.further_sd_rad)
        return Diagonal(
            degrees(midline.out_rad(swung, self._outwards) + further_rad),
            degrees(hypot(midline.sd_rad, p.tilt_sd_rad / swung.size, lost_rad, knee_sd_rad)),
            None,
            self._source,
            self._leg,
            self._leg_source,
            degrees(bent.knee_rad) if bent is not None and self._has_cable else None,
            () if bent is None else (KNEE_BENT,),
        )

    def _astray(self, swung: Swing) -> bool:
        """Whether no leg kicks where this one seems to have gone."""
        out_rad = self._midline.out_rad(swung, self._outwards)
        inwards_rad = self.params.backwards_rad if self._leg is None else self.params.inwards_rad
        return not -inwards_rad <= out_rad <= self.params.backwards_rad

    @property
    def _outwards(self) -> float:
        """1 where azimuth grows outwards, as for a right leg, -1 for a left one."""
        return -1.0 if self._leg == "left" else 1.0

    def _fresh(self) -> Midline:
        return Midline(self._leg_m, self._line, rested=self._rested)

    def _look_back(self, t_s: float) -> None:
        """If the lifter walked since the last kick, take from it how the cuff is worn."""
        since_s, self._looked_s = max(self._looked_s, self._last_s), t_s
        pose = self._poses.at(t_s)
        if pose is None or not self._claims or self._source not in (None, "walk"):
            return
        forward = self._walk.forward(since_s, t_s, up_in_sensor(pose))
        if forward is not None:
            self._midline, self._source = self._fresh(), "walk"
            self._midline.worn(forward, pose, self.params.walk_rad)

    def _rest(self, midline: Midline, kick: Kick, swung: Swing) -> bool:
        """Take the rest before a kick; return whether the body has turned since the rest before."""
        broken_s = self._poses.broken_s(self._rest_s, kick.start_s)
        self._rest_s = kick.start_s
        return midline.rest(kick.start_s, swung.rest, broken_s)

    def _find_leg(self, swung: Swing) -> None:
        """Find the leg from the side a kick goes to."""
        out_rad, sd_rad = self._midline.out_rad(swung, 1.0), self._midline.sd_rad
        if self._leg is None and abs(out_rad) >= max(self.params.side_rad, self.params.sure * sd_rad):
            self._leg, self._leg_source = ("right" if out_rad > 0.0 else "left"), "kicks"

    def _unknown(self, reason: str) -> Diagonal:
        return Diagonal(None, None, reason, None, self._leg, self._leg_source)
