"""The functional core of Kickback: samples in, events out.

No clock, thread, file, socket or random number: time comes in with the data.
"""
