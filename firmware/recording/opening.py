"""The door to every recording, whatever its form."""

from collections.abc import Callable
from pathlib import Path

from firmware.errors import BadInputError
from firmware.recording.folder import read_folder
from firmware.recording.mcap_reader import read_mcap
from firmware.recording.recording import Recording


def open_recording(path: Path, progress: Callable[[float], None] = lambda share: None) -> Recording:
    """Read an `.mcap` file or a neutral folder, calling `progress` with the share done, 0 to 1.

    Raises BadInputError, one line that says what is wrong, where and what to do.
    """
    try:
        is_folder = path.is_dir()
    except (OSError, ValueError):
        raise BadInputError(f"{path}: cannot be reached; check path and permissions") from None
    if is_folder:
        return read_folder(path, progress)
    if path.suffix == ".csv" and path.is_file():
        raise BadInputError(f"{path}: is one stream of a recording; give its folder {path.parent}")
    return read_mcap(path, progress)
