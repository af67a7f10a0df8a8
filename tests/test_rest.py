"""A leg that creeps stands still, and one that swings does not."""

from tracker.movement import Level
from tracker.rest import Rest

WITHIN = 0.03


def rested(speed: float, still_s: float) -> Rest[float]:
    """Stand still, then move on for half a second."""
    rest = Rest[float](lambda progress: progress)
    for i in range(round((still_s + 0.5) / 0.01)):
        t_s = 0.01 * i
        progress = speed * max(0.0, t_s - still_s)
        rest.update(Level(t_s, progress), progress, WITHIN)
    return rest


def test_creep_leaves_the_pose_but_not_the_rest() -> None:
    rest = rested(0.07, 2.0)
    assert rest.still_s < 0.1
    assert rest.lately_s > 2.0


def test_a_swing_ends_the_rest() -> None:
    assert rested(1.0, 2.0).lately_s < 0.05
