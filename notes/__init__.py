"""Writing with it: the draft on the desk."""
