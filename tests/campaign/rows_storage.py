"""Faults of storage and power, 35 to 43."""

from tests.campaign.row import Row, TakenOut

_JOURNAL = "firmware/journal/journal.py"
_FILE = "firmware/journal/file.py"
_OPENING = "firmware/journal/opening.py"
_PART = "firmware/recording/mcap_part.py"
_STORE = "firmware/calibration_store.py"
_DURABLE = "firmware/durable.py"

STORAGE = (
    Row(
        35,
        "the disk is full",
        "said; it counts and shows on; what was confirmed is there, and all is written when there is room",
        "R2",
        (
            TakenOut(
                "recordings fill the disk to its end",
                "firmware/recording/recorder.py",
                "if free < self._limits.keep_free_bytes:",
                "if free < 0:",
            ),
            TakenOut(
                "results that wait for the disk are never shown",
                _JOURNAL,
                "[each for each in self._pending if self._clock() - each.since_s >= PATIENCE_S]",
                "[]",
            ),
        ),
    ),
    Row(
        36,
        "the disk became read-only",
        "said; it counts on in memory, shows what is not saved as such, and there is no crash loop",
        "R2",
        (
            TakenOut(
                "a failing disk is told by nobody",
                _JOURNAL,
                "            self._status = replace(self._status, failing=failing)",
                "            pass",
            ),
        ),
        instead="what the disk has not taken is shown and not published: after a power cut its number would "
        "be given to another result, and a subscriber would hold two of one number. It goes out once saved.",
    ),
    Row(
        37,
        "the disk answers a read, a write or a synchronisation with an error",
        "nothing is called saved that is not on the disk; the file is opened again, its results written anew",
        "R2",
        (
            TakenOut(
                "a commit that failed counts as done",
                "firmware/journal/writer.py",
                "            self._check = self._check or is_damage(error)\n"
                "            raise\n"
                "        self._written_delivered_seq",
                "            self._check = self._check or is_damage(error)\n"
                "        self._written_delivered_seq",
            ),
            TakenOut(
                "a read of the journal that fails once is taken for damage",
                _OPENING,
                "    with suppress(DamagedError):\n        return JournalFile(path)\n",
                "",
            ),
            TakenOut(
                "a recording that cannot be read now is set aside for good",
                "firmware/recording/recover.py",
                "    except DiskError:\n        raise\n",
                "",
            ),
        ),
    ),
    Row(
        38,
        "power is cut at any write",
        "what was confirmed is there; a calibration is old or new; a recording lacks 1.5 s at most",
        "R2",
        (
            TakenOut(
                "the calibration is written in place",
                _DURABLE,
                'fresh = path.with_name(path.name + ".new")',
                "fresh = path",
            ),
            TakenOut(
                "the calibration takes its name before it is on the disk",
                _DURABLE,
                "        os.fsync(written)\n",
                "        pass\n",
            ),
            TakenOut(
                "the journal is synchronised at checkpoints only",
                _FILE,
                "PRAGMA synchronous = FULL",
                "PRAGMA synchronous = NORMAL",
            ),
            TakenOut(
                "the recording is never synchronised before its end",
                _PART,
                "        self._flush()\n        os.fsync(self._file.fileno())\n",
                "        self._flush()\n",
            ),
            TakenOut(
                "the recording's name is not safe before its end",
                _PART,
                "            synchronise_folder(self.part.parent)\n",
                "            pass\n",
            ),
            TakenOut(
                "the calibration's new name is not made safe",
                _STORE,
                "        synchronise_folder(path.parent)\n",
                "        pass\n",
            ),
        ),
    ),
    Row(
        39,
        "the config is damaged",
        "one line with file, key, value and what is allowed; nothing falls back to a default unsaid",
        "R1",
        (
            TakenOut(
                "a number that is none passes",
                "firmware/config/loading.py",
                "        if isinstance(value, float) and not isfinite(value):",
                "        if False:",
            ),
        ),
    ),
    Row(
        40,
        "the calibration is damaged, missing or another sensor's",
        "it is named and not used, no force is claimed, reps are counted",
        "R1",
        (
            TakenOut(
                "the check sum is not looked at",
                _STORE,
                "        if check_sum(file_contents.measured) != file_contents.crc32:",
                "        if False:",
            ),
            TakenOut(
                "nobody asks whether it was made for the sensor as it is set up",
                "firmware/calibrating/in_use.py",
                "        if changed := changes(entry, sensors, stream):",
                "        if changed := list[str]():",
            ),
            TakenOut(
                "nobody is told that the load cell was never calibrated",
                "firmware/rig.py",
                "            notes.append("
                '"the load cell is not calibrated, so no force is shown: kickback calibrate load")',
                "            pass",
            ),
        ),
        instead="these chips have no number of their own: another sensor of the same kind, set up alike, "
        "cannot be told from the one that was measured.",
    ),
    Row(
        41,
        "a recording is damaged or cut",
        "everything outside the damage is read, the rest is said, and no byte string raises anything else",
        "R1, R2",
        (
            TakenOut(
                "the check sum of a chunk is not looked at",
                "firmware/recording/mcap_damage.py",
                "validate_crc=True",
                "validate_crc=False",
            ),
        ),
    ),
    Row(
        42,
        "the journal's file is damaged",
        (
            "it is put aside and kept until something is to be forgotten, what can be saved is, no number is "
            "used twice, and it is said"
        ),
        "R2",
        (
            TakenOut(
                "numbers go on where the new file would begin",
                _OPENING,
                "        if highest > kept:",
                "        if False:",
            ),
            TakenOut(
                "the old log may be found beside the new file after a power cut",
                _OPENING,
                "        synchronise_folder(path.parent)\n        _fresh(path)",
                "        _fresh(path)",
            ),
            TakenOut(
                "the pages are not checked",
                _FILE,
                '            if said != "ok":',
                "            if False:",
            ),
        ),
        instead="no backup is restored by itself: what the damaged file still holds is newer than any. An "
        "older journal that its owner puts back goes on behind the numbers that the mark beside it knows.",
    ),
    Row(
        43,
        "the journal was written by another version",
        "a newer file is not touched, and it is said",
        "R2",
        (
            TakenOut(
                "a newer file is written to",
                _FILE,
                "        if version is not None and version > _VERSION:",
                "        if False:",
            ),
        ),
        instead="there is one version of the file so far, so there is no migration yet to be interrupted.",
    ),
)
