"""The words that say which way an effect goes: a small lexicon of English research prose, by stem.

Stems are crude on purpose, cut alike for the lists below and for the text, so that "reduce", "reduction" and "reduced"
meet; nobody sees them.
"""

from functools import lru_cache
from typing import Literal, NamedTuple

from kb.language.stems import stem

SenseKind = Literal["change", "worth", "plain", "touch", "same", "quality", "opposite"]


class Sense(NamedTuple):
    """What a word of the lexicon does to what it governs."""

    kind: SenseKind
    """`change` moves a quantity, `worth` makes better or worse, `plain` does, `touch` changes without saying which way,
    `same` denies a difference, `quality` is an adjective, `opposite` the other pole of a word that it stands for."""
    sign: int
    of: str = ""
    """The stem that it is the other pole of, or a form of."""


def _senses() -> dict[str, Sense]:
    found: dict[str, Sense] = {}
    for (kind, sign), words in _WORDS.items():
        for word in words.split():
            found.setdefault(stem(word), Sense(kind, sign))
    for pair in _POLES.split():
        one, other = pair.split("/")
        found[stem(other)] = Sense("opposite", -1, stem(one))
    for base in _QUALITIES.split():
        found.setdefault(stem(base), Sense("quality", 1))
        for prefix in ("un", "in", "im", "ir", "il", "dis", "non-", "non"):
            found.setdefault(stem(prefix + base), Sense("quality", -1, stem(base)))
    return found


_WORDS: dict[tuple[SenseKind, int], str] = {
    ("change", 1): """increase increment raise rise boost lift grow growth elevate elevation accelerate acceleration amplify amplification expand
        expansion extend promote promotion stimulate stimulation activate activation upregulate upregulation up-regulate induce induction
        augment prolong heighten intensify facilitate high great long exacerbate aggravate more double triple gain widen maximise climb
        soar overexpression overexpress strengthen favour enrich enhance enhancement sharpen emerge potentiate trigger elicit longer
        overestimate susceptibility susceptible sensitivity vulnerability vulnerable prone deepen broaden hyperactive abundant frequent excess excessive additional""",
    ("change", -1): """reduce reduction decrease decline fall drop shrink diminish diminution weaken impair impairment suppress suppression inhibit
        inhibition inhibitor block blockade attenuate attenuation limit slow halve prevent prevention avoid mitigate alleviate eliminate
        elimination remove removal erase deplete depletion downregulate downregulation down-regulate abolish abrogate disrupt disruption
        impede hinder hamper delay curb undermine lose loss low less few short repress restrict silence lack absence deficient deficiency
        knockout knockdown  minimise cut shorten narrow scarce fewer deletion delete counteract antagonise antagonist
        underestimate dampen deprive vanish disappear forbid preclude constrain erode protect protection protective resist
        oppose interfere deny rarer forget inactivate inactivation insufficiency dwindle bound subside truncate halt resistance resistant tolerance dysfunction dysregulate deregulate reverse absent antagonistic knock-out lacking spare""",
    ("worth", 1): "improve improvement help benefit beneficial ameliorate better best superior outperform beat exceed surpass rescue win pay",
    ("worth", -1): "hurt harm degrade degradation worsen worse worst deteriorate deterioration damage ruin destroy inferior underperform suffer lag cost spoil",
    ("plain", 1): """cause lead result produce yield give make enable allow explain predict transfer generalise require need associate association
        correlate correlation link relate contribute exhibit play carry contain express bind interact reach solve match work teach learn
        create add reflect indicate appear happen occur know hold matter support determine drive underlie mediate regulate involve use
        rely follow show display develop differentiate encode recover fix close bridge disclose verbalise reveal mention admit acknowledge cover come stay
        remain persist outlast track receive undergo survive maintain keep generate form represent provide serve act mean imply constitute
        account copy imitate implement perform detect catch mention state report exist arise diagnose treat target evolve
        fit lie oscillate go fall-back collapse leave close confer restore preserve trade memorise write say answer read""",
    ("plain", -1): "omit conceal hide ignore contradict refute overturn",
    ("touch", 1): "affect change alter influence modify impact vary depend differ difference shift effect modulate",
    ("same", 1): "unchanged equal equally same similar similarly comparable comparably identical regardless irrespective invariant stable unaffected unrelated indistinguishable equivalent constant independent independently",
}  # fmt: skip
_QUALITIES = """faithful necessary reliable effective sufficient accurate correct able safe fair aware clear likely certain important
    successful helpful healthy adequate complete consistent coherent predictable avoidable possible sound even common usual truthful
    honest significant responsive active sensitive required essential crucial critical dominant true valid useful robust trustworthy
    feasible informative competent capable harmful sudden gradual stable appropriate efficient secure dependable"""
_POLES = """accuracy/inaccuracy accuracy/inaccurate presence/absence frequent/rare often/rarely
    positive/negative positively/negatively gradual/sudden
    acceptance/rejection agree/disagree creation/destruction success/failure encourage/discourage certain/uncertain
    hyper/hypo  true/false faithfulness/unfaithfulness hypermethylation/hypomethylation agonist/antagonist
    dependent/independent good/bad"""
SENSES = _senses()
BAD = frozenset(
    map(
        stem,
        """error loss risk hallucination perplexity cost latency harm mortality death disease forgetting collapse bias failure mistake overfitting
        degradation contamination leakage noise toxicity damage deficit regret variance drift misalignment deception hacking burden
        infection cancer tumor tumour injury symptom pain severity vulnerability inflammation impairment decay gap overhead waste""".split(),
    )
)
"""Of these, less is better."""
LIGHT = frozenset(
    map(
        stem,
        """cause lead result produce yield give make enable allow associated association correlate link relate contribute exhibit play show display
        have appear happen occur come stay remain receive undergo keep form represent provide serve act mean imply perform get go use involve develop""".split(),
    )
)
"""Plain verbs that say little themselves; the others are part of what is said of the subject."""
FAULTS = frozenset(map(stem, "error mistake failure fault flaw".split()))
"""What is wrong with what they name: more reasoning errors, less reasoning."""
CAUSAL = frozenset(
    map(
        stem,
        """cause lead result produce yield give make enable allow associated correlate link contribute confer support drive create add account
        bring underlie determine generate predict leave favour teach disclose verbalise reveal mention admit acknowledge omit conceal hide ignore solve reach match required necessary essential crucial critical need require matter""".split(),
    )
)
"""Plain predicates that push as an increase does; "regulates" and "is a" do not say which way."""
GENERAL = frozenset(
    map(
        stem,
        "performance accuracy score result quality reasoning outcome benchmark ability capability model train task method problem language".split(),
    )
)
"""Words that are in every research note: two claims that share only these need not share a subject."""
NEGATORS = frozenset(
    """not no never nor neither cannot without hardly rarely seldom barely scarcely n't lacks lacked little nothing none fails fail failed
    failing unable struggle struggles struggled refuse refuses insufficient nobody nowhere""".split()
)
AUXILIARIES = frozenset(
    """is are was were be been being am do does did has have had can could may might must will would should shall cannot isn't aren't wasn't weren't
    don't doesn't didn't hasn't haven't hadn't can't couldn't won't wouldn't shouldn't need""".split()
)
PREPOSITIONS = frozenset(
    """of in on at by for from with to into onto over under between among amongst within during after before against through throughout via across
    toward towards upon about beyond per as than when if unless once while where until despite because since without following due""".split()
)
DETERMINERS = frozenset("the a an this that these those its their his her our your my each every some any all no both such another most many several".split())  # fmt: skip
HEDGES = frozenset(
    """may might could some most mostly mainly often sometimes usually largely partly partially somewhat likely possibly probably perhaps suggests
    suggest tends tend generally typically apparently all always every never rarely seldom only few many any nearly almost hardly can""".split()
)
EMPTY = frozenset(
    """far almost nothing using the a an and or but nor of in on at by for from with to into onto over under between among amongst within during after before against through
    throughout via across toward towards upon about beyond per as than when if unless once while where until despite because since without
    following this that these those its their his her our your my it they them he she we you i one ones which who whom whose what there here
    is are was were be been being am do does did has have had can could may might must will would should shall cannot not no never neither
    each every some any all both such another most many several more less also only even just very much well still yet then thus so too how why
    significantly substantially markedly strongly greatly highly however therefore furthermore moreover respectively both either own same other
    study studies results result conclusions conclusion methods background findings finding show shows showed shown suggest suggests data evidence
    found find finds level levels rate rates due using used use based associated association compared relative versus vs towards up down out
    increased increase increases reduced reduces place case cases isn't aren't doesn't don't didn't can't won't couldn't rather instead""".split()
)


class Word(NamedTuple):
    """A content word of a sentence."""

    text: str
    stem: str
    """Of the positive pole: "unfaithful" is "faithful" with the sign turned."""
    sign: int
    """Whether there is more (1) or less (-1) of it, as the words around it have it."""


@lru_cache(65_536)
def sense(word: str) -> Sense | None:
    """What the lexicon says of a word, if anything."""
    if word.startswith("effectiv"):
        return Sense("quality", 1)  # else cut to the stem of "effect"
    if word.startswith("compar") and not word.startswith("comparabl"):
        return None
    return SENSES.get(stem(word))
