"""Record: what the set-up itself brought to this computer, so that taking it back takes no more."""

import json
from dataclasses import asdict, dataclass, field

from deploy.setup import layout
from deploy.setup.changes import Changes, write_durably
from deploy.setup.errors import SetupError
from deploy.setup.host import Host


@dataclass
class Record:
    """`user`: whether the user was made here. `groups`, `packages`: those that were not there before."""

    user: bool = False
    groups: list[str] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, host: Host) -> "Record":
        """The record of this computer, an empty one where nothing is installed."""
        text = host.text(layout.RECORD)
        if text is None:
            return cls()
        try:
            values = json.loads(text)
            return cls(bool(values["user"]), [*map(str, values["groups"])], [*map(str, values["packages"])])
        except (ValueError, KeyError, TypeError):
            raise SetupError(
                f"{layout.RECORD}: cannot be understood; remove it, and user and packages stay at uninstall"
            ) from None

    def keep(self, changes: Changes) -> None:
        """Write it down, before what it says is done: a power cut in between takes nothing from it."""
        if not changes.dry:
            path = changes.host.at(layout.RECORD)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, json.dumps(asdict(self), indent=1) + "\n")
