"""The fault table: what the tracker says of form, held against the labels of `tests.gym.labels`.

Seeds of its own: nothing was chosen on these sessions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmark.judged import tracked
from tests.benchmark.table import table
from tests.gym.faulty import faulty_session
from tests.gym.labels import ZONE_DEG, Labels, labels
from tests.gym.matching import match
from tests.gym.session import SessionPlan
from tests.gym.simulate import simulate
from tests.gym.truth import TrueMovement
from tracker.form.fault import FAULT_NAMES
from tracker.messages import Rep

JUDGING_SEED = 103_001
"""First of the judging seeds. Those from 95501, 99001 and 101001 on judged before, and led to changes."""

TUNING_SEED = 91_000
"""Sessions from here on are those that limits may be chosen on."""

KINDS: Sequence[tuple[str, int]] = (
    ("cable-kickback", 112),
    ("band-kickback", 32),
    ("quadruped-kickback", 16),
    ("free", 16),
)
"""Exercise, and how many sessions of two sets of nine."""


@dataclass(frozen=True, slots=True)
class JudgedForm:
    """One rep: its labels, what was said of it, and of which faults nothing can be asked.

    `borderline`: faults of direction whose truth is nearer to the zone's edge than the standard deviation
    the tracker stated; it is to say a fault only beyond that.
    `unclaimed`: faults of direction of a rep whose diagonal was not claimed; a bent knee that was not said
    where no calibration let the cable tell it.
    """

    labels: Labels
    said: frozenset[str]
    borderline: frozenset[str]
    unclaimed: frozenset[str]


def fault_plans(*, quick: bool = False, first_seed: int = JUDGING_SEED) -> list[SessionPlan]:
    """Return the sessions, 176, seeded from `first_seed` on; `quick` takes every eighth of each kind."""
    plans: list[SessionPlan] = []
    seed = first_seed
    for exercise, count in KINDS:
        for i in range(count):
            if not quick or i % 8 == 0:
                plans.append(faulty_session(seed, exercise, i))
            seed += 1
    return plans


def judge_form(plan: SessionPlan) -> list[JudgedForm]:
    """Simulate, track and judge one session; reps that were not found are left to the other tables."""
    session = simulate(plan)
    reps = [event for event in tracked(session, session.streams) if isinstance(event, Rep)]
    labelled = dict(labels(session))
    return [judged_rep(true, labelled[true], rep) for true, rep in match(session.truth.reps, reps).pairs]


def judged_rep(true: TrueMovement, of_truth: Labels, rep: Rep) -> JudgedForm:
    """Hold what was said of one rep against its labels."""
    edges = {"direction_narrow": ZONE_DEG[0], "direction_wide": ZONE_DEG[1]}
    asked = {name: edge for name, edge in edges.items() if name in of_truth and true.diagonal_deg is not None}
    sd_deg = rep.diagonal_sd_deg
    near = {
        name
        for name, edge in asked.items()
        if sd_deg is not None and true.diagonal_deg is not None and abs(true.diagonal_deg - edge) <= sd_deg
    }
    unclaimed = set(asked) if sd_deg is None else set()
    if "knee_bent" in of_truth and rep.midline != "calibration" and "knee_bent" not in rep.faults:
        unclaimed.add("knee_bent")
    return JudgedForm(of_truth, frozenset(rep.faults), frozenset(near), frozenset(unclaimed))


@dataclass(frozen=True, slots=True)
class Score:
    """Of one fault: reps judged, with it, told rightly, told wrongly, left out."""

    judged: int
    there: int
    right: int
    wrong: int
    borderline: int
    unclaimed: int

    @property
    def precision(self) -> float | None:
        """Share of what was said that is true; None where nothing was said."""
        said = self.right + self.wrong
        return self.right / said if said else None

    @property
    def recall(self) -> float | None:
        """Share of what is true that was said; None where nothing is."""
        return self.right / self.there if self.there else None


def score(name: str, reps: Sequence[JudgedForm]) -> Score:
    """Count one fault over all reps. Said of a rep whose sensors could not tell it, it is wrong."""
    near = [rep for rep in reps if name in rep.borderline]
    null = [rep for rep in reps if name in rep.unclaimed]
    asked = [r for r in reps if name in r.labels and name not in r.borderline and name not in r.unclaimed]
    return Score(
        judged=len(asked),
        there=sum(rep.labels[name] for rep in asked),
        right=sum(rep.labels[name] and name in rep.said for rep in asked),
        wrong=sum(name in r.said and not r.labels.get(name, False) for r in reps if name not in r.borderline),
        borderline=len(near),
        unclaimed=len(null),
    )


def faults(reps: Sequence[JudgedForm]) -> str:
    """Return the fault table."""
    rows = []
    for name in FAULT_NAMES:
        s = score(name, reps)
        counts = (s.judged, s.there, s.right, s.wrong, s.there - s.right, s.borderline, s.unclaimed)
        rows.append((name, _share(s.precision), _share(s.recall), *map(str, counts)))
    header = ("fault", "precision", "recall", "reps judged", "with it", "said rightly", "said wrongly",
              "not said", "borderline", "not claimed")  # fmt: skip
    return table(f"Faults of form over {len(reps)} reps (goal: precision and recall 0.95)", header, rows)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
