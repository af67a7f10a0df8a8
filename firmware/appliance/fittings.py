"""Fittings: the panel at the machine, built from the config; what is not there is told once and left out."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import msgspec

from firmware.appliance.world import World
from firmware.commands.say import say
from firmware.config import Panel
from firmware.errors import FaultError
from firmware.panel.machine import MachinePanel
from firmware.panel.view import PanelView

if TYPE_CHECKING:
    from gpiozero import Factory

    from firmware.panel.buzzer import Buzzer
    from firmware.panel.controls import Commands, Controls
    from firmware.panel.display import Display
    from firmware.panel.lamp import Lamp

T = TypeVar("T")


def machine_panel(
    panel: Panel,
    view: PanelView,
    world: World,
    commands: "Commands",
    parts: ExitStack,
) -> MachinePanel | None:
    """Return the panel at the machine, opened into `parts`; None where the config names nothing of it.

    `commands`: what the buttons can ask for. The libraries are loaded only for what the config names.
    """
    if panel.display.kind == "none" and not any(panel.pins):
        return None
    display = _display(panel, world, parts)
    factory = _factory(world) if any(panel.pins) else None
    buzzer = lamp = buttons = None
    if factory is not None:
        parts.callback(factory.close)
        buzzer = _had("buzzer", partial(_buzzer, panel, factory, parts))
        lamp = _had("lamp", partial(_lamp, panel, factory, parts))
        buttons = _had("buttons", partial(_controls, panel, factory, commands, parts))
    return MachinePanel(view, display, buzzer, lamp, buttons)


def _display(panel: Panel, world: World, parts: ExitStack) -> "Display | None":
    if panel.display.kind == "none":
        return None
    from firmware.panel.display import Display
    from firmware.panel.glass import Glass

    wanted = panel.display
    bus = world.open_bus(wanted.bus)
    glass = Glass(panel.display.kind, bus, wanted.address, turned=wanted.rotate == 180)
    return parts.enter_context(Display(glass))


def _factory(world: World) -> "Factory | None":
    try:
        return world.pins()
    except FaultError as error:
        say(f"{error}; buttons, buzzer and lamp stay off")
        return None


def _had(name: str, make: Callable[[], T | None]) -> T | None:
    """Make a part that may fail for many reasons of its libraries, none of which may end the counting."""
    try:
        return make()
    except Exception as error:
        say(f"{name}: cannot be used ({error or type(error).__name__}); check its pin in the config")
        return None


def _buzzer(panel: Panel, factory: "Factory", parts: ExitStack) -> "Buzzer | None":
    if panel.buzzer.pin is None or panel.buzzer.volume == 0:
        return None
    from firmware.panel.buzzer import Buzzer, PinSpeaker

    return parts.enter_context(Buzzer(PinSpeaker(panel.buzzer.pin, panel.buzzer.volume, factory)))


def _lamp(panel: Panel, factory: "Factory", parts: ExitStack) -> "Lamp | None":
    if panel.lamp.pin is None:
        return None
    from firmware.panel.lamp import Lamp

    lamp = Lamp(panel.lamp.pin, factory)
    parts.callback(lamp.close)
    return lamp


def _controls(panel: Panel, factory: "Factory", commands: "Commands", parts: ExitStack) -> "Controls | None":
    pins = {name: pin for name, pin in msgspec.structs.asdict(panel.buttons).items() if pin is not None}
    if not pins:
        return None
    from firmware.panel.controls import Controls

    controls = Controls(pins, commands, factory)
    parts.callback(controls.close)
    return controls
