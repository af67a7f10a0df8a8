"""Words: how values and reasons are said to a lifter, the same on the panel, in lines and in tables."""

from collections.abc import Mapping

from tracker.messages import Phase, Rejected, Rejection, Rep, SetSummary

PHASE_WORDS: Mapping[Phase, str] = {
    Phase.IDLE: "ready",
    Phase.CONCENTRIC: "kick",
    Phase.PAUSE_CONTRACTED: "hold",
    Phase.ECCENTRIC: "return slowly",
    Phase.PAUSE_STRETCHED: "pause, cable taut",
}

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
    """Measured against target."""
    if rep.tempo is None:
        return "not measured"
    if rep.target is None:
        return rep.tempo
    verdict = {True: ", on tempo", False: ", off tempo", None: ""}[rep.on_tempo]
    return f"{rep.tempo} (target {rep.target}{verdict})"


def rep_line(rep: Rep) -> str:
    """One line for a confirmed rep."""
    parts = [
        f"set {rep.set} rep {rep.rep} {rep.kind}",
        f"tempo {tempo(rep)}",
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
        aim = "" if summary.target is None else f" (target {summary.target})"
        parts.append(f"tempo {summary.tempo}{aim}")
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


def rejected_line(rejected: Rejected) -> str:
    """One line for a movement that was no rep."""
    why = REJECTION_WORDS.get(rejected.reason, plainly(rejected.reason))
    extent = reach(rejected.range_m, rejected.range_deg)
    size = "" if rejected.range_m is None and rejected.range_deg is None else f"; range {extent}"
    return f"not counted: {why} at {rejected.start_s:.1f} s{size}"
