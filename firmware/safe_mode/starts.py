"""Starts: how many in a row came to nothing, and the config with which one last went well."""

from contextlib import suppress
from pathlib import Path

import msgspec

from firmware.config import Config
from firmware.durable import replace_whole, synchronise_folder

TOO_MANY = 3
"""So many starts in a row that came to nothing, and the next one is in safe mode."""

PROVEN_S = 60.0
"""After so long a start went well."""

NO_WORD = "it ended without a word: killed, or hung"

BOOT = Path("/proc/sys/kernel/random/boot_id")
"""Another one after each start of the computer."""


class _Failed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: int = 0
    why: str = NO_WORD
    boot: str = ""


class Starts:
    """Kept in two small files of the state folder, replaced whole and safe from a power cut at once.

    A folder that cannot be read or written remembers nothing: then there is no safe mode, and every start
    is the first. `failed`: starts in a row before this one that came to nothing; `why`: what the last said.
    One that ended without a word in an earlier life of the computer may have had its plug pulled, and does
    not count. `boot`: what tells one life from another.
    """

    def __init__(self, state: Path, boot: Path = BOOT) -> None:
        self._starts = state / "starts.json"
        self._config = state / "config.last-good.json"
        self._proven = False
        found = _Failed()
        with suppress(OSError, ValueError):
            found = msgspec.json.decode(self._starts.read_bytes(), type=_Failed)
        self._boot = ""
        with suppress(OSError):
            self._boot = boot.read_text(encoding="ascii").strip()
        if found.why == NO_WORD and found.boot != self._boot:
            found = _Failed(max(0, found.number - 1))
        self.failed = found.number
        self.why = found.why

    @property
    def too_many(self) -> bool:
        """Whether to begin in safe mode."""
        return self.failed >= TOO_MANY

    def last_good(self) -> Config | None:
        """The config with which a start last went well."""
        with suppress(OSError, ValueError):
            return msgspec.json.decode(self._config.read_bytes(), type=Config)
        return None

    def begin(self) -> None:
        """This start has come to nothing until it is known better."""
        self._note(_Failed(self.failed + 1, boot=self._boot))

    def fail(self, why: str) -> None:
        """It has: say why. One that went well first is none of them, whatever ended it later."""
        if not self._proven:
            self._note(_Failed(self.failed + 1, why))

    def prove(self, config: Config) -> None:
        """It went well with this config."""
        self._proven = True
        with suppress(OSError):
            self._starts.unlink(missing_ok=True)
        _keep(self._config, msgspec.json.encode(config))

    def allow_one(self) -> None:
        """Let the next start try once; should it fail, the one after is in safe mode again."""
        self._note(_Failed(TOO_MANY - 1, self.why))

    def _note(self, failed: _Failed) -> None:
        _keep(self._starts, msgspec.json.encode(failed))


def _keep(path: Path, text: bytes) -> None:
    """Replace a file so that a power cut takes neither it nor what was removed beside it before."""
    with suppress(OSError):
        replace_whole(path, text)
        synchronise_folder(path.parent)
