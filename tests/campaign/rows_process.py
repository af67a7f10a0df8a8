"""Faults of the process and of the panel, 44 to 52."""

from tests.campaign.row import Row, TakenOut

_SUPERVISION = "firmware/supervision.py"
_UNIT = "deploy/systemd/kickback.service"

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
        "the rep in progress, the set and the recording are finished, `offline` is published, it ends within"
        " two seconds",
        "R2",
        (
            TakenOut(
                "the loop ends without asking the core for what is unfinished",
                "firmware/app.py",
                "        self._hand_on(self._tracker.finish())\n",
                "",
            ),
            TakenOut(
                "it leaves the broker without a word",
                "firmware/mqtt/link.py",
                '            self.retain(self._topics.status, b"offline")\n',
                "",
            ),
            TakenOut(
                "a broker that hangs is waited for",
                "firmware/appliance/outlets.py",
                "GOODBYE_S = 1.0\n",
                "GOODBYE_S = 20.0\n",
            ),
        ),
        instead="a broker that hangs may take three seconds more, one for each thing it is told; the open "
        "set is closed with the reason `session_end`, and the rep in progress is `unfinished`.",
    ),
    Row(
        46,
        "it is killed",
        "it is started anew; what was confirmed is there, numbers go on, and the recording is recovered",
        "R2",
        (
            TakenOut(
                "a result is confirmed before it is on the disk",
                "firmware/journal/journal.py",
                "        self._writer.commit(entries, delivered_seq)\n        with self._changed:\n",
                "        with self._changed:\n",
            ),
            TakenOut(
                "nothing of a recording is on the disk before it is closed",
                "firmware/recording/mcap_writer.py",
                "            self._synced_s = block.end_s\n            self._file.guarded(self._file.sync)\n",
                "            self._synced_s = block.end_s\n",
            ),
            TakenOut(
                "nobody looks for what a crash left",
                "firmware/appliance/recordings.py",
                "Recovery(folder) if recording.enabled else None",
                "None",
            ),
            TakenOut(
                "the service manager leaves it at that",
                _UNIT,
                "Restart=on-failure\n",
                "",
            ),
        ),
        instead="it is started anew after 2 s (`RestartSec`) and the time that a start takes, not within 2 "
        "s. The set that was open stays without its summary: its reps stand in the journal, and the "
        "recovered recording gives the set to `kickback analyze`.",
    ),
    Row(
        47,
        "it hangs",
        "the service manager's watchdog is not fed, leaves the stack of each thread in the log, and starts "
        "it anew",
        "R2",
        (
            TakenOut(
                "where it hung is not said",
                _UNIT,
                "PYTHONFAULTHANDLER=1 ",
                "",
            ),
            TakenOut(
                "the service manager has no watchdog",
                _UNIT,
                "WatchdogSec=10\n",
                "",
            ),
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
        "the service manager is not told that it is ready before samples flow or no sensor answers, and "
        "gives it 60 s; where that is a new version, the one before is used again",
        "R2",
        (
            TakenOut(
                "it may take any time to become ready",
                _UNIT,
                "TimeoutStartSec=60\n",
                "TimeoutStartSec=infinity\n",
            ),
            TakenOut(
                "an update does not look whether the start came to something",
                "deploy/setup/health.py",
                "    if started.code:\n",
                "    if False:\n",
            ),
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
            TakenOut(
                "nobody looks after what systemd gave up",
                _UNIT,
                "OnFailure=kickback-safe.service\n",
                "",
            ),
            TakenOut(
                "what systemd gave up is not started again",
                "deploy/setup/safe_start.py",
                '    host.need("starting again", "systemctl", "start", "--no-block", layout.SERVICE)\n',
                "",
            ),
        ),
        instead="systemd's limit of starts is not switched off: one that cannot even show its safe mode "
        "meets it after six, and another service goes back to the version before, if this one was on"
        " trial, or starts it again five minutes later.",
    ),
    Row(
        50,
        "memory, files or threads leak",
        "hours of faults leave nothing behind; what leaks all the same is ended by the service manager's "
        "limit and started anew",
        "R2",
        (
            TakenOut(
                "the service manager has no limit",
                _UNIT,
                "MemoryMax=300M\n",
                "",
            ),
            TakenOut(
                "what it ended is not started anew",
                _UNIT,
                "Restart=on-failure\n",
                "Restart=no\n",
            ),
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
        instead="that the limit ended it is in the service manager's log and not in an event of its own; "
        "that the tracker was away shows at the broker as `offline`. On a Pi the limit needs "
        "`cgroup_enable=memory`.",
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
            TakenOut(
                "what the buzzer raises ends its thread",
                "firmware/panel/buzzer.py",
                "except Exception as error:  # gpiozero",
                "except ZeroDivisionError as error:  # gpiozero",
            ),
            TakenOut(
                "a part whose pin cannot be had ends the start",
                "firmware/appliance/fittings.py",
                "    except Exception as error:\n",
                "    except ZeroDivisionError as error:\n",
            ),
            TakenOut(
                "a computer without pins ends the start",
                "firmware/appliance/fittings.py",
                '        say(f"{error}; buttons, buzzer and lamp stay off")\n        return None\n',
                "        raise\n",
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
            TakenOut(
                "one that is let go after long is short all the same",
                "firmware/panel/controls.py",
                "        self._held = True\n",
                "        self._held = False\n",
            ),
        ),
        instead="a button held for a second ends the set; one that sticks does so too, once.",
    ),
)
