"""Finds: schedules that once broke the promise, tried on every run."""

from tests.fault_schedules import Strike
from tests.fault_trials import Trial
from tracker.blocks import Stream

BACK_AS_A_REP_BEGINS = Trial("machine", (Strike("magnet lost", Stream.CABLE, 20.942, 1.0),), "mpu6050")
"""The samples come back 50 ms into a rep, which then seems to begin there."""

ARBITRARY_AS_A_REP_BEGINS = Trial("machine", (Strike("magnet lost", Stream.CABLE, 13.501, 0.311),), "mpu6050")
"""Two arbitrary angles in a row, just before the magnet is there again, look like an axle that turns fast."""

SILENT_IN_THE_FIRST_REP = Trial("machine", (Strike("magnet lost", Stream.CABLE, 11.135, 1.0),), "mpu6050")
"""The ankle takes over a rep that began without a rest, as the cable had seen."""

GONE_AS_THE_LIFTER_WALKS_OUT = Trial("machine", (Strike("magnet lost", Stream.CABLE, 8.302, 30.0),))
"""The leg swung to and fro at the first step, but the cable, as long as it was there, only went out."""

GONE_BEFORE_THE_REP_WAS_TOLD = Trial("machine", (Strike("away", Stream.CABLE, 16.842, 30.0),))
"""The rep was over a tenth of a second ago: no sample of it is missing, but the ankle has to tell it."""

NOBODY_LOOKS_AS_THE_LEG_GOES_OUT = Trial(
    "machine",
    (
        Strike("byte not acknowledged", Stream.CABLE, 17.711, 0.05, 30, 81),
        Strike("host asleep", Stream.ANKLE, 17.761, 0.713),
    ),
    "mpu6050",
    "i2c-gpio",
)
"""Two turns went by, and the ankle, silent too, only knows of them once the leg hangs still at the peak."""

NOBODY_LOOKS_AS_THE_FIRST_REP_BEGINS = Trial(
    "machine",
    (
        Strike("bus held low", Stream.LOAD, 9.297, 0.385),
        Strike("byte not acknowledged", Stream.CABLE, 9.302, 0.02, 4, 213),
        Strike("host asleep", Stream.LOAD, 9.297, 0.02),
    ),
)
"""The ankle is asked while it still comes round to gravity, as the leg is braked: both look like none."""

BLIND_FROM_THE_HOLD_ON = Trial(
    "band",
    (Strike("bus held low", Stream.ANKLE, 16.189, 1.851),),
    controller="designware",
)
"""The samples stop in the hold and return after the rep, whose end then seems to be before they stopped."""

KNOCKED_AS_THE_LEG_COMES_BACK = Trial("band", (Strike("knocked", Stream.ANKLE, 13.634, 0.05),), "mpu6050")
"""The gyroscope shows the most it can, to and fro, as which it did not turn."""

PINNED_FOR_HALF_A_SECOND = Trial("band", (Strike("pinned", Stream.ANKLE, 11.8, 0.5),), "mpu6050")
"""So the leg would have turned three times about itself."""

FLIPPED_AS_THE_SAMPLES_RETURN = Trial(
    "band",
    (Strike("bit flipped", Stream.ANKLE, 5.193, detail=71), Strike("reset", Stream.ANKLE, 5.193)),
    "mpu6050",
    "i2c-gpio",
)
"""The first sample after the gap is corrupt, and by it the leg turned about itself meanwhile."""

FLIPPED_AFTER_A_BLIND_REP = Trial(
    "band",
    (
        Strike("bus held low", Stream.ANKLE, 7.163, 3.0),
        Strike("arbitration lost", Stream.ANKLE, 7.163, 0.5, 4, 321),
        Strike("bit flipped", Stream.ANKLE, 7.663, 0.5, 1, 7),
    ),
    "mpu6050",
    "designware",
)
"""The rep seems to go out by 80 degrees where the samples return: no range to hold the next ones against."""

NOBODY_LOOKS_AS_THE_LIFTER_ARRIVES = Trial(
    "machine",
    (
        Strike("byte not acknowledged", Stream.ANKLE, 8.302, 0.055, 9, 203),
        Strike("host asleep", Stream.LOAD, 8.357, 0.705),
    ),
    "mpu6050",
    "bcm2835",
)
"""Most of the rest before the first rep goes unseen, so that it seems to go on outwards from the walk in."""

BLIND_AS_THE_LIFTER_SETS_OFF = Trial(
    "machine", (Strike("bus held low", Stream.ANKLE, 9.297, 0.417),), "mpu6050", "i2c-gpio"
)
"""A turn went by; the ankle comes round to gravity until the leg hangs still at the peak."""

BLIND_ALL_THE_WAY_OUT = Trial(
    "machine", (Strike("bus held low", Stream.ANKLE, 13.401, 0.8),), controller="i2c-gpio"
)
"""The gyroscope never learns of that way, and of the rep after it the pause before is not known."""

SILENT_FROM_THE_FIRST_RETURN_ON = Trial(
    "machine", (Strike("bus held low", Stream.ANKLE, 12.662, 30.0),), controller="bcm2835"
)
"""A tenth of a second after the end of the first rep, which would be over in another."""

ONLY_THE_ANKLE_COMES_BACK = Trial(
    "machine",
    (
        Strike("bus held low", Stream.LOAD, 9.139, 3.0, 3, 72),
        Strike("hangs", Stream.CABLE, 10.27, times=2, detail=252),
        Strike("hangs", Stream.CABLE, 11.135, times=2),
    ),
    "mpu6050",
    "designware",
)
"""A second before the first rep that can be seen; while its pose comes round, a leg at rest seems to move."""

A_TURN_TELLS_THE_RETURN_TOO_SOON = Trial(
    "machine", (Strike("bus held low", Stream.CABLE, 13.08, 1.005),), "mpu6050", "i2c-gpio"
)
"""The rep is marked, and its end 0.2 s off: of the next, which is good, the pause before is not known."""

BLIND_TWICE_AS_THE_LIFTER_GOES_ON = Trial(
    "machine",
    (Strike("bus held low", Stream.ANKLE, 16.0, 0.7), Strike("bus held low", Stream.ANKLE, 17.0, 0.9)),
    controller="i2c-gpio",
)
"""What is held back falls silent again; then both come back, the ankle first and with a wrong pose."""

BLIND_FROM_ONE_RETURN_TO_THE_NEXT_WAY_OUT = Trial(
    "band", (Strike("bus held low", Stream.ANKLE, 8.018, 3.0),), "mpu6050", "designware"
)
"""The leg is seen again on its way out, which is no start: rest and peak are as far from there."""

ONE_SECOND_HIDES_A_WAY_OUT = Trial(
    "band",
    (
        Strike("not acknowledged", Stream.ANKLE, 14.593, 0.08, 30, 5),
        Strike("byte not acknowledged", Stream.ANKLE, 14.673, 0.25, 9, 190),
    ),
    "mpu6050",
    "bcm2835",
)
"""To the gyroscope the leg only comes back, so that the rep would seem to end before it began."""

FLIPPED_AS_A_REP_ENDS = Trial(
    "machine", (Strike("bit flipped", Stream.CABLE, 25.142, detail=79),), controller="designware"
)
"""6 mm for one sample, at the slow end of the return, would move that end by 40 ms."""

FLIPPED_AS_A_SWING_ENDS = Trial(
    "band", (Strike("bit flipped", Stream.ANKLE, 22.034, detail=147),), "mpu6050", "designware"
)
"""1.1 rad/s for one sample turns the leg by a third of a degree, at the slow end of the return."""

SILENT_FROM_THE_WALK_IN_ON = Trial(
    "machine", (Strike("bus held low", Stream.CABLE, 8.302, 1.0),), "mpu6050", "i2c-gpio"
)
"""The cable is seen again as it goes out, but knows where: the walk in did not come back meanwhile."""

FLIPPED_WHILE_PINNED = Trial(
    "band",
    (
        Strike("bit flipped", Stream.ANKLE, 13.452, detail=198),
        Strike("pinned", Stream.ANKLE, 13.452, 0.235),
    ),
    controller="bcm2835",
)
"""The one corrupt sample is not at the end of the range, and stands between two breaks."""

ASLEEP_AS_THE_FIRST_REP_BEGINS = Trial(
    "machine", (Strike("host asleep", Stream.ANKLE, 9.001, 1.234),), controller="designware"
)
"""The ankle's FIFO has most of it, and tells that the leg stood, though not at its lowest."""

NO_SWAY_LEARNT_FROM_THE_FIRST_REP = Trial(
    "machine",
    (
        Strike("cut short", Stream.ANKLE, 9.497, 0.595, 3, 192),
        Strike("magnet lost", Stream.CABLE, 9.497, 1.005),
    ),
    controller="i2c-gpio",
)
"""So the second, which is good, begins elsewhere than it would have: 10 mm/s, and nearer to the truth."""

ONE_CHIP_HANGS_ALL_ALONG = Trial(
    "machine", (Strike("hangs", Stream.LOAD, 8.302, 0.0, 30, 1),), controller="designware"
)

ASLEEP_BEFORE_THE_WAY_OUT_AND_AT_ITS_END = Trial(
    "machine",
    (
        Strike("host asleep", Stream.LOAD, 10.27, 1.597),
        Strike("host asleep", Stream.LOAD, 8.302, 1.597),
    ),
    "lsm6dsox",
    "designware",
)
"""The ankle came back 0.1 s before the first rep: a rest of which only the end was seen was none."""

FLIPPED_AS_THE_FIRST_REP_ENDS = Trial(
    "machine", (Strike("bit flipped", Stream.CABLE, 12.542, 1.683, 3, 1),), "mpu6050", "i2c-gpio"
)
"""One sample lower than all others ended the rep 60 ms sooner, with less of the rest after it."""

ASLEEP_FROM_ONE_PEAK_TO_THE_NEXT_WAY_OUT = Trial(
    "machine, calibrated", (Strike("host asleep", Stream.LOAD, 31.635, 3.0),), "lsm6dsox", "designware"
)
"""The cable is seen again a third lower, and goes out: the leg came back, and the ankle saw it rest."""

NOTHING_ANSWERS_IN_THE_LAST_REP = Trial("machine", (Strike("bus held low", Stream.LOAD, 21.5, 12.0),))
"""The set ended a rep short, and nothing said that one might be missing."""

TWO_CALIBRATION_KICKS_IN_SILENCE = Trial(
    "machine, calibrated",
    (
        Strike("bus held low", Stream.LOAD, 17.222, 3.0),
        Strike("bus held low", Stream.LOAD, 9.808, 3.0),
    ),
    "lsm6dsox",
    "i2c-gpio",
)
"""What was seen of the first kick was a third of it, and by that measure the third one set off twice."""

A_CALIBRATION_KICK_IN_SILENCE = Trial(
    "band, calibrated", (Strike("away", Stream.ANKLE, 14.8, 3.0),), controller="i2c-gpio"
)
"""The first two reps were taken for kicks, and nothing said that reps might be missing."""

A_CALIBRATION_KICK_BY_THE_CABLE_ALONE = Trial(
    "cable alone, calibrated", (Strike("away", Stream.CABLE, 15.864, 3.0),), controller="i2c-gpio"
)
"""So was the first one, and only the silence's last second was in the time before it that was looked at."""

A_TURN_BY_THE_CABLE_ALONE = Trial(
    "cable alone", (Strike("host asleep", Stream.CABLE, 21.891, 0.7),), "mpu6050", "i2c-gpio"
)
"""Too short a silence to hide a rep, but not a way out by a turn of the pulley."""

FLIPPED_IN_THE_LOAD = Trial("machine", (Strike("bit flipped", Stream.LOAD, 14.464, detail=313),))
"""25 N for one sample, just as the force is at its highest."""

FLIPPED_AS_THE_FORCE_RISES = Trial("machine", (Strike("bit flipped", Stream.LOAD, 14.464, detail=2),))
"""114 N less for one sample: the leg seemed to throw the weight."""

NO_MAGNET_BETWEEN_TWO_LOOKS = Trial(
    "machine",
    (
        Strike("magnet lost", Stream.CABLE, 14.043, 0.05),
        Strike("magnet lost", Stream.CABLE, 22.755, 0.01),
    ),
)
"""Two arbitrary angles as the leg arrives were taken for true: the magnet is looked for every 25 ms."""

FINDS = (
    BACK_AS_A_REP_BEGINS,
    ARBITRARY_AS_A_REP_BEGINS,
    SILENT_IN_THE_FIRST_REP,
    GONE_AS_THE_LIFTER_WALKS_OUT,
    GONE_BEFORE_THE_REP_WAS_TOLD,
    NOBODY_LOOKS_AS_THE_LEG_GOES_OUT,
    NOBODY_LOOKS_AS_THE_FIRST_REP_BEGINS,
    BLIND_FROM_THE_HOLD_ON,
    KNOCKED_AS_THE_LEG_COMES_BACK,
    PINNED_FOR_HALF_A_SECOND,
    FLIPPED_AS_THE_SAMPLES_RETURN,
    FLIPPED_AFTER_A_BLIND_REP,
    NOBODY_LOOKS_AS_THE_LIFTER_ARRIVES,
    BLIND_AS_THE_LIFTER_SETS_OFF,
    BLIND_ALL_THE_WAY_OUT,
    SILENT_FROM_THE_FIRST_RETURN_ON,
    ONLY_THE_ANKLE_COMES_BACK,
    A_TURN_TELLS_THE_RETURN_TOO_SOON,
    BLIND_TWICE_AS_THE_LIFTER_GOES_ON,
    BLIND_FROM_ONE_RETURN_TO_THE_NEXT_WAY_OUT,
    ONE_SECOND_HIDES_A_WAY_OUT,
    FLIPPED_AS_A_REP_ENDS,
    FLIPPED_AS_A_SWING_ENDS,
    SILENT_FROM_THE_WALK_IN_ON,
    FLIPPED_WHILE_PINNED,
    ASLEEP_AS_THE_FIRST_REP_BEGINS,
    NO_SWAY_LEARNT_FROM_THE_FIRST_REP,
    ONE_CHIP_HANGS_ALL_ALONG,
    ASLEEP_BEFORE_THE_WAY_OUT_AND_AT_ITS_END,
    FLIPPED_AS_THE_FIRST_REP_ENDS,
    ASLEEP_FROM_ONE_PEAK_TO_THE_NEXT_WAY_OUT,
    NOTHING_ANSWERS_IN_THE_LAST_REP,
    TWO_CALIBRATION_KICKS_IN_SILENCE,
    A_CALIBRATION_KICK_IN_SILENCE,
    A_CALIBRATION_KICK_BY_THE_CABLE_ALONE,
    A_TURN_BY_THE_CABLE_ALONE,
    FLIPPED_IN_THE_LOAD,
    FLIPPED_AS_THE_FORCE_RISES,
    NO_MAGNET_BETWEEN_TWO_LOOKS,
)
