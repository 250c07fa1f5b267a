"""Programs as their users write them, which have to do the same on berkeley as on the interpreter's own module."""
