"""Setting up a computer as a tracker: install, update with a way back, and uninstall.

Runs with the system's own Python before anything is installed, so it uses the standard library alone.
"""
