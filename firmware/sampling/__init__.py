"""When samples were taken, and the thread that takes them."""
