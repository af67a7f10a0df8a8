"""Faults of time and processor, 22 to 25."""

from tests.campaign.row import Row, TakenOut

TIME = (
    Row(
        22,
        "the wall clock jumps by hours, or was never set",
        "no result changes; an event says whether its time of day can be trusted; a certificate that is not "
        "valid yet is tried again",
        "R1",
        (
            TakenOut(
                "the time of day of an event is that of the session's own clock",
                "firmware/wall_clock.py",
                "timedelta(seconds=self._now() - host_s)",
                "timedelta(seconds=0.0)",
            ),
            TakenOut(
                "a clock that nobody set is trusted",
                "firmware/wall_clock.py",
                "return self._utc() if self._synchronized() else None",
                "return self._utc()",
            ),
        ),
    ),
    Row(
        23,
        "the processor is busy elsewhere: ticks come late",
        "late ticks are counted and left out, sample times stay right",
        "R1",
        (
            TakenOut(
                "missed ticks are made up for",
                "firmware/sampling/schedule.py",
                "number = max(self._number + 1, due)",
                "number = self._number + 1",
            ),
        ),
    ),
    Row(
        24,
        "too little voltage, or a processor slowed down by heat",
        "said with what to do, however short it lasted; no result changes",
        "R1",
        (
            TakenOut(
                "what the firmware says is told by nobody",
                "firmware/appliance/running.py",
                '            wrong["power"] = weak\n',
                "            pass\n",
            ),
            TakenOut(
                "what came and went between two looks is overlooked",
                "firmware/power.py",
                "came = (bits & ~self._before) >> SINCE_START",
                "came = 0",
            ),
        ),
    ),
    Row(
        25,
        "the process is stopped for a while",
        "a gap is recorded, no false rep comes out of it, and a set says for how long reps went unseen",
        "R1",
        (
            TakenOut(
                "gaps mark no rep",
                "tracker/gaps.py",
                "> self.params.bridged_s[gap.stream] or gap.reason in _MARKS_ALWAYS",
                "> float('inf')",
            ),
            TakenOut(
                "a set does not say that calibration kicks before it may have gone by unseen",
                "tracker/sets.py",
                "            self._look(max(self._looked_s, self._kicks_awaited_s), end_s)",
                "            pass",
            ),
        ),
        instead="the clock of the modelled computer runs on while nobody reads the chips; of a real process "
        "that hangs, row 47 says what the service manager does.",
    ),
)
