"""The way out: questions become answers."""
