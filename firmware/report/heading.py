"""The heading: what was done, with which leg, how often, and whether anybody did it."""

from collections.abc import Sequence

from firmware.panel.tempo_words import target_words
from firmware.panel.words import counted
from firmware.recording import Recording
from firmware.report.palette import ANNOUNCED, BASE_PT, MUTED, TITLE_PT
from firmware.report.session import Results, clock
from firmware.report.sheet import LEFT_IN, RIGHT_IN, Sheet
from tracker.profiles import profile_named

HEIGHT_IN = 1.0
_MOST_SETS_NAMED = 6


def draw_heading(sheet: Sheet, top_in: float, recording: Recording, results: Results) -> None:
    """Write the title, a line about the session, and the mark of a simulated one."""
    sheet.text(LEFT_IN, top_in, title(recording, results), {"fontsize": TITLE_PT, "fontweight": "bold"})
    sheet.text(LEFT_IN, top_in + 0.42, about(recording, results), {"fontsize": BASE_PT + 1, "color": MUTED})
    if recording.simulated:
        sheet.text(
            RIGHT_IN - 0.1, top_in + 0.07, "simulated session",
            {
                "ha": "right", "fontsize": BASE_PT + 2, "fontweight": "bold", "color": "white",
                "bbox": {"facecolor": ANNOUNCED, "linewidth": 0, "boxstyle": "round,pad=0.45"},
            },
        )  # fmt: skip


def title(recording: Recording, results: Results) -> str:
    """Exercise, leg, and sets by reps."""
    legs = {rep.leg for rep in results.reps if rep.leg is not None}
    leg = next(iter(legs), recording.setup.leg)
    name = recording.setup.exercise.replace("-", " ")
    words = [f"{name[:1].upper()}{name[1:]}"]
    if leg is not None:
        words.append("both legs" if len(legs) > 1 else f"{leg} leg")
    elif profile_named(recording.setup.exercise).claims_direction:
        words.append("leg not known")
    words.append(amount([len(reps) for reps in results.by_set().values()]))
    return ", ".join(words)


def amount(counts: Sequence[int]) -> str:
    """How many reps in each set: `3 × 10 reps`, `10 + 9 + 8 reps`, `12 sets, 98 reps`."""
    if not counts:
        return "no rep"
    if len(counts) == 1:
        return counted(counts[0], "rep")
    if len(set(counts)) == 1:
        return f"{len(counts)} × {counted(counts[0], 'rep')}"
    if len(counts) <= _MOST_SETS_NAMED:
        return f"{' + '.join(map(str, counts))} reps"
    return f"{len(counts)} sets, {sum(counts)} reps"


def about(recording: Recording, results: Results) -> str:
    """What else there is to know of the session, in one line."""
    setup = recording.setup
    parts = [profile_named(setup.exercise).title]
    if any(rep.leg_source == "kicks" for rep in results.reps):
        parts.append("leg found from the kicks")
    if setup.target is not None:
        parts.append(f"target: {target_words(setup.target)}")
    parts.append(f"{clock(recording.end_s - recording.start_s)} min recorded")
    if recording.started_at is not None:
        parts.append(recording.started_at[:16].replace("T", " ") + " UTC")
    return "  ·  ".join(parts)
