"""The I2C bus and the chips on it. Drivers know registers, not reps."""
