"""What files look like. Nothing in here ever raises at a person's text.

A *surface* (markdown, plain, html, pdf) turns the file's text into a `Sheet`: parts with a way back to
every character. A *layout* (line, synthesis, hub, post, vault) turns a sheet into a `Page`: what the parts
mean. A library (BibTeX, CSL-JSON) goes straight to its sources.
"""
