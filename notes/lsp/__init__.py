"""The editor server: what the notes know about a draft, in any editor that speaks the Language Server Protocol.

server.py                            the life of one connection; protocol.py is what the library lacks
buffers.py, positions, addresses     what lies open in the editor, and where
open_base.py, background_sync        the base at hand for a thread, and kept in step with the files
features.py                          the list of FEATURES: completion, hover, navigation, actions, rename
request.py                           what a feature is given
diagnostics.py                       the findings of kb check, held back while a sentence is typed
"""
