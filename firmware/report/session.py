"""What the sections of the report draw from: the results by kind, in order, and spans of time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracker.messages import Event, Phase, Rejected, Rep, RepKind, SetSummary

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Results:
    """The numbered results of a session, each kind in the order of time."""

    reps: tuple[Rep, ...]
    sets: tuple[SetSummary, ...]
    rejected: tuple[Rejected, ...]

    def by_set(self) -> Mapping[int, tuple[Rep, ...]]:
        """Reps under the number of their set."""
        numbers = dict.fromkeys(rep.set for rep in self.reps)
        return {number: tuple(rep for rep in self.reps if rep.set == number) for number in numbers}


def results_in(events: Sequence[Event]) -> Results:
    """Sort events by kind; live phase changes are left out, since reps carry the refined times."""
    return Results(
        reps=tuple(event for event in events if isinstance(event, Rep)),
        sets=tuple(event for event in events if isinstance(event, SetSummary)),
        rejected=tuple(event for event in events if isinstance(event, Rejected)),
    )


def rep_span(rep: Rep) -> Span:
    """From where the kick began to the end of what was seen of it (s)."""
    ends = (rep.eccentric_end_s, rep.eccentric_start_s, rep.pause_start_s)
    return rep.concentric_start_s, next(end for end in ends if end is not None)


def phase_spans(rep: Rep) -> Iterator[tuple[Phase, Span]]:
    """Each phase of a rep that is known, with its interval (s), in the order of time."""
    if rep.pause_stretched_s is not None:
        yield Phase.PAUSE_STRETCHED, (rep.concentric_start_s - rep.pause_stretched_s, rep.concentric_start_s)
    yield Phase.CONCENTRIC, (rep.concentric_start_s, rep.pause_start_s)
    if rep.eccentric_start_s is not None:
        yield Phase.PAUSE_CONTRACTED, (rep.pause_start_s, rep.eccentric_start_s)
        if rep.eccentric_end_s is not None:
            yield Phase.ECCENTRIC, (rep.eccentric_start_s, rep.eccentric_end_s)


def clock(seconds: float) -> str:
    """Session time to read off an axis, for example `2:05` or `1:02:05`."""
    whole = round(seconds)
    sign, whole = ("-", -whole) if whole < 0 else ("", whole)
    hours, minutes = whole // 3600, whole // 60 % 60
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{sign}{head}:{whole % 60:02d}"


def number(rep: Rep) -> str:
    """A rep's number as the picture writes it: `3`, `(3)` partial, `3…` unfinished, `3?` suspect."""
    kinds = {RepKind.FULL: "{}", RepKind.PARTIAL: "({})", RepKind.UNFINISHED: "{}…"}
    return kinds[rep.kind].format(rep.rep) + ("?" if rep.quality == "suspect" else "")


def number_key(reps: Sequence[Rep]) -> str:
    """Explain the marks that `number` puts on these reps; empty where it puts none."""
    marks = {
        "(n) partial": any(rep.kind is RepKind.PARTIAL for rep in reps),
        "n… unfinished": any(rep.kind is RepKind.UNFINISHED for rep in reps),
        "n? suspect": any(rep.quality == "suspect" for rep in reps),
    }
    return ", ".join(mark for mark, used in marks.items() if used)
