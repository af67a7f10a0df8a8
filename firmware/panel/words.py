"""Words: how values and reasons are said to a lifter, the same on the panel, in lines and in tables."""

from collections.abc import Mapping

from firmware.panel.tempo_words import break_words, tempo_words
from tracker.messages import Cue, CueKind, Rejected, Rejection, Rep, SetSummary

REJECTION_WORDS: Mapping[Rejection, str] = {
    Rejection.TWITCH: "a twitch, too short for a rep",
    Rejection.BOUNCE: "a bounce after the return",
    Rejection.NO_RETURN: "no return was seen",
    Rejection.REPOSITIONED: "stepping to a new start position",
    Rejection.NOT_AT_REST: "did not begin from rest",
    Rejection.TOO_FAST: "too fast for a kick",
    Rejection.WALKING: "a step of walking",
    Rejection.CALIBRATION: "a calibration kick",
}

END_WORDS: Mapping[str, str] = {
    "inactivity": "no movement",
    "tension_released": "tension released",
    "announced": "ended by button or command",
    "session_end": "end of session",
}


def counted(number: int, noun: str) -> str:
    """Say how many, for example `1 rep`, `3 reps`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def spelled_in_ascii(text: str) -> str:
    """Replace what a terminal without Unicode cannot show."""
    return text.replace("±", "+-").replace("°", " deg").encode("ascii", "replace").decode("ascii")


def plainly(reason: str) -> str:
    """Turn a reason's code into words."""
    return reason.replace("_", " ")


def diagonal(rep: Rep) -> str:
    """The direction with its uncertainty, or why there is none."""
    if rep.diagonal_deg is None:
        why = f": {plainly(rep.diagonal_reason)}" if rep.diagonal_reason else ""
        return f"not known{why}"
    sd = "" if rep.diagonal_sd_deg is None else f" ±{rep.diagonal_sd_deg:.1f}"
    zone = {True: ", in the zone", False: ", outside the zone", None: ""}[rep.in_zone]
    return f"{rep.diagonal_deg:.1f}{sd}°{zone}"


def reach(rom_m: float | None, rom_deg: float | None) -> str:
    """The range of motion along the cable and as an angle, whichever was measured."""
    along = [] if rom_m is None else [f"{rom_m:.3f} m"]
    angle = [] if rom_deg is None else [f"{rom_deg:.1f}°"]
    return " / ".join(along + angle) or "not measured"


def tempo(rep: Rep) -> str:
    """Measured beside target, in words, and what broke it."""
    if rep.tempo is None:
        return "tempo not measured"
    return tempo_words(rep.tempo, rep.target) + verdict(rep)


def verdict(rep: Rep) -> str:
    """Whether a rep was on tempo, and what broke it; empty where there is nothing to say."""
    if rep.on_tempo is None:
        return ""
    return ", on tempo" if rep.on_tempo else f", off tempo: {break_words(rep.tempo_breaks)}"


def rep_line(rep: Rep) -> str:
    """One line for a confirmed rep."""
    parts = [
        f"set {rep.set} rep {rep.rep} {rep.kind}",
        tempo(rep),
        f"diagonal {diagonal(rep)}",
        f"range {reach(rep.rom_m, rep.rom_deg)}",
    ]
    if rep.faults:
        parts.append("form: " + ", ".join(plainly(fault) for fault in rep.faults))
    if rep.quality != "good":
        parts.append(f"{rep.quality}: " + ", ".join(plainly(reason) for reason in rep.quality_reasons))
    return "; ".join(parts)


def set_counts(summary: SetSummary) -> str:
    """How many reps of which kind, and how many movements were no rep."""
    parts = [f"{summary.reps_full} full"]
    if summary.reps_partial:
        parts.append(f"{summary.reps_partial} partial")
    if summary.reps_unfinished:
        parts.append(f"{summary.reps_unfinished} unfinished")
    if summary.rejected:
        parts.append(f"{counted(summary.rejected, 'movement')} not counted")
    return ", ".join(parts)


def set_line(summary: SetSummary) -> str:
    """One line for a set."""
    parts = [f"set {summary.set}: {set_counts(summary)}"]
    if summary.tempo is not None:
        parts.append(tempo_words(summary.tempo, summary.target))
    if summary.on_tempo_share is not None:
        parts.append(f"{summary.on_tempo_share:.0%} on tempo")
    if summary.diagonal_deg is not None:
        spread = summary.diagonal_spread_deg
        parts.append(
            f"diagonal {summary.diagonal_deg:.1f}°" + ("" if spread is None else f", spread {spread:.1f}°")
        )
    if summary.in_zone_share is not None:
        parts.append(f"{summary.in_zone_share:.0%} in the zone")
    if summary.rom_m is not None or summary.rom_deg is not None:
        parts.append(f"range {reach(summary.rom_m, summary.rom_deg)}")
    parts.append(f"under tension {summary.time_under_tension_s:.1f} s")
    if summary.mean_force_n is not None:
        parts.append(f"mean force {summary.mean_force_n:.0f} N")
    if summary.work_j is not None:
        parts.append(f"work {summary.work_j:.0f} J")
    parts.append(f"ended: {END_WORDS.get(summary.end_reason, plainly(summary.end_reason))}")
    return "; ".join(parts)


def cue_line(cue: Cue) -> str:
    """One line for a cue."""
    word = plainly(cue.word)
    match cue.kind:
        case CueKind.FORM:
            return f"cue after rep {cue.rep}: {word} ({plainly(cue.fault or '')})"
        case CueKind.TARGET_REACHED:
            return f"cue after rep {cue.rep}: {word}"
    return f"cue: {word}"


def rejected_line(rejected: Rejected) -> str:
    """One line for a movement that was no rep."""
    why = REJECTION_WORDS.get(rejected.reason, plainly(rejected.reason))
    extent = reach(rejected.range_m, rejected.range_deg)
    size = "" if rejected.range_m is None and rejected.range_deg is None else f"; range {extent}"
    return f"not counted: {why} at {rejected.start_s:.1f} s{size}"
