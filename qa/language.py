"""Language of a text, guessed from its commonest words (stop words) or its script: enough to say that a question is in another one."""

import unicodedata
from collections import Counter

from kb.store import Store

_WORDS = {
    "English": "the of and to is are was does do how why what which when where who with for from that this not by it be can have an or has their",
    "German": "der die das und ist sind wie warum was welche wann mit für von dass nicht auf ein eine wird werden kann hat bei den dem zu",
    "French": "le la les des du de et est sont pourquoi que qui quand avec pas sur un une dans il elle ce cette peut au",
    "Spanish": "el la los las de del y es cómo por qué que cuál cuándo para en un una se puede al lo más",
    "Italian": "il lo la gli le di del della e è sono perché che quale quando un una si può nel i",
    "Portuguese": "o os de da e é são como por que qual quando para em um uma se pode na dos",
    "Dutch": "de het een en is zijn hoe waarom wat welke wanneer voor van dat niet op wordt worden kan heeft bij te",
}
"""Thirty words of a language tell it from its neighbours in one sentence; none that English spells alike and means otherwise."""
_SETS = {name: frozenset(words.split()) for name, words in _WORDS.items()}
_SHARED = Counter(word for words in _SETS.values() for word in words)
_ENOUGH = 2
"""Words that tell, those of four letters in one language alone counting twice."""  # "Warum hilft Schlaf?" -> German
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")
_SAMPLE = 400
"""Claims of the notes, from all over."""
_SHARE = 0.05
"""Of the notes: where so many are in the question's language, it is one of theirs."""


def languages(text: str) -> tuple[str, ...]:
    """The language that a text is in, or its script; several where they cannot be told apart, none where it is not plain."""
    scripts = Counter(_script(char) for char in text[:2_000] if char.isalpha())
    if not scripts:
        return ()
    script = scripts.most_common(1)[0][0]
    if script != "LATIN":
        return (f"{script.title()} script",)
    words = [word.strip(".,;:!?¿¡()“”\"'’«»") for word in text[:2_000].lower().replace("-", " ").split()]
    counts = {
        name: sum(1 + (len(word) > 3 and _SHARED[word] == 1) for word in words if word in known)
        for name, known in _SETS.items()
    }
    most = max(counts.values())
    told = tuple(name for name, count in counts.items() if count == most)
    return told if most >= _ENOUGH and len(told) <= 2 else ()  # "Van Gogh and Georges de la Tour" are names


def _script(char: str) -> str:
    word = unicodedata.name(char, "unknown").partition(" ")[0]
    return "East Asian" if word.startswith(_EAST_ASIAN) else word


def other_language(store: Store, question: str) -> tuple[str, str] | None:
    """The language of a question and that of the notes, where it is plainly none of theirs."""
    asked = languages(question)
    if not asked:
        return None
    step = max(1, store.count("claim") // _SAMPLE)
    texts = store.sql.execute("SELECT text FROM claim WHERE id % ? = 0 LIMIT ?", (step, 2 * _SAMPLE))
    known: Counter[str] = Counter()
    for (text,) in texts:
        known.update(languages(text))
        if any(known[name] >= _SHARE * _SAMPLE for name in asked):
            return None
    if not known or any(known[name] >= _SHARE * known.total() for name in asked):
        return None
    return " or ".join(asked), known.most_common(1)[0][0]
