"""A session, simulated: the plan's body at the plan's machine, seen by the plan's sensors."""

from dataclasses import dataclass

import numpy as np

from tests.gym.body import intended_body, real_body
from tests.gym.machine import demanded_travel, drive
from tests.gym.script import STEP_S, write_script
from tests.gym.sensors import GRADES, LEVER_M, encoder, imu, load_cell, mounting
from tests.gym.session import SessionPlan
from tests.gym.truth import Truth, true_movements
from tracker.blocks import Announced, Announcement, FloatArray, Stream
from tracker.setup import SessionSetup


@dataclass(frozen=True, slots=True)
class GymSession:
    """What the sensors saw, and what is true."""

    setup: SessionSetup
    streams: dict[Stream, FloatArray]
    announced: tuple[Announced, ...]
    truth: Truth
    duration_s: float


def simulate(plan: SessionPlan) -> GymSession:
    """Simulate a session; the same plan gives the same samples."""
    rng = np.random.default_rng(plan.seed)
    script = write_script(plan, rng)
    meant, body = intended_body(plan, script), real_body(plan, script, rng)
    streams: dict[Stream, FloatArray] = {}
    demanded = machine = None
    if plan.cable:
        demanded = demanded_travel(plan, script, meant)
        machine = drive(plan, demanded_travel(plan, script, body))
        streams[Stream.CABLE] = encoder(machine.travel_m, plan.cable_hz, rng)
        streams[Stream.LOAD] = load_cell(machine.tension_n, plan.load_hz, rng)
    grade, rate_hz = GRADES[plan.sensors], plan.ankle_hz * (1.0 + plan.rate_error)
    lever = np.einsum("nij,j->ni", body.world_from_shank, np.array(LEVER_M))
    streams[Stream.ANKLE] = imu(
        body.ankle + lever, body.world_from_shank @ mounting(plan), grade, rate_hz, script.heel_strikes_s, rng
    )
    if plan.pelvis:
        streams[Stream.PELVIS] = imu(
            body.hip, body.world_from_pelvis, grade, 104.0, script.heel_strikes_s, rng
        )
    announced: tuple[Announced, ...] = ()
    if script.calibrate_s is not None:
        announced = (Announced(round(script.calibrate_s, 3), Announcement.CALIBRATE),)
    setup = SessionSetup(
        session=f"simulated-{plan.seed}",
        exercise=plan.exercise,
        leg=plan.leg if plan.tell_leg else None,
        leg_length_m=plan.leg_length_m,
    )
    truth = true_movements(plan, script, meant, demanded, machine)
    return GymSession(setup, streams, announced, truth, len(script.t) * STEP_S)
