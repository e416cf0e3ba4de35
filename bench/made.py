"""Vaults made up for measuring, and questions to ask them: the same ones for the same size and material.

The material is SciFact's abstracts where they are at hand. Otherwise it is the words of the sample vault, as
often as they stand there, each note leaning on a dozen of its own and on a name that few others have: words
are then as unequally common as in real notes, which is what the cost of a question hangs on.
"""

import json
import random
import re
from collections import Counter
from pathlib import Path

SAMPLE = Path(__file__).resolve().parent.parent / "examples" / "vault"
TOPICS = "model training data reward learning reasoning policy prompt benchmark instruction scale transfer".split()
_WORD = re.compile(r"[a-z]{3,}")

Abstracts = list[tuple[str, str]]


class Prose:
    """Titles and sentences without end, from abstracts or from single words."""

    def __init__(self, chance: random.Random, abstracts: Abstracts) -> None:
        self.chance, self.abstracts = chance, abstracts
        counts = Counter[str]() if abstracts else sample_words()
        self.words, self.weights = list(counts), list(counts.values())

    def note(self, number: int) -> tuple[str, list[str]]:
        """The title of a note and at least four sentences."""
        title, sentences = self._abstract(number) if self.abstracts else self._words(number)
        filling = [] if len(sentences) > 3 else ["Nothing more was said about it in this paper."] * 4
        return title, [*sentences, *filling]

    def _abstract(self, number: int) -> tuple[str, list[str]]:
        title, body = self.abstracts[number % len(self.abstracts)]
        sentences = _sentences(body)
        if number >= len(self.abstracts):
            sentences += _sentences(self.chance.choice(self.abstracts)[1])
            self.chance.shuffle(sentences)
        sentences = sentences[: self.chance.randint(4, 12)]
        return f"{title.rstrip('.').replace(chr(34), '')} ({number})", sentences

    def _words(self, number: int) -> tuple[str, list[str]]:
        chance = self.chance
        name = "".join(chance.choice(("ba", "do", "fer", "lin", "mos", "ta", "ru", "ken")) for _ in range(4))
        own = [name, *self.chance.choices(self.words, k=12)]
        sentences = []
        for _ in range(chance.randint(4, 12)):
            words = [
                *chance.choices(own, k=chance.randint(3, 7)),
                *chance.choices(self.words, self.weights, k=chance.randint(5, 15)),
            ]
            chance.shuffle(words)
            sentences.append(f"The {' '.join(words)} rose to {chance.random() * 100:.1f}%.")
        return f"Does {name} {own[1]} change {own[2]} {number}?", sentences


def make_vault(vault: Path, size: int, abstracts: Abstracts) -> int:
    """Notes of 60 to 300 words with front matter, sections, two to five links, and an essay in forty that cites ten.

    The number of bytes written is returned.
    """
    chance = random.Random(7)
    prose = Prose(chance, abstracts)
    total = write(vault / "kb.toml", "")  # else so large a folder is not taken for a vault
    for number in range(size):
        title, sentences = prose.note(number)
        links = [f"[[n{chance.randrange(size):06d}]]" for _ in range(chance.randint(2, 5))]
        half = len(sentences) // 2
        if number % 40 == 39:
            cited = [
                f"{sentence.rstrip('.')} [[n{chance.randrange(size):06d}|What does note {k} show?]]."
                for k, sentence in enumerate(sentences)
            ]
            text = f"# {title}\n\nThis explores {title.lower()}\n\n{' '.join(cited[:half])}\n\nBut {' '.join(cited[half:])}\n"
        else:
            text = (
                f'---\ntitle: "{title}"\ndate: 2024-03-{number % 28 + 1:02d}\ntopics: [{chance.choice(TOPICS)}]\n---\n\n## Findings\n\n'
                f"{' '.join(sentences[:half])}\n\n## Limitations\n\n- {sentences[half]}\n{chr(10).join('- ' + s for s in sentences[half + 1 :])}\n\n"
                f"See also: {', '.join(links)}\n"
            )
        total += write(vault / f"{number // 500:03d}" / f"n{number:06d}.md", text)
    return total


def questions(size: int, abstracts: Abstracts, count: int) -> list[str]:
    """Questions of five shapes about the material of such a vault; one in five takes something for granted."""
    chance = random.Random(11)
    prose = Prose(random.Random(13), abstracts)
    asked = []
    for number in range(count):
        title, sentences = prose.note(chance.randrange(size))
        about = re.sub(r" \(?\d+\)?\??$", "", title).removeprefix("Does ")
        long = sorted({word for word in _WORD.findall(" ".join(sentences).lower()) if len(word) > 5})
        few = chance.sample(long, min(4, len(long)))
        shapes = (
            f"What is known about {about}?",
            f"{' '.join(few)}?",
            f"How does {' '.join(few[:2])} change {' '.join(few[2:])}?",
            f"Why does {few[0]} increase {few[-1]}?",
            f"Is it true that {chance.choice(sentences).rstrip('.').lower()}?",
        )
        asked.append(shapes[number % len(shapes)])
    return asked


def read_abstracts(folder: Path) -> Abstracts:
    """Title and text of each; none where the collection is not at hand."""
    try:
        with (folder / "corpus.jsonl").open(encoding="utf-8") as lines:
            return [(entry["title"], entry["text"]) for entry in map(json.loads, lines)]
    except OSError:
        return []


def sample_words() -> Counter[str]:
    """How often each word stands in the sample vault."""
    texts = (path.read_text("utf-8").lower() for path in sorted(SAMPLE.rglob("*.md")))
    return Counter(word for text in texts for word in _WORD.findall(text))


def _sentences(text: str) -> list[str]:
    return [sentence.strip() + "." for sentence in text.split(". ") if len(sentence) > 20]


def write(path: Path, text: str) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(text.encode())
