"""The way in: files become notes, notes become claims, claims become a graph."""
