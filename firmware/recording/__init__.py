"""Recordings: one door for MCAP files and neutral folders.

`open_recording` reads either, whole or damaged. `RecordingWriter` writes one while it happens, `recover`
finishes what a crash left. `import_folder` and `export_folder` go from one form to the other.
"""

from firmware.recording.convert import export_folder, import_folder
from firmware.recording.mcap_reader import RecordedResult, read_results
from firmware.recording.mcap_writer import RecordingWriter
from firmware.recording.opening import open_recording
from firmware.recording.recording import Recording
from firmware.recording.recover import Recovered, recover

__all__ = [
    "RecordedResult",
    "Recording",
    "RecordingWriter",
    "Recovered",
    "export_folder",
    "import_folder",
    "open_recording",
    "read_results",
    "recover",
]
