"""What the lifter sees: one view folded from the events, drawn on a terminal or as plain lines."""
