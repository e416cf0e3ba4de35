"""The editor server: what the notes know about a draft, in any editor that speaks the Language Server Protocol."""
