"""Tempo in words: kick, hold, return, pause, in the order in which a rep is done."""

from collections.abc import Iterable, Mapping, Sequence

from tracker.tempo import EXPLOSIVE_S, parse_tempo

DONE_IN_ORDER = ("kick", "hold", "return", "pause")
"""The phases as a lifter does them: concentric, pause contracted, eccentric, pause stretched."""

_PHASES: Mapping[str, str] = {
    "concentric": "kick",
    "pause_contracted": "hold",
    "eccentric": "return",
    "pause_stretched": "pause",
}


def in_order(written: Sequence[str]) -> tuple[str, str, str, str]:
    """Return four values in tempo's written order in the order in which they are done."""
    back, pause, kick, hold = written
    return kick, hold, back, pause


def phase_words(tempo: str) -> tuple[str, str, str, str]:
    """A written tempo in words, for example `kick 2`, `hold 1`, `return 3`, `pause 1`."""
    parts = tempo.split("-") if "-" in tempo else list(tempo)
    kick, hold, back, pause = in_order(["fast" if p.strip().upper() == "X" else p.strip() for p in parts])
    return (f"kick {kick}", f"hold {hold}", f"return {back}", f"pause {pause}")


def beside_target(tempo: str, target: str | None, of: str = " of ") -> tuple[str, str, str, str]:
    """Measured phases in words, each beside what was aimed at: `kick 1.9 of 2`; `?` for an unknown one."""
    measured = phase_words(tempo)
    if target is None:
        return measured
    aims = in_order([_aim(s) for s in parse_tempo(target).phases_s])
    kick, hold, back, pause = (f"{was}{of}{aim}" for was, aim in zip(measured, aims, strict=True))
    return kick, hold, back, pause


def target_words(target: str) -> str:
    """A target in words, for example `kick 2 s, hold 1 s, return 3 s, pause 1 s`."""
    words = phase_words(target)
    return ", ".join(word if word.endswith("fast") else f"{word} s" for word in words)


def tempo_words(tempo: str, target: str | None, of: str = " of ") -> str:
    """Measured beside target: `kick 1.9 of 2, hold 1.0 of 1, return 2.9 of 3, pause ? of 1 s`."""
    return f"{', '.join(beside_target(tempo, target, of))} s"


def break_words(breaks: Iterable[str]) -> str:
    """What broke a tempo: `return too short, hold too long`; empty when nothing did."""
    parts = [each.rpartition("_") for each in breaks]
    return ", ".join(f"{_PHASES.get(phase, phase)} too {side}" for phase, _, side in parts)


def _aim(seconds: float | None) -> str:
    return f"at most {EXPLOSIVE_S:g}" if seconds is None else f"{seconds:g}"
