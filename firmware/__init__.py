"""The imperative shell of Kickback: everything that touches the world."""
