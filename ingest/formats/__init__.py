"""What files look like. A *surface* (markdown, plain, html, pdf) turns text into a `Sheet`: parts with a way back to every
character. A *layout* (line, synthesis, hub, post, vault) turns a sheet into a `Page`. Nothing here raises at a person's text."""
