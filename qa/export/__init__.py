"""An answer as a file to hand on: Markdown in the notes' own form, or one self-contained HTML page."""
