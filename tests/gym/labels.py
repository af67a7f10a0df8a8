"""Labels a session's reps with their faults: the definitions applied to what is true, not to what is seen.

The limits are written down here a second time: were the tracker's to change, its faults would no longer be
these.
"""

from collections.abc import Mapping

from tests.gym.simulate import GymSession
from tests.gym.truth import TrueMovement
from tracker.blocks import Stream
from tracker.setup import SessionSetup

ZONE_DEG = (30.0, 45.0)
RETURN_S, RETURN_SHARE, HOLD_S, TURNING = 1.0, 0.6, 0.3, 0.06
THROWN = 0.5
SLACK_S = 0.2
SHORT, PARTIAL = 0.75, 0.6
KNEE_DEG = 12.0
PELVIS_DEG = 8.0

KICKBACKS = ("cable-kickback", "band-kickback", "quadruped-kickback")
STANDING = ("cable-kickback", "band-kickback")

Labels = Mapping[str, bool]
"""Whether a rep has each fault; those that the session's sensors could not tell are not in."""


def labels(session: GymSession) -> list[tuple[TrueMovement, Labels]]:
    """Return every rep of a session with its labels."""
    ranges = _range_shares(session)
    return [
        (rep, _labels(session, rep, share)) for rep, share in zip(session.truth.reps, ranges, strict=True)
    ]


def _labels(session: GymSession, rep: TrueMovement, range_share: float | None) -> dict[str, bool]:
    setup, streams = session.setup, session.streams
    returned_s = rep.eccentric_end_s - rep.eccentric_start_s
    held_s = rep.eccentric_start_s - rep.pause_start_s
    least_return_s, least_hold_s = _least_s(setup, rep)
    found = {"fast_return": returned_s <= least_return_s, "no_hold": held_s <= least_hold_s}
    if range_share is not None:
        found["short_range"] = range_share <= SHORT
    if rep.diagonal_deg is not None and setup.exercise in STANDING:
        found["direction_narrow"] = rep.diagonal_deg < ZONE_DEG[0]
        found["direction_wide"] = rep.diagonal_deg > ZONE_DEG[1]
        if Stream.CABLE in streams:
            found["knee_bent"] = rep.knee_bend_deg >= KNEE_DEG
        if Stream.PELVIS in streams:
            found["hips_open"] = rep.form.opened_deg >= PELVIS_DEG
            found["back_arched"] = rep.form.tilted_deg >= PELVIS_DEG
    if rep.form.thrown is not None and rep.form.slack_s is not None:
        found["momentum"] = rep.form.thrown >= THROWN
        found["slack"] = rep.form.slack_s >= SLACK_S
    return found


def _least_s(setup: SessionSetup, rep: TrueMovement) -> tuple[float, float]:
    """Return how long return and hold must at least be (s); nothing is asked for by a zero.

    Of a target 20 % or 0.3 s may be missing, whichever is more. `X` asks for nothing.
    """
    if setup.target is None:
        if setup.exercise not in KICKBACKS:
            return 0.0, 0.0
        out_s, back_s = (
            rep.pause_start_s - rep.concentric_start_s,
            rep.eccentric_end_s - rep.eccentric_start_s,
        )
        return max(RETURN_S, RETURN_SHARE * out_s), HOLD_S + TURNING * (out_s + back_s)
    aims = [None if digit == "X" else float(digit) for digit in setup.target.split("-")]
    least = [0.0 if aim is None else aim - max(0.2 * aim, 0.3) for aim in (aims[0], aims[3])]
    return least[0], least[1]


def _range_shares(session: GymSession) -> list[float | None]:
    """Return each rep's range as a share of the lifter's own in the set; None for a set's first.

    By the cable where there is one, and where that is no partial rep, by the shank's swing too: the larger
    counts. Where there is none by the swing; None where progress is by neither.
    """
    by_lift = session.setup.exercise == "free" and Stream.CABLE not in session.streams
    shares: list[float | None] = []
    travels: dict[int, list[float]] = {}
    swings: dict[int, list[float]] = {}
    for rep in session.truth.reps:
        by_swing = _share(swings.setdefault(rep.set, []), rep.form.shank_deg)
        by_cable = None if rep.rom_m is None else _share(travels.setdefault(rep.set, []), rep.rom_m)
        share = by_swing if by_cable is None else by_cable
        if by_cable is not None and by_swing is not None and by_cable > PARTIAL and _stands(session):
            share = max(by_cable, by_swing)
        shares.append(None if by_lift else share)
    return shares


def _stands(session: GymSession) -> bool:
    return session.setup.exercise in STANDING


def _share(before: list[float], size: float) -> float | None:
    """Return a range as a share of those before it: of the three largest the middle, of two the larger. Then
    it is one of them."""
    largest = sorted(before)[-3:]
    before.append(size)
    return size / largest[len(largest) // 2] if largest else None
