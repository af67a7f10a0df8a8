"""Face: what the user looks at while a session runs, a panel on a terminal or plain lines."""

import sys
from collections.abc import Callable, Iterable, Iterator

from rich.console import Console

from firmware.app import Outcome
from firmware.commands.say import say
from firmware.panel.lines import PlainLines
from firmware.panel.terminal import TerminalPanel
from firmware.panel.view import PanelView
from firmware.panel.words import counted
from tracker.blocks import SampleBlock

Face = TerminalPanel | PlainLines


def face_for(view: PanelView, standing: Callable[[], str | None], *, screen: bool = False) -> Face:
    """A panel where standard output is a terminal that can show one; `standing` is how publishing stands.

    `screen`: whether the panel also shows, given the room, what a display at the machine would.
    """
    console = Console()
    if not sys.stdout.isatty() or console.is_dumb_terminal:
        return PlainLines(sys.stdout)
    if not screen:
        return TerminalPanel(console, view, standing)
    from firmware.panel.beside import draw_beside

    return TerminalPanel(console, view, standing, drawn=draw_beside)


def telling_of(blocks: Iterable[SampleBlock], face: Face) -> Iterator[SampleBlock]:
    """Pass blocks on; a panel is told of each announcement in them before they are tracked."""
    for block in blocks:
        if isinstance(face, TerminalPanel):
            for made in block.announced:
                face.announced(made)
        yield block


def unread(face: Face | None) -> bool:
    """Whether nobody reads the plain lines any more."""
    return isinstance(face, PlainLines) and face.closed


def telling(face: Face | None) -> Callable[[str, str], None]:
    """What to do when an output fails: say it, and show it."""

    def tell(name: str, error: str) -> None:
        say(f"{name} failed ({error}); tracking goes on")
        if isinstance(face, TerminalPanel):
            face.trouble(f"{name} failed: {error}")

    return tell


def summary_line(outcome: Outcome) -> str:
    """What a session came to, in one line."""
    if outcome.reps == 0:
        found = "no rep was found"
    else:
        found = f"{counted(outcome.reps, 'rep')} in {counted(outcome.sets, 'set')}"
    rejected = f", {counted(outcome.rejected, 'movement')} not counted" if outcome.rejected else ""
    stopped = f"; stopped at {outcome.ended_s:.1f} s" if outcome.stopped else ""
    return f"{found}{rejected}{stopped}"
