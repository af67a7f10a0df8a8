"""Recordings: one door for MCAP files and neutral folders.

`open_recording` reads either, whole or damaged. `RecordingWriter` writes one while it happens, `recover`
finishes what a crash left. `import_folder` and `export_folder` go from one form to the other.
"""

from firmware.recording.mcap_reader import RecordedResult, read_results
from firmware.recording.mcap_writer import RecordingWriter
from firmware.recording.opening import open_recording
from firmware.recording.recording import Recording

__all__ = [
    "RecordedResult",
    "Recording",
    "RecordingWriter",
    "open_recording",
    "read_results",
]
