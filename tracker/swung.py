"""The travel the leg would give the cable by its swing, for when the stack flew and told its own."""

from collections.abc import Sequence

from tracker.load import interpolate
from tracker.poses import PoseHistory, up_in_sensor
from tracker.progress import swing_angles

LEAST_SWING_RAD = 0.1
"""A smaller swing tells no travel."""

Curve = tuple[Sequence[float], Sequence[float]]


def swung_travel(travel: Curve, poses: PoseHistory, start_s: float, peak_s: float) -> Curve | None:
    """Return the ankle's swing from its start pose as travel (m), with its times.

    `travel`: times and positions of the cable over the whole movement. `start_s`, `peak_s`: its rough start
    and apex. The two are compared where the leg has come half the way back: by then it has long caught the
    stack. None where poses are missing, or the leg hardly swung.
    """
    first_s, last_s = travel[0][0], travel[0][-1]
    start, peak = poses.at(start_s), poses.at(peak_s)
    there = list(poses.between(first_s, last_s))
    if start is None or peak is None or not there or poses.broken_s(first_s, last_s) > 0.0:
        return None
    ups = [up_in_sensor(pose) for _, pose in there]
    swing = swing_angles(ups, up_in_sensor(start), up_in_sensor(peak), None)
    most = max(swing)
    if most < LEAST_SWING_RAD:
        return None
    half = max(i for i, angle in enumerate(swing) if angle >= 0.5 * most)
    times = [t_s for t_s, _ in there]
    m_per_rad = (interpolate(travel, times[half]) - interpolate(travel, start_s)) / swing[half]
    return times, [m_per_rad * angle for angle in swing]
