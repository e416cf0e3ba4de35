"""Meaning, asked of two small models in the box."""
