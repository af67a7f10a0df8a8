"""Places: where this machine keeps its config, its calibration, its journal and its recordings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from firmware.config.sections import Config

SYSTEM_CONFIG = Path("/etc/kickback.toml")


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of one machine. None of them need exist yet."""

    state: Path
    recordings: Path

    @property
    def calibration(self) -> Path:
        """What the sensors' counts mean on this machine."""
        return self.state / "calibration.json"

    @property
    def journal(self) -> Path:
        """Every result, before it is published."""
        return self.state / "journal.sqlite"


def config_paths(environ: Mapping[str, str], home: Path) -> tuple[Path, Path]:
    """Where a config is looked for, the first that exists is taken: the system's, then the user's."""
    own = environ.get("XDG_CONFIG_HOME")
    return SYSTEM_CONFIG, (Path(own) if own else home / ".config") / "kickback.toml"


def places_of(config: Config, environ: Mapping[str, str], home: Path) -> Places:
    """The places of this machine.

    The state folder is the config's, else the one the service manager made (STATE_DIRECTORY, its first
    entry), else `kickback` in XDG_STATE_HOME or ~/.local/state.
    """
    given = environ.get("STATE_DIRECTORY", "").partition(":")[0]
    if config.paths.state is not None:
        state = Path(config.paths.state).expanduser()
    elif given:
        state = Path(given)
    else:
        own = environ.get("XDG_STATE_HOME")
        state = (Path(own) if own else home / ".local" / "state") / "kickback"
    folder = config.recording.folder
    return Places(state, state / "recordings" if folder is None else Path(folder).expanduser())
