"""Register-level models of the sensors and of the bus they sit on, all on one virtual clock."""
