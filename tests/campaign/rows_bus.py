"""Faults of the bus and of the sensors, 1 to 21."""

from tests.campaign.row import Row, TakenOut

_BUS = "firmware/i2c/bus.py"
_SOURCE = "firmware/sampling/source.py"
_PRESENCE = "firmware/sampling/presence.py"
_GAPS = "tracker/gaps.py"

BUS = (
    Row(
        1,
        "one transfer is not acknowledged",
        "it is repeated at once, no sample is lost, the error is counted",
        "R2",
        (TakenOut("one try instead of three", _BUS, "_TRIES = 3", "_TRIES = 1"),),
    ),
    Row(
        2,
        "a loose wire: transfers fail in clusters",
        "every sample is delivered or counted, reps with a long gap are suspect, the log is not flooded",
        "R1, R2",
        (
            TakenOut(
                "a read that takes samples out of the chip is repeated whatever happened",
                _BUS,
                "repeatable = number in NOT_ACKNOWLEDGED or not consuming",
                "repeatable = True",
            ),
            TakenOut(
                "each coming and going is told",
                "firmware/faults.py",
                "_BETWEEN_WORDS_S = 20.0",
                "_BETWEEN_WORDS_S = 0.0",
            ),
            TakenOut(
                "gaps mark no rep",
                _GAPS,
                "> self.params.bridged_s[gap.stream] or gap.reason in _MARKS_ALWAYS",
                "> float('inf')",
            ),
        ),
    ),
    Row(
        3,
        "a transfer hangs",
        "it costs 50 ms instead of a second, and the other sensors keep their rate",
        "R2",
        (
            TakenOut("the kernel's own timeout of a second", _BUS, "TIMEOUT_S = 0.05", "TIMEOUT_S = 1.0"),
            TakenOut(
                "what a hang lets be overwritten while a result is read goes unseen",
                "firmware/i2c/nau7802.py",
                "return Conversion(counts, since_s, self._now(), looking_s)",
                "return Conversion(counts, since_s, ready_s, looking_s)",
            ),
        ),
    ),
    Row(
        4,
        "the bus is held low",
        "every stream says so within half a second, the rep is suspect, tries back off, and all are whole "
        "again when it is released",
        "R1, R2",
        (
            TakenOut(
                "a stream that is given up names no fault",
                _SOURCE,
                "        if self._given_up:\n            return self._presence.trouble\n",
                "",
            ),
            TakenOut(
                "a chip that hangs is not left alone",
                _PRESENCE,
                "        self.state = State.AWAY\n        self.trouble = str(error)",
                "        self.trouble = str(error)",
            ),
            TakenOut(
                "gaps mark no rep",
                _GAPS,
                "> self.params.bridged_s[gap.stream] or gap.reason in _MARKS_ALWAYS",
                "> float('inf')",
            ),
        ),
        instead="there is no switch for the sensors' power; the set is neither paused nor closed, since what "
        "was counted is saved rep by rep.",
    ),
    Row(
        5,
        "EIO or EAGAIN: the transfer was disturbed, arbitration was lost",
        "as 1",
        "R2",
        (
            TakenOut(
                "only a missing acknowledgement is taken for passing",
                _BUS,
                "NOT_ACKNOWLEDGED | {errno.EIO, errno.EAGAIN, errno.ETIMEDOUT}",
                "NOT_ACKNOWLEDGED | {errno.ETIMEDOUT}",
            ),
        ),
    ),
    Row(
        6,
        "a chip resets itself in the middle of a set",
        "noticed within a second, set up again, the gap marked, its rep suspect, the scale never wrong",
        "R1",
        (
            TakenOut(
                "nobody looks whether the settings are still in place",
                _SOURCE,
                "if not self._reader.driver.healthy():",
                "if False:",
            ),
            TakenOut(
                "gaps mark no rep",
                _GAPS,
                "> self.params.bridged_s[gap.stream] or gap.reason in _MARKS_ALWAYS",
                "> float('inf')",
            ),
        ),
    ),
    Row(
        7,
        "a FIFO overflows",
        "seen, resynchronised, and what is missing counted: no time is compressed",
        "R1",
        (
            TakenOut(
                "the break is not told",
                "firmware/sampling/imu_reader.py",
                "                track.lose(missing, self._cause)\n",
                "                pass\n",
            ),
            TakenOut(
                "samples are counted on as if nothing had been lost",
                "firmware/sampling/imu_reader.py",
                "            self._clock.broke()\n"
                "            track.give_up(drain.host_s - self._delay_s, Reason.OVERRUN)",
                "            pass",
            ),
        ),
    ),
    Row(
        8,
        "bits flip on the wire",
        "impossible values are thrown away and counted; a lone spike makes and costs no rep",
        "R1",
        (
            TakenOut(
                "words with a wrong parity pass",
                "firmware/i2c/lsm6dsox.py",
                "Word(0 if head.bit_count() & 1 else head >> 3,",
                "Word(head >> 3,",
            ),
            TakenOut(
                "a lone sample passes",
                "tracker/lone.py",
                "        return (held, row) if self._rings() else (row,)",
                "        return (held, row)",
            ),
            TakenOut(
                "a lone sample of the cable passes",
                "tracker/sieve.py",
                "Stream.CABLE: LoneValues(LONE_M,",
                "Stream.CABLE: LoneValues(9.0,",
            ),
            TakenOut(
                "a lone sample of the load passes that is not far off",
                "tracker/sieve.py",
                "Stream.LOAD: LoneValues(LONE_N,",
                "Stream.LOAD: LoneValues(9000.0,",
            ),
            TakenOut(
                "an angle of more than 12 bits is an angle",
                "firmware/i2c/as5600.py",
                "if len(data) != 2 or counts >= COUNTS_PER_TURN:",
                "if len(data) != 2:",
            ),
        ),
    ),
    Row(
        9,
        "a sensor is unplugged and plugged in again",
        "named, the set goes on with the others, its rep is suspect, and it is identified, set up and used "
        "when it returns",
        "R2",
        (
            TakenOut(
                "it is never looked for again",
                _PRESENCE,
                "        if self._now() < self._next_s:\n            return False",
                "        if self._failures or self._now() < self._next_s:\n            return False",
            ),
        ),
    ),
    Row(
        10,
        "a chip of another identity, or a clone",
        "refused by name unless it is a relative that is known to measure alike",
        "R1",
        (
            TakenOut(
                "any identity will do",
                "firmware/i2c/registers.py",
                "        if found not in known:",
                "        if False:",
            ),
        ),
    ),
    Row(
        11,
        "two devices at one address, or one that moved",
        "another chip in the encoder's place is refused at each set-up",
        "R1",
        (
            TakenOut(
                "status bits that an AS5600 never sets are overlooked",
                "firmware/i2c/as5600.py",
                "        if status & ~(MAGNET_DETECTED | MAGNET_TOO_WEAK | MAGNET_TOO_STRONG):",
                "        if False:",
            ),
        ),
    ),
    Row(
        12,
        "a sensor is stuck: it repeats the same values",
        "noticed within half a second, named, set up anew; its values are no samples, its reps are suspect",
        "R1",
        (
            TakenOut(
                "nobody looks whether values repeat",
                "firmware/sampling/stuck.py",
                "self.stuck = any(sense.stuck for sense in self._senses)",
                "self.stuck = False",
            ),
            TakenOut(
                "a chip that is stuck is not set up anew",
                _SOURCE,
                "heard=self.track.complete_s > complete_s and not self.track.stuck",
                "heard=self.track.complete_s > complete_s",
            ),
            TakenOut(
                "what came before it was noticed passes",
                "tracker/gaps.py",
                "_SEEN_AFTER_S = {STUCK: STUCK_S, SLOW: SLOW_S}",
                "_SEEN_AFTER_S = {SLOW: SLOW_S}",
            ),
            TakenOut(
                "nobody compares the encoder with force and ankle",
                "tracker/still_cable.py",
                "            self.stuck = True\n",
                "            pass\n",
            ),
            TakenOut(
                "a stuck encoder is not named",
                "firmware/appliance/running.py",
                "        if self._tracker.cable_stuck:\n",
                "        if False:\n",
            ),
        ),
        instead="the encoder at rest may repeat its angle for good: it is stuck where a leg swings on a taut "
        "cable and does not move it, and then the ankle counts.",
    ),
    Row(
        13,
        "the gyroscope is at the end of its range",
        "the samples are handed on, their rep and what follows until the pose has settled is suspect",
        "R1",
        (
            TakenOut(
                "samples at the end of the range are like all others",
                "firmware/sampling/imu_reader.py",
                "                track.interrupt(Reason.SATURATED)\n",
                "                pass\n",
            ),
        ),
        instead="a rate that was clipped is integrated all the same, since nothing nearer to the truth is "
        "known; until gravity has set the pose right its reps are suspect.",
    ),
    Row(
        14,
        "a sensor is slow, or leaves out samples",
        "under 80 % of its rate it is named, with the rate, and its reps are suspect",
        "R1",
        (
            TakenOut(
                "nobody counts how many samples come",
                "firmware/sampling/rate.py",
                "                self.slow_hz = found_hz\n",
                "                pass\n",
            ),
            TakenOut(
                "samples that come too slowly leave no gap",
                "firmware/sampling/track.py",
                "        if self.slow:\n",
                "        if False:\n",
            ),
        ),
    ),
    Row(
        15,
        "the load cell is disconnected, or at the end of its range",
        "no force, a fault that names the wire, and reps counted from the other sensors, each suspect",
        "R1",
        (
            TakenOut(
                "a conversion at the end of the range is a force",
                "firmware/i2c/nau7802.py",
                "return self.counts >= FULL_SCALE or self.counts < -FULL_SCALE",
                "return False",
            ),
        ),
        instead="an input that floats within the range cannot be told from a force by its values: it is found"
        " by its noise where the cell is calibrated and by `kickback doctor`, and the count does not "
        "need it.",
    ),
    Row(
        16,
        "a bad tare: under load, or while something moves",
        "refused with what to do",
        "R1",
        (
            TakenOut(
                "a tare under load is taken",
                "firmware/appliance/taring.py",
                "        if off_n > FARTHEST_N:",
                "        if False:",
            ),
            TakenOut(
                "a tare of a moving load is taken",
                "firmware/appliance/taring.py",
                "        if spread_n > STILL_N:",
                "        if False:",
            ),
        ),
        instead="the zero is not watched while it counts: at rest the cable may hang slack or hold up a "
        "stack, and nobody knows which; a tare takes up to 30 N of drift, and `kickback doctor` shows"
        " the pull.",
    ),
    Row(
        17,
        "more pulls at the load cell than it is rated for",
        "measured and not clamped; said with what to do, and the rep is suspect, in replay as live",
        "R1",
        (
            TakenOut(
                "samples beyond the capacity are like all others",
                "tracker/calibration.py",
                "if calibration.load is not None and Stream.LOAD in streams:",
                "if False:",
            ),
            TakenOut(
                "a recording does not tell of it",
                "firmware/recording/mcap_reader.py",
                "if stream is Stream.LOAD and timed.calibration.load is not None:",
                "if False:",
            ),
            TakenOut(
                "the lifter is not told",
                "firmware/appliance/running.py",
                "wrong.setdefault(str(Stream.LOAD), overload)",
                "pass",
            ),
        ),
    ),
    Row(
        18,
        "the encoder's magnet is lost, weak or too strong",
        "no position without it, a fault that says what to do; the ankle counts on",
        "R1",
        (
            TakenOut(
                "nobody looks at the magnet",
                "firmware/i2c/as5600.py",
                "        if not status & MAGNET_DETECTED:",
                "        if False:",
            ),
            TakenOut(
                "a reading counts though the magnet was not seen before it",
                "firmware/sampling/cable_reader.py",
                "        elif self._magnet_seen:",
                "        elif True:",
            ),
            TakenOut(
                "an angle that jumps lets nobody look for the magnet",
                "firmware/sampling/cable_reader.py",
                "        if due or self._odd is not None or self._jumps():",
                "        if due:",
            ),
            TakenOut(
                "a weak magnet is none to speak of",
                "firmware/i2c/as5600.py",
                "        if status & MAGNET_TOO_WEAK:",
                "        if False:",
            ),
        ),
    ),
    Row(
        19,
        "the encoder wraps from 4095 to 0",
        "unwrapped exactly",
        "R1",
        (
            TakenOut(
                "the shorter way round is not looked for",
                "firmware/i2c/as5600.py",
                "nearest = (angle.counts - last.counts + half) % COUNTS_PER_TURN - half",
                "nearest = angle.counts - last.counts",
            ),
        ),
    ),
    Row(
        20,
        "whole turns of the encoder may be missing after a gap",
        "flagged as ambiguous, however short the gap, and its rep is suspect",
        "R1",
        (
            TakenOut(
                "only a step too fast is ambiguous, not one that two numbers of turns agree with",
                "firmware/i2c/as5600.py",
                "ambiguous=abs(nearest) > reach or other <= reach",
                "ambiguous=abs(nearest) > reach",
            ),
            TakenOut(
                "a short gap marks no rep, whatever its reason",
                "tracker/gaps.py",
                "_MARKS_ALWAYS = (STUCK, END_OF_RANGE, TURNS_AMBIGUOUS, SLOW, LONE_SAMPLE)",
                "_MARKS_ALWAYS = (END_OF_RANGE, LONE_SAMPLE, STUCK, SLOW)",
            ),
            TakenOut(
                "the cable is believed whatever the leg did in a gap",
                "tracker/unseen_turns.py",
                "self._offset_m += off_m",
                "self._offset_m += 0.0",
            ),
            TakenOut(
                "a set does not say that the cable alone may have missed a turn",
                "tracker/unseen.py",
                "            hidden += self._turns()",
                "            pass",
            ),
        ),
    ),
    Row(
        21,
        "sensors disagree: the cable moves and the ankle does not",
        "never a rep that looks good: it is rejected as a step, with the reason, and shown",
        "R1",
        (
            TakenOut(
                "the ankle has no vote",
                "tracker/follower.py",
                "return angle_between(up_in_sensor(near), up_in_sensor(far)) < UPRIGHT_RAD_PER_M * rise",
                "return False",
            ),
        ),
        instead="cable and ankle vote: a cuff that truly lies still would take the count with it, which the "
        "rejected movements show; one whose values are stuck is row 12.",
    ),
)
