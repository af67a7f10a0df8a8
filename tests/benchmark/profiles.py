"""The profile table: ten sets of good form of each exercise, counted, timed, and free of faults."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.benchmark.judged import tracked
from tests.benchmark.statistics import spread
from tests.benchmark.table import shown, table
from tests.gym.faulty import ten_sets
from tests.gym.matching import match
from tests.gym.simulate import GymSession, simulate
from tracker.blocks import Announced, Announcement
from tracker.messages import Rep, RepKind, SetSummary
from tracker.profiles import PROFILES

FIRST_SEED = 96_001


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of ten sets: boundaries' errors in seconds, faults by their names."""

    exercise: str
    sets: int
    true_reps: int
    missed: int
    invented: int
    not_full: int
    not_good: int
    boundaries_s: tuple[tuple[float, ...], ...]
    faults: tuple[str, ...]


def count_profile(exercise: str, *, announced: bool = False) -> Counted:
    """Simulate and track ten sets of one exercise.

    `announced`: shorter ones, whose ends the lifter announces instead of resting until they are over.
    """
    seed = FIRST_SEED + list(PROFILES).index(exercise)
    if announced:
        session = simulate(ten_sets(seed, exercise, reps=2, rest_s=3.0))
        session = replace(session, announced=(*session.announced, *_ends(session)))
    else:
        session = simulate(ten_sets(seed, exercise))
    events = tracked(session, session.streams)
    reps = [event for event in events if isinstance(event, Rep)]
    found = match(session.truth.reps, reps)
    return Counted(
        exercise,
        sum(isinstance(event, SetSummary) for event in events),
        len(session.truth.reps),
        len(found.missed),
        len(found.invented),
        sum(rep.kind is not RepKind.FULL for rep in reps),
        sum(rep.quality != "good" for rep in reps),
        tuple(found.boundary_errors_s()),
        tuple(fault for rep in reps for fault in rep.faults),
    )


def _ends(session: GymSession) -> list[Announced]:
    """Announce the end of each set a second and a half after its last rep."""
    last_s = {rep.set: rep.eccentric_end_s for rep in session.truth.reps}
    return [Announced(end_s + 1.5, Announcement.END_SET) for end_s in last_s.values()]


def profiles(counted: Sequence[Counted]) -> str:
    """Return the profile table."""
    rows = []
    for one in counted:
        s = spread(error for errors in one.boundaries_s for error in errors)
        ms = ("-", "-") if s is None else (shown(s.mean_abs, 1, 1e3), shown(s.p95, 0, 1e3))
        counts = (one.sets, one.true_reps, one.missed, one.invented, one.not_full, one.not_good)
        rows.append((one.exercise, *map(str, counts), *ms, str(len(one.faults))))
    header = ("exercise", "sets found", "reps", "missed", "invented", "not full", "marked", "boundaries, ms",
              "95 % under", "faults said")  # fmt: skip
    return table("Ten sets of good form of each exercise (goal: all counted, no fault)", header, rows)
