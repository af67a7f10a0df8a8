"""The appliance: sensors to events, session after session, for as long as it runs."""

from firmware.appliance.running import appliance
from firmware.appliance.world import World

__all__ = ["World", "appliance"]
