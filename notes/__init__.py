"""Writing with it: a draft, and what the notes have to say about it.

draft.py                 a file, a pipe or a buffer, read as a note; its links, and the notes they mean
check.py                 kb check: draft_sentences -> claim_index -> judged_claims -> RULES (contradiction, citation) and broken_links,
                         less what a comment suppresses; finding.py is what a rule is given and what it gives
suggest.py               kb links: mentions (note_names) and reasons; link_style is how a link is written
apply.py, edit.py        kb links --apply: which of them are put in; how, so that nothing else of the file changes
audit.py, new_note.py    kb audit, kb new
plain_text.py            text of notes as words, for messages and for editors
lsp/                     kb lsp: all of that in an editor
"""
