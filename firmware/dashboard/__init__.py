"""The dashboard: a live page for phone and tablet, which gets everything from the broker itself."""
