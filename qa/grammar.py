"""The small words of English, and what the end of a word tells: enough to see where a subject ends."""

import re

from qa.verbs import is_only_verb, is_participle, is_past, is_third, may_be_noun

MODALS = frozenset("can could may might must shall should will would".split())
DO = frozenset(("do", "does", "did"))
BE = frozenset(("is", "are", "was", "were", "am"))
HAVE = frozenset(("has", "have", "had"))
AUXILIARIES = MODALS | DO | BE | HAVE

DETERMINERS = frozenset(
    "a an the this these those that my your his her its our their every each any some no such another both all most many few several either neither what which whose".split()
)
PREPOSITIONS = frozenset(
    """of in on at by for from with without within into onto over under between among against through throughout during before after behind beyond
    across along around beside besides despite except inside outside near since until upon via per like unlike toward towards versus than as about above below""".split()
)
JOINERS = frozenset("and or but nor".split())
OPENERS = frozenset(
    "that which who whom whose what how why whether where when because if while although though unless whereas once".split()
)
SUBJECTS = frozenset("i we they he she".split())
PRONOUNS = SUBJECTS | {"it", "you", "there"}
OBJECTS = frozenset("it them him us me you itself themselves himself herself ourselves yourself".split())
PARTICLES = frozenset("up out off down away together forward apart".split())
_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten hundred thousand million first second third last next".split()
)
_ADVERBS = frozenset(
    """also always ever never often rarely seldom sometimes usually still already just only even really actually so too simply merely truly
    generally typically not n't soon again thus then perhaps maybe almost nearly hardly barely long better best well far more less most both rather quite much
    suddenly together once now anymore today here elsewhere""".split()
)
_NOT_ADVERBS = frozenset(
    """family supply reply rely apply multiply imply comply anomaly assembly monopoly italy ally bully belly jelly homily fly early likely unlikely friendly
    costly deadly timely lovely orderly elderly lonely daily weekly monthly yearly only july butterfly""".split()
)
_ADJECTIVES = frozenset(
    """able absent accurate active actual adequate afraid alive alone ambiguous arbitrary artificial aware bad base basic better bigger big best bound brittle broad
    brief bright bayesian cheap clean clear clever close cold common compatible complete complex consistent constant contested correct costly crucial current
    dangerous dead deep deeper dense different difficult direct distinct dominant due early easy easier effective efficient empty enough entire equal equivalent essential
    exact explicit fair faithful false familiar fast few final fine firm flat formal free fresh full fundamental further general genuine
    global good great greater hard harder harmful heavy helpful hidden high higher honest human idle ill immune implicit important impossible inadequate
    inconsistent independent inevitable inferior innate inner innocent intelligent intermediate irrelevant irreversible isomorphic kind large larger late latent lawful legal less likely
    limited linear little local logical long longer loose low lower mathematical mere minimal missing mixed modest more moral multilingual narrow natural necessary negative
    neural new nice noisy normal obsolete obvious odd old open optimal ordinary original other outdated outer overconfident particular perfect permanent plain plausible
    poor positive possible powerful precise present pretrained prior private prone proper public pure quick quiet random rare raw ready real recent redundant
    relevant reliable rich right rigged rigid robust rough safe same scarce secure sensible sensitive separate serious severe shallow sharp short shorter significant silent
    similar simple simpler single slow slower small smaller smart smooth sound sparse specific stable standard static steep strict strong stronger stubborn stupid sudden
    sufficient suitable superficial superior sure susceptible synthetic tacit tall thin tight tiny total transparent trivial true typical unable unavoidable
    unclear unequal unique universal unknown unlikely unnecessary unreliable unsound unstable useful useless vague valid verbal viable visible vital vulnerable warm
    weak weaker wide wider wise wiser wrong worse worst worth worthwhile young""".split()
)
_ADJECTIVAL = re.compile(r"[a-z]{3,}(?:able|ible|ous|ful|less|ical|ional|istic)$")
_NOT_ADJECTIVES = frozenset(
    "table variable syllable handful mouthful proposal constable cable fable bible crucible unless signal rational professional individual rationale".split()
)
_PLURALS = frozenset(
    "people children men women mice feet teeth criteria phenomena data media humans alumni fungi they we you i these those many both few all some most others".split()
)
_NOT_PLURALS = re.compile(
    r"(?:ss|us|is|ics|'s)$|^(?:lens|news|series|species|always|perhaps|whereas|less|this|towards|besides|rewards-to-go|bias|as|gas|maths|chess|does|is|was|has|its|his)$"
)


_NOT_GERUNDS = frozenset(
    "something nothing anything everything thing bring string spring during cling swing sting fling wring ceiling evening morning wing".split()
)


def bare(word: str) -> str:
    """In lower case, without the marks around it; a name in capitals (LESS) is no small word and stays."""
    plain = word.replace("’", "'").strip(",.;:“”\"'()[]*_")
    return plain if plain.isupper() and len(plain) > 1 else plain.lower()


def is_adverb(word: str) -> bool:
    """A word that may stand between a subject and its verb."""
    return word in _ADVERBS or (word.endswith("ly") and len(word) > 4 and word not in _NOT_ADVERBS)


def is_adjective(word: str) -> bool:
    """A word that is said of a thing, or stands before its name."""
    return word not in _NOT_ADJECTIVES and (
        word in _ADJECTIVES
        or re.sub("^(?:un|in|im|non-?)", "", word) in _ADJECTIVES
        or bool(_ADJECTIVAL.match(word))
        or word.rsplit("-", 1)[-1]
        in ("efficient", "specific", "dependent", "free", "based", "like", "aware", "complete", "hoc", "sensitive")
    )


def is_plural(word: str) -> bool:
    """A plural noun, as far as its ending tells."""
    return word in _PLURALS or (len(word) > 2 and word.endswith("s") and not _NOT_PLURALS.search(word))


def is_gerund(word: str) -> bool:
    """A verb used as a noun, or one that goes on."""
    return word.endswith("ing") and len(word) > 4 and word not in _NOT_GERUNDS


def is_preposition(word: str) -> bool:
    """A word that ties a name to what came before."""
    return word in PREPOSITIONS


def ends_a_name(word: str) -> bool:
    """Whether what is said of a thing may begin right after this word; after "the", "of" or "large" its name goes on."""
    return not (
        word in DETERMINERS | PREPOSITIONS | JOINERS | MODALS | DO | BE | HAVE | {"to", "not", "own", "be", ""}
        or word in _NUMBERS
        or word.endswith(("'s", "s'"))
        or is_adverb(word)
        or is_adjective(word)
    )


def starts_a_name(word: str) -> bool:
    """A word that can only begin a new name: a determiner or a pronoun."""
    return word in DETERMINERS | OBJECTS | {"there", "they", "we", "he", "she", "i"}


def may_be_plain_verb(word: str) -> bool:
    """A plain form, whatever else it may be."""
    return word in ("be", "have", "do") or is_only_verb(word) or may_be_noun(word)


def may_be_finite(word: str) -> bool:
    """A verb with a subject of its own, in any tense."""
    return word in AUXILIARIES or may_be_plain_verb(word) or is_third(word) or is_past(word) or is_participle(word)
