"""Cues: what the lifter is told, decided once for screen, buzzer and MQTT; time comes with the data."""
