"""The panel in a terminal: a pure drawing of the view, and the output that keeps it on screen."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.live import Live
from rich.text import Text

from firmware.numbering import Numbered
from firmware.panel.cue import cue_of, rested, said_after, spelled
from firmware.panel.digits import WIDTH, block_digits
from firmware.panel.tempo_words import target_words, tempo_words
from firmware.panel.view import CALIBRATION, PanelView
from firmware.panel.words import (
    REJECTION_WORDS,
    diagonal,
    plainly,
    reach,
    set_counts,
    spelled_in_ascii,
    verdict,
)
from tracker.blocks import Announced
from tracker.cues.phase_cue import PhaseCue
from tracker.messages import Phase, PhaseChange, Rep

_BESIDE = 3 * WIDTH + 4
_BESIDE_FROM = 60
"""Narrower than this, the words go under the digits rather than beside them."""


def draw(view: PanelView, session_s: float = 0.0) -> "Drawing":
    """Return the view as something rich can print, at any width, with or without colour."""
    return Drawing(view, cue_of(view, session_s), rested(view, session_s))


@dataclass(frozen=True, slots=True)
class Drawing:
    """The view drawn: at most 20 lines, none wider than the console, each legible without colour."""

    view: PanelView
    cue: PhaseCue | None = None
    rested: str | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines."""
        wide = options.max_width >= _BESIDE_FROM
        dot, rule = ("#", "-") if options.ascii_only else ("█", "─")
        lines = [_title(self.view), Text(rule * options.max_width)]
        lines += _count_and_phase(self, dot, wide)
        lines += [Text(rule * options.max_width), *_last_rep(self.view), *_set(self.view)]
        lines += [*_not_counted(self.view), *_outside(self.view)]
        for full in lines:
            line = Text(spelled_in_ascii(full.plain)) if options.ascii_only else full
            line.truncate(options.max_width, overflow="crop" if options.ascii_only else "ellipsis")
            line.no_wrap = True
            yield line


def _title(view: PanelView) -> Text:
    leg = "leg not known yet"
    if view.leg is not None:
        leg = f"{view.leg} leg" + (", found from the kicks" if view.leg_source == "kicks" else "")
    title = Text()
    for label in view.labels:
        title.append(f"[{label}] ", style="bold yellow")
    title.append("KICKBACK", style="bold")
    title.append(f"  {view.exercise}, {leg}")
    return title


def _count_and_phase(drawing: "Drawing", dot: str, wide: bool) -> list[Text]:
    view = drawing.view
    pending = view.pending is not None
    digits = block_digits(view.rep if view.pending is None else view.pending, dot)
    number = view.set if view.pending_set is None else view.pending_set
    words = [
        Text("set not begun" if number is None else f"set {number}"),
        Text(""),
        Text(_phase(drawing), style="" if view.phase is Phase.IDLE else "bold cyan"),
        _said(view),
        Text("pending: counts when the leg is back", style="yellow") if pending else _confirmed(view),
    ]
    if view.rep == 0 and not pending:
        words[-1] = Text("no rep yet")
    style = "dim" if pending else "bold green"
    if wide:
        return [
            Text.assemble((f"  {row}".ljust(_BESIDE), style), word)
            for row, word in zip(digits, words, strict=True)
        ]
    return [*(Text(f" {row}", style=style) for row in digits), *(word for word in words if word.plain)]


def _phase(drawing: "Drawing") -> str:
    view, cue = drawing.view, drawing.cue
    if view.calibrating is None:
        idle = "READY" if drawing.rested is None else f"REST  {drawing.rested}"
        return idle if cue is None else f"{spelled(cue.word)}  {_countdown(cue)}"
    return f"CALIBRATING: kick straight back, {view.calibrating.kicks + 1} of {CALIBRATION.kicks}"


def _countdown(cue: PhaseCue) -> str:
    """Whole seconds, so that the drawing changes once a second."""
    if cue.target_s is None:
        return f"{cue.countdown} s"
    if cue.countdown.startswith("+"):
        return f"{cue.countdown} s, over its {cue.target_s:g} s"
    return f"{cue.countdown} s left of {cue.target_s:g}"


def _said(view: PanelView) -> Text:
    """What the core says of the last rep, between it and the next."""
    word = said_after(view)
    return Text("") if word is None else Text(f"> {spelled(word)} <", style="bold yellow")


def _confirmed(view: PanelView) -> Text:
    return Text("confirmed") if view.saved else Text("counted, NOT SAVED", style="bold red")


def _entry(name: str, value: str, style: str = "") -> Text:
    return Text.assemble((f"{name:<12}", "bold"), (value, style))


def _last_rep(view: PanelView) -> list[Text]:
    rep = view.last_rep
    if rep is None:
        aim = [] if view.target is None else [_entry("Target", target_words(view.target))]
        return [_entry("Last rep", "none yet"), *aim]
    lines = [
        _entry("Last rep", f"{rep.rep}, {rep.kind}"),
        *_tempo(rep),
        _entry("  diagonal", diagonal(rep)),
        _entry("  range", reach(rep.rom_m, rep.rom_deg)),
    ]
    if rep.faults:
        lines.append(_entry("  form", ", ".join(plainly(fault) for fault in rep.faults), "yellow"))
    if rep.quality != "good":
        reasons = ", ".join(plainly(reason) for reason in rep.quality_reasons)
        lines.append(_entry(f"  {rep.quality}", reasons, "yellow"))
    return lines


def _tempo(rep: Rep) -> list[Text]:
    if rep.tempo is None:
        return [_entry("  tempo", "not measured")]
    lines = [_entry("  tempo", tempo_words(rep.tempo, rep.target, "/"))]
    if rep.on_tempo is not None:
        lines.append(_entry("", verdict(rep).removeprefix(", "), "" if rep.on_tempo else "yellow"))
    return lines


def _set(view: PanelView) -> list[Text]:
    if view.last_set is not None:
        return [_entry("Set done", f"set {view.last_set.set}: {set_counts(view.last_set)}", "bold")]
    tally = view.tally
    parts = [f"{tally.full} full"]
    parts += [f"{tally.partial} partial"] if tally.partial else []
    parts += [f"{tally.unfinished} unfinished"] if tally.unfinished else []
    return [] if view.set is None else [_entry("Set", ", ".join(parts))]


def _not_counted(view: PanelView) -> list[Text]:
    if view.last_rejected is None:
        return []
    reason = view.last_rejected.reason
    return [_entry("Not counted", REJECTION_WORDS.get(reason, plainly(reason)), "yellow")]


def _outside(view: PanelView) -> list[Text]:
    lines = [] if view.broker is None else [_entry("Broker", view.broker)]
    if view.faults:
        name = "Fault" if len(view.faults) == 1 else f"{len(view.faults)} faults"
        lines.append(_entry(name, "; ".join(view.faults), "bold red"))
    return lines if view.trouble is None else [*lines, _entry("Trouble", view.trouble, "bold red")]


class TerminalPanel:
    """Keeps the drawing on a terminal; it changes when what is drawn does, and not otherwise.

    `drawn` draws the view at a moment of session time. `broker` is asked after each block how publishing
    stands. At most `per_second` drawings are made; what comes in between is shown with the next one.
    """

    name = "panel"

    def __init__(
        self,
        console: Console,
        view: PanelView,
        broker: Callable[[], str | None] = lambda: None,
        per_second: float = 20.0,
        clock: Callable[[], float] = monotonic,
        drawn: Callable[[PanelView, float], RenderableType] = draw,
    ) -> None:
        self._view = view
        self._session_s = 0.0
        self._broker = broker
        self._interval_s = 1.0 / per_second
        self._clock = clock
        self._draw = drawn
        self._drawn: RenderableType | None = None
        self._drawn_s = 0.0
        self._live = Live(drawn(view, 0.0), console=console, auto_refresh=False)

    def open(self) -> None:
        """Take the terminal."""
        self._live.start()
        self._refresh()

    def begin(self, view: PanelView) -> None:
        """Another session begins."""
        self._view = replace(view, faults=self._view.faults)

    def close(self) -> None:
        """Leave the last drawing on the terminal and give it back."""
        self._refresh()
        self._live.stop()

    def result(self, numbered: Numbered) -> None:
        """Show a result."""
        self._view = self._view.fold(numbered.result, numbered.saved)

    def phase(self, change: PhaseChange) -> None:
        """Show a phase change."""
        self._view = self._view.fold(change)

    def at(self, session_s: float) -> None:
        """Draw what has changed, unless the last drawing is too fresh."""
        self._session_s = session_s
        self._view = self._view.told(broker=self._broker())
        if self._clock() - self._drawn_s >= self._interval_s:
            self._refresh()

    def end(self, session_s: float) -> None:
        """Draw the last state."""
        self._session_s = session_s
        self._view = self._view.told(broker=self._broker())
        self._refresh()

    def announced(self, made: Announced) -> None:
        """Show that a button or a command was heard."""
        self._view = self._view.announced(made)

    def trouble(self, text: str) -> None:
        """Show that an output failed."""
        self._view = self._view.told(trouble=text)

    def faults(self, faults: tuple[str, ...]) -> None:
        """Show what is wrong now."""
        self._view = replace(self._view, faults=faults)

    def _refresh(self) -> None:
        drawing = self._draw(self._view, self._session_s)
        if drawing != self._drawn:
            self._live.update(drawing, refresh=True)
            self._drawn, self._drawn_s = drawing, self._clock()
