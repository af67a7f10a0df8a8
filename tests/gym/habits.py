"""What makes a lifter's direction hard to tell, though it is no fault: how they are built, stand and kick."""

from dataclasses import replace

import numpy as np

from tests.gym.session import SessionPlan


def with_habits(plan: SessionPlan, rng: np.random.Generator) -> SessionPlan:
    """Return a session of a lifter with habits of their own."""
    return replace(
        plan,
        kick_error_deg=float(rng.normal(0.0, 1.5)),
        kick_scatter_deg=2.0,
        hip_aside_m=float(rng.normal(0.09, 0.03)),
        lean_m=float(rng.normal(0.005, 0.008)),
        foot_turn_deg=2.0,
        slip_deg=0.4,
        gait_turn_deg=float(rng.normal(0.0, 4.0)),
    )
