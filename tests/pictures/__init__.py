"""The golden pictures of the panel. `python -m tests.pictures` draws them anew, and `docs/panel.png`."""
