"""The panel at the machine: display, buzzer and lamp of one view, so that all three say the same."""

from dataclasses import replace
from typing import Protocol

from firmware.numbering import Numbered
from firmware.panel.sounds import Sound, phase_end, sound_of
from firmware.panel.view import PanelView
from tracker.blocks import Announced
from tracker.messages import PhaseChange

IDENTITY_S = 5.0
"""How long the device's name is shown."""


class Screen(Protocol):
    """What is needed of a `Display`."""

    fault: str | None

    def show(self, view: PanelView, session_s: float) -> None: ...


class Voice(Protocol):
    """What is needed of a `Buzzer`."""

    fault: str | None

    def play(self, sound: Sound) -> None: ...


class Light(Protocol):
    """What is needed of a `Lamp`."""

    fault: str | None

    def show(self, view: PanelView) -> None: ...


class Presses(Protocol):
    """What is needed of `Controls`."""

    @property
    def fault(self) -> str | None: ...


class MachinePanel:
    """An output. Folds the events once and hands the view to what there is; nothing here waits."""

    name = "panel"

    def __init__(
        self,
        view: PanelView,
        display: Screen | None,
        buzzer: Voice | None,
        lamp: Light | None,
        buttons: Presses | None = None,
    ) -> None:
        self._view = view
        self._display = display
        self._buzzer = buzzer
        self._lamp = lamp
        self._buttons = buttons
        self._ended_s: float | None = None
        self._named_s: float | None = None

    @property
    def own_faults(self) -> dict[str, str]:
        """What is wrong with the panel itself, by part."""
        faults = {
            "display": self._display and self._display.fault,
            "buzzer": self._buzzer and self._buzzer.fault,
            "lamp": self._lamp and self._lamp.fault,
            "buttons": self._buttons and self._buttons.fault,
        }
        return {name: fault for name, fault in faults.items() if fault}

    def begin(self, view: PanelView) -> None:
        """Another session begins."""
        self._view = replace(view, faults=self._view.faults)
        self._ended_s = None

    @property
    def can_identify(self) -> bool:
        """Whether there is something to show or sound which device this is."""
        return self._display is not None or self._buzzer is not None

    def identify(self, name: str) -> None:
        """Show and sound for a while which device this is."""
        self._view = replace(self._view, identity=name)
        self._named_s = None
        self._play(Sound.IDENTITY)

    def announced(self, made: Announced) -> None:
        """Show that a button or a command was heard."""
        self._view = self._view.announced(made)
        self._play(Sound.PRESSED)

    def answer(self, done: bool) -> None:
        """Answer a press that asked for more than an announcement."""
        self._play(Sound.PRESSED if done else Sound.NOT_COUNTED)

    def faults(self, faults: tuple[str, ...]) -> None:
        """Show what is wrong now."""
        self._become(replace(self._view, faults=faults))

    def result(self, numbered: Numbered) -> None:
        """Show a result."""
        self._become(self._view.fold(numbered.result, numbered.saved))

    def phase(self, change: PhaseChange) -> None:
        """Show a phase change."""
        self._become(self._view.fold(change))

    def at(self, session_s: float) -> None:
        """Show this moment."""
        self._forget_name(session_s)
        ended_s = phase_end(self._view, session_s)
        if ended_s is not None and ended_s != self._ended_s:
            self._play(Sound.PHASE_END)
        self._ended_s = ended_s
        if self._display is not None:
            self._display.show(self._view, session_s)
        if self._lamp is not None:
            self._lamp.show(self._view)

    def end(self, session_s: float) -> None:
        """Show the last state."""
        self.at(session_s)

    def _forget_name(self, session_s: float) -> None:
        if self._view.identity is None:
            return
        if self._named_s is None:
            self._named_s = session_s
        elif session_s - self._named_s >= IDENTITY_S:
            self._view = replace(self._view, identity=None)

    def _become(self, view: PanelView) -> None:
        sound = sound_of(self._view, view)
        self._view = view
        if sound is not None:
            self._play(sound)

    def _play(self, sound: Sound) -> None:
        if self._buzzer is not None:
            self._buzzer.play(sound)
