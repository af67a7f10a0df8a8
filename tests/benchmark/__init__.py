"""The benchmark: how good the core is, on data that nobody tuned it on. `python -m tests.benchmark`.

What tuned what. Segmentation was developed on the forty sessions of `tests.gym.suite` (seeds 1000 to
1039), on plain movements of `tests.motion`, and while looking at the recordings `leg-exercises` and
`stack-height/L2`; those recordings are therefore shown as a check, not as a judgement. So was it, later,
on sessions of this suite's mix from other seeds (from 50001 on, `--tuning`), and the weight of sway
against wobble while looking at the recordings `simulated`; live latency, sway and the ends of slow
phases on every third of those; hands and knees on sessions from 52001 on, looking at those from 53001
on. How reps were missed on hands and knees here was looked at twice. Direction was tuned on lifters with
every habit that makes it hard (seeds 5000 to 5029 of `tests.test_diagonal_sessions`) and on the
recordings `simulated`; the lifters here have the same habits. The sessions judged here have seeds of
their own (from 70001 on); no parameter is chosen on them. The limits of form were chosen on the seeds
from 91000 on (`--tuning`). How well the ankle's own acceleration tells a bent knee was learnt on bands
from 92000 on and on those of this suite's tuning seeds; what is likely of a knee and how sure a direction is,
on the tuning seeds of both, and while looking at how directions were missed from 101001 on. On hands and
knees, how the range is measured was chosen on sessions from 93000 on. The faults of form are judged on the
seeds from 103001 on, on which nothing was chosen; the lifters in them have the habits of the others. Those
that judged them before judge no more: those from 101001 on gave 0.944 for the recall of
`direction_narrow`, those from 95501 on showed that the stated error of a direction lacked what a bent knee
does where no cable tells it, those from 99001 on that gravity does not show the whole range
of a leg that lies. Reps whose true direction is nearer to the zone's edge than the uncertainty the tracker
states, and those whose direction it does not claim, are counted apart. The orientation filter has the
published defaults of VQF, whose authors developed it on data that include BROAD; Madgwick runs with its
package's default gain.
"""
