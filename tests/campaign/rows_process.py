"""Faults of the process and of the panel, 44 to 52."""

from tests.campaign.row import Row, TakenOut

_SUPERVISION = "firmware/supervision.py"

PROCESS = (
    Row(
        44,
        "a second instance is started",
        "it says so in one line and ends; the first goes on",
        "R2",
        (
            TakenOut(
                "nobody asks whether the journal is in use",
                "firmware/journal/lock.py",
                "            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
                "",
            ),
        ),
        instead="the exit code is 1 as for every fault of the machine, not 75.",
    ),
    Row(
        45,
        "SIGTERM in the middle of a set",
        "the rep in progress, the set and the recording are finished, `offline` is published, it ends soon",
        "R2",
        (
            TakenOut(
                "the loop ends without asking the core for what is unfinished",
                "firmware/app.py",
                "        self._hand_on(self._tracker.finish())\n",
                "",
            ),
        ),
    ),
    Row(
        46,
        "it is killed",
        "what was confirmed is there, numbers go on, and the recording is recovered",
        "R2",
        (
            TakenOut(
                "a result is confirmed before it is on the disk",
                "firmware/journal/journal.py",
                "        self._writer.commit(entries, delivered_seq)\n        with self._changed:\n",
                "        with self._changed:\n",
            ),
        ),
    ),
    Row(
        47,
        "it hangs",
        "the service manager's watchdog is not fed and starts it anew",
        "R2",
        (
            TakenOut(
                "the watchdog is fed whatever happens",
                _SUPERVISION,
                "if due and self._accounted_for(now_s) and self._sound():",
                "if due:",
            ),
        ),
    ),
    Row(
        48,
        "it never becomes ready",
        "the service manager is not told that it is ready before samples flow or no sensor answers",
        "R2",
        (
            TakenOut(
                "it is ready at once",
                _SUPERVISION,
                "if not self._ready and (self._flowed or self._faulty >= self._heard_s.keys()):",
                "if not self._ready:",
            ),
        ),
    ),
    Row(
        49,
        "it fails at every start",
        "after three starts in a row display and broker say why, and it is tried again every ten minutes; a "
        "config that cannot be read is waited for",
        "R2",
        (
            TakenOut(
                "starts are not counted",
                "firmware/safe_mode/starts.py",
                "        return self.failed >= TOO_MANY",
                "        return False",
            ),
            TakenOut(
                "a config that worked is not kept",
                "firmware/safe_mode/starts.py",
                "        _keep(self._config, msgspec.json.encode(config))\n",
                "",
            ),
            TakenOut(
                "what starts remember is not on the disk before it has its name",
                "firmware/durable.py",
                "        os.fsync(written)\n",
                "        pass\n",
            ),
            TakenOut(
                "a power cut may take back the names of what starts remember",
                "firmware/safe_mode/starts.py",
                "        synchronise_folder(path.parent)\n",
                "",
            ),
            TakenOut(
                "the watchdog is not fed in safe mode",
                "firmware/safe_mode/showing.py",
                "            world.manager.alive()\n",
                "",
            ),
        ),
    ),
    Row(
        50,
        "memory, files or threads leak",
        "hours of faults leave nothing behind; what leaks all the same is ended by the service manager's "
        "limit and started anew",
        "R2",
        (
            TakenOut(
                "the link to the broker is not closed",
                "firmware/appliance/outlets.py",
                "            parts.callback(link.close, GOODBYE_S)\n",
                "",
            ),
            TakenOut(
                "the journal's thread is not ended",
                "firmware/appliance/keeping.py",
                "    parts.callback(journal.close, _LAST_WORDS_S)\n",
                "",
            ),
        ),
    ),
    Row(
        51,
        "the display or the buzzer is missing or fails",
        "that part is off and said, everything else runs, and no event changes",
        "R2",
        (
            TakenOut(
                "what the display raises ends its thread",
                "firmware/panel/display.py",
                "except Exception as error:  # whatever it is,",
                "except ZeroDivisionError as error:  #",
            ),
        ),
    ),
    Row(
        52,
        "a button bounces or sticks",
        "heard once; one that is pressed for longer than anybody would is named, and everything else goes on",
        "R2",
        (
            TakenOut(
                "contacts are not given time to settle",
                "firmware/panel/controls.py",
                "bounce_time=_BOUNCE_S, ",
                "",
            ),
            TakenOut(
                "nobody asks for how long it has been pressed",
                "firmware/panel/controls.py",
                "        if not stuck:\n            return None\n",
                "        if stuck:\n            return None\n",
            ),
        ),
    ),
)
