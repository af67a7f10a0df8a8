"""Taking along: what a machine keeps of one session or of all, in a folder of plain files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from firmware.config.places import Places
from firmware.errors import BadInputError, FaultError
from firmware.journal.copying import kept_results
from firmware.recording import export_folder
from firmware.recording.pruning import session_of

RESULTS_FILE = "results.jsonl"


@dataclass(slots=True)
class Taken:
    """How many results, which recordings, and a line on each recording that could not be taken."""

    results: int = 0
    recordings: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def take_along(
    places: Places,
    folder: Path,
    session: str | None,
    *,
    overwrite: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> Taken:
    """Write the results, one payload to a line as published, and a folder of CSV files for each recording.

    `session`: its name; None for everything. A recording that is still being written is left. The appliance
    may be at work. Raise BadInputError for a folder that is not to be used or a session that is not kept,
    FaultError when the disk or the journal fails.
    """
    recordings = _recordings(places.recordings, session)
    payloads = kept_results(places.journal, session)
    first = next(payloads, None)
    if session is not None and first is None and not recordings:
        raise BadInputError(
            f"no session {session} is kept in {places.state}; results and recordings have its name"
        )
    taken = Taken()
    try:
        folder.mkdir(exist_ok=True)
        if any(folder.iterdir()) and not overwrite:
            raise BadInputError(f"{folder}: is not empty; choose another, or overwrite it with --force")
        with (folder / RESULTS_FILE).open("wb") as file:
            for payload in () if first is None else chain((first,), payloads):
                file.write(payload + b"\n")
                taken.results += 1
    except FileNotFoundError:
        raise BadInputError(f"{folder.parent}: no such folder; create it first") from None
    except FileExistsError:
        raise BadInputError(f"{folder}: is a file; choose another name") from None
    except OSError as error:
        raise FaultError(f"{folder}: cannot be written ({error.strerror})") from None
    for done, path in enumerate(recordings):
        progress(done / len(recordings))
        if path.suffix != ".mcap":
            taken.left.append(f"{path}: is not finished, or could not be read; it is left out")
            continue
        try:
            export_folder(path, folder / path.stem, overwrite=overwrite)
            taken.recordings.append(path.stem)
        except BadInputError as error:
            taken.left.append(str(error))
    return taken


def _recordings(folder: Path, session: str | None) -> list[Path]:
    """The appliance's recordings of a session, None for all; finished or not."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    named = ((path, session_of(path.name.partition(".mcap")[0] + ".mcap")) for path in found)
    return [path for path, of in named if of is not None and session in (None, of)]
