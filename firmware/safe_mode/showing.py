"""Showing what is wrong while nothing is counted: display, lamp and broker alive, the watchdog fed."""

from collections.abc import Callable
from contextlib import ExitStack

import msgspec

from firmware.appliance.fittings import machine_panel
from firmware.appliance.outlets import GOODBYE_S, broker_of
from firmware.appliance.world import World
from firmware.commands.say import say
from firmware.config import Config
from firmware.config.panel import Buttons
from firmware.faults import ActiveFault
from firmware.mqtt.link import Link
from firmware.mqtt.topics import Topics
from firmware.panel.machine import MachinePanel
from firmware.panel.view import PanelView
from tracker.blocks import Announcement
from tracker.setup import SessionSetup

PART = "start"
LOOK_S = 0.25


def show_what_is_wrong(
    config: Config,
    why: str,
    world: World,
    *,
    pause: Callable[[float], object],
    until: Callable[[float], bool],
) -> None:
    """Show `why` until an end is asked for, or `until` says so of the time that has passed (s).

    `pause`: waits for so many seconds. What of display and broker cannot be had is said and left out: this
    is the last place to fail.
    """
    fault = ActiveFault(part=PART, what=why)
    began_s = world.now()
    with ExitStack() as parts:
        machine = _panel(config, fault, world, parts)
        link = _link(config, fault, parts)
        world.manager.ready()
        world.manager.status(f"safe mode, nothing is counted: {why}")
        while not world.asked() and not until(world.now() - began_s):
            if link is not None:
                link.service()
            if machine is not None:
                machine.at(world.now() - began_s)
            world.manager.alive()
            pause(LOOK_S)
        world.manager.stopping()


def _panel(config: Config, fault: ActiveFault, world: World, parts: ExitStack) -> MachinePanel | None:
    """The panel without its buttons, which would promise something."""
    panel = msgspec.structs.replace(config.panel, buttons=Buttons())
    view = PanelView.of(SessionSetup(exercise=config.session.exercise))
    try:
        machine = machine_panel(panel, view, world, _Nothing(), parts)
    except Exception as error:
        say(f"safe mode without a panel: {error}")
        return None
    if machine is not None:
        machine.faults((f"{fault.part}: {fault.what}",))
    return machine


def _link(config: Config, fault: ActiveFault, parts: ExitStack) -> Link | None:
    try:
        broker = broker_of(config.mqtt)
        if broker is None:
            return None
        link = Link(broker, config.device.id)
        link.retain(Topics(config.device.id).fault, msgspec.json.encode([fault]))
        link.open()
    except Exception as error:
        say(f"safe mode without a broker: {error}")
        return None
    parts.callback(link.close, GOODBYE_S)
    return link


class _Nothing:
    """What buttons could ask for here."""

    def announce(self, announcement: Announcement) -> None:
        """Nothing is counted."""

    def other_leg(self) -> None:
        """Nothing is counted."""

    def tare(self) -> None:
        """Nothing is measured."""
