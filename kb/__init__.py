"""What is known: claims, notes and links, and where they are kept."""

__version__ = "0.1.0"
