"""A session, simulated: the plan's body at the plan's machine, seen by the plan's sensors."""

from dataclasses import dataclass

import numpy as np

from tests.gym.body import intended_body, real_body
from tests.gym.machine import demanded_travel, drive
from tests.gym.script import STEP_S, write_script
from tests.gym.sensors import GRADES, LEVER_M, encoder, imu, load_cell, mounting
from tests.gym.session import SessionPlan
from tests.gym.signals import Signals, felt
from tests.gym.truth import Truth, true_movements
from tracker.blocks import Announced, Announcement, FloatArray, Stream
from tracker.setup import SessionSetup

PELVIS_HZ = 104.0


@dataclass(frozen=True, slots=True)
class GymSession:
    """What the sensors saw, what is true, and what acted on the sensors."""

    setup: SessionSetup
    streams: dict[Stream, FloatArray]
    announced: tuple[Announced, ...]
    truth: Truth
    duration_s: float
    signals: Signals


def simulate(plan: SessionPlan, *, steady: bool = False) -> GymSession:
    """Simulate a session; the same plan gives the same samples.

    `steady`: the lifter moves exactly as meant, without sway, tremor and wobble, so that what differs
    between two ways of sampling the session is theirs.
    """
    rng = np.random.default_rng(plan.seed)
    script = write_script(plan, rng)
    meant = intended_body(plan, script)
    body = meant if steady else real_body(plan, script, rng)
    streams: dict[Stream, FloatArray] = {}
    demanded = machine = None
    if plan.cable:
        demanded = demanded_travel(plan, script, meant)
        machine = drive(plan, demanded_travel(plan, script, body))
        streams[Stream.CABLE] = encoder(machine.travel_m, plan.cable_hz, rng)
        streams[Stream.LOAD] = load_cell(machine.tension_n, plan.load_hz, rng)
    grade, rate_hz = GRADES[plan.sensors], plan.ankle_hz * (1.0 + plan.rate_error)
    lever = np.einsum("nij,j->ni", body.world_from_shank, np.array(LEVER_M))
    strikes_s = script.heel_strikes_s
    ankle = felt(body.ankle + lever, body.world_from_shank @ mounting(plan.mounting_deg), strikes_s, rng)
    streams[Stream.ANKLE] = imu(ankle, grade, rate_hz, rng)
    pelvis = None
    if plan.pelvis:
        worn = body.world_from_pelvis @ mounting(plan.pelvis_mounting_deg)
        pelvis = felt(body.hip, worn, strikes_s, rng)
        streams[Stream.PELVIS] = imu(pelvis, grade, PELVIS_HZ, rng)
    announced: tuple[Announced, ...] = ()
    if script.calibrate_s is not None:
        announced = (Announced(round(script.calibrate_s, 3), Announcement.CALIBRATE),)
    setup = SessionSetup(
        session=f"simulated-{plan.seed}",
        exercise=plan.exercise,
        leg=plan.leg if plan.tell_leg else None,
        leg_length_m=plan.leg_length_m,
        target=plan.target,
    )
    truth = true_movements(plan, script, meant, demanded, machine)
    signals = Signals(
        ankle,
        pelvis,
        None if machine is None else machine.travel_m,
        None if machine is None else machine.tension_n,
    )
    return GymSession(setup, streams, announced, truth, len(script.t) * STEP_S, signals)
