"""Topics: every name of the contract (DESIGN, section 7) in one place."""

import re
from dataclasses import dataclass

from firmware.errors import BadInputError

PREFIX = "kickback/v1"
DISCOVERY_PREFIX = "homeassistant"
HOME_ASSISTANT_STATUS = f"{DISCOVERY_PREFIX}/status"

_DEVICE = re.compile(r"[a-z0-9_-]{1,32}")


def device_id(text: str) -> str:
    """Return a valid device id; raise BadInputError that says what one looks like."""
    if _DEVICE.fullmatch(text) is None:
        raise BadInputError(
            f"device id {text!r} cannot be used; "
            "take 1 to 32 of the characters a-z, 0-9, _ and -, for example gym-1"
        )
    return text


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one device."""

    device: str

    def __post_init__(self) -> None:
        """Refuse an id that would break the topic tree."""
        device_id(self.device)

    @property
    def status(self) -> str:
        """`online` or `offline`, retained, also the last will."""
        return f"{PREFIX}/{self.device}/status"

    @property
    def info(self) -> str:
        """What the device is, retained."""
        return f"{PREFIX}/{self.device}/info"

    @property
    def state(self) -> str:
        """Where the session stands, retained."""
        return f"{PREFIX}/{self.device}/state"

    @property
    def history(self) -> str:
        """The last sets, retained."""
        return f"{PREFIX}/{self.device}/history"

    @property
    def fault(self) -> str:
        """The active faults, retained."""
        return f"{PREFIX}/{self.device}/fault"

    def event(self, kind: str) -> str:
        """Numbered events of one kind, not retained."""
        return f"{PREFIX}/{self.device}/event/{kind}"

    @property
    def live(self) -> str:
        """This moment, while somebody has asked for it."""
        return f"{PREFIX}/{self.device}/live"

    @property
    def commands(self) -> str:
        """Filter of all commands to this device; what they came to is one level deeper."""
        return f"{PREFIX}/{self.device}/cmd/+"

    def command(self, verb: str) -> str:
        """Where to ask something of this device."""
        return f"{PREFIX}/{self.device}/cmd/{verb}"

    def command_result(self, verb: str) -> str:
        """What became of a command."""
        return f"{PREFIX}/{self.device}/cmd/{verb}/result"

    @property
    def discovery(self) -> str:
        """Where Home Assistant looks for this device, retained."""
        return f"{DISCOVERY_PREFIX}/device/kickback_{self.device}/config"
