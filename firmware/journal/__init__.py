"""Journal: every result on disk before anyone hears of it, numbered without gaps, kept for weeks."""
