"""Form: what was wrong with a rep, one file per family of faults, each saying what it claims and when."""
