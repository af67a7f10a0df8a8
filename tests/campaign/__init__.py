"""The fault campaign: 52 faults, each with its tests, and proof that they fail without the protection.

`python -m tests.campaign` runs it and writes docs/faults.md; `python -m tests.campaign 7 22` runs two rows.
"""
