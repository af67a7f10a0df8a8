"""The virtual gym: a simulated lifter, machine and sensors, whose truth is known.

It shares the contracts of `tracker.blocks` and `tracker.setup` with the product and no arithmetic.
"""
