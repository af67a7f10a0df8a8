"""What is filled in between samples, and what one sample alone cannot tell."""

import numpy as np

from tracker.bridging import without_lone


def test_a_lone_sample_of_travel_goes_between_its_neighbours_and_nothing_else_moves() -> None:
    t = [0.005 * i for i in range(200)]
    travel = (0.3 * np.sin(np.array(t) * 3.0)).tolist()
    corrupt = list(travel)
    corrupt[100] += 0.006
    assert without_lone(t, travel) == travel
    assert np.abs(np.array(without_lone(t, corrupt)) - travel).max() < 1e-4
    assert without_lone([10.0 * t_s for t_s in t], corrupt) == corrupt, "a leg can do that in so long"
    edge = [0.0] * 10 + [0.05] * 10
    assert without_lone(t[:20], edge) == edge
