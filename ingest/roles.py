"""What a sentence does in its note: by the section it stands under, then by its own words."""

import re
from typing import NamedTuple

from ingest.claim_text import leans
from kb.claim import Role
from kb.note import NoteKind

_SECTION_WORDS: tuple[tuple[Role, str], ...] = (
        ("caveat", "limitation|caveat|weakness|threats? to|counterpoint|counter-?argument|fault lines?|shortcoming|drawback|what (?:is|it)(?: is)? not"),
        ("position", "critique|criticism|tensions?\\b|what i think|my (?:view|take)|opinion|position|discussion"
                     "|implications?|takeaways?|conclusions?"),
        # Before methods: "Small-data results" and "Experimental findings" tell what was found.
        ("finding", "findings?\\b|results?\\b|evidence"),
        ("method", "methods?\\b|methodology|data\\b|dataset|set-?up|approach|experiment|procedure|measures?\\b|sample\\b"),
        ("mechanism", "mechanism|explanation|why it works|how it works|intuition"),
        ("condition", "conditions?\\b|scope|when it holds|boundary"),
        ("definition", "definitions?\\b|terminology|glossary"),
)  # fmt: skip
_SECTIONS = tuple((role, re.compile(rf"\b(?:{words})", re.I)) for role, words in _SECTION_WORDS)
_TOPICS = re.compile(r"\s*(?:&|\+|/|;|,|\band\b|\bor\b|\bvs?\b\.?)\s*", re.I)  # "Strengths & Limitations" -> two topics
_SHORT_LEAD = 50
"""Characters of a sentence that can stand as the heading of its list: "The main limitations:"."""
_OPEN = re.compile(r"\bopen (?:questions?|problems?)\b|\bfuture (?:work|research|directions)\b", re.I)
_LIMITS = re.compile(
    r"\b(?:limit(?:s|ed|ing|ations?)?|caveats?|only (?:one|two|a|an|the|on|in|for|within|under|tested)|restricted to|confined to|small(?:er)? samples?|(?:does|do|did|is|are|was|were|has|have|had|can|could)(?: not|n['’]t)\b"
    r"|cannot|may not|might not|not (?:be )?(?:test|measur|identif|observ|generali[sz]|address|control|cover|report|account|clear|causal)\w*|no (?:direct|causal|control|formal|test|evidence|data|account|way|field|external)"
    r"|lacks?|lacking|without|fails? to|ignor\w+|omit\w*|exclud\w+|abstracts? (?:away )?from|sets? aside|leaves? (?:open|out|unanswered|aside)|remains? (?:open|unclear|unknown|untested|unresolved|to be)"
    r"|unclear|unknown|untested|unresolved|unobserved|unmodell?ed|single[- ](?:country|study|site|model|family|dataset|platform|case|shot)|correlational|self-report\w*|cross-sectional|hypothetical|confound\w*|bias(?:ed|es)?"
    r"|weak(?:er|ness\w*)?|narrow\w*|neglect\w*|depends? on|sensitive to|external validity|generali[sz]ability|underpowered|noisy|strong assumptions?|shortcomings?|drawbacks?)\b",
    re.I,
)
"""What makes a sentence a limit under a heading that holds more than limits: "Strengths & Limitations"."""
_CUE_WORDS: tuple[tuple[Role, str], ...] = (
        ("caveat", r"(?:^\W*limitations?\b|^\W*caveats?\b|\b(?:limitations? (?:is|are|was|were|of th(?:is|e) (?:study|paper|work|analysis|approach))|(?:a|one|the|another) (?:key |main |major |important |big |serious )?(?:caveat|confound)\b"
                   r"|(?:the|a|one) caution\b|confounded by|not (?:fully|cleanly|yet) (?:recover|test|know|understood|clear|establish|settl|usab|generali|separat|identif)\w*|remains? (?:unclear|open|unknown|untested)"
                   r"|may not (?:hold|carry|transfer|generali[sz]e|translate)|cannot (?:rule out|tell|separate|distinguish)|it is unclear"
                   r"|the (?:paper|study|authors?) (?:does|do|did|(?:also )?notes? that\b.{1,60}\b(?:did|does|do)) not)\b)"),
        ("condition", r"\b(?:only (?:when|if|where|for|under|once)|unless|provided that|as long as|holds? (?:when|if|under)"
                      r"|conditional on|so long as|depends? (?:on|heavily)|except (?:when|for|where)|up to a point|beyond that point)\b"),
        ("definition", r"\b(?:(?:is|are) defined as|refers? to|is (?:the )?term for|is called|we call|by definition|denotes)\b"),
        ("mechanism", r"\b(?:because|due to|owing to|the (?:reason|mechanism) (?:is|for|behind)|explains? why|arises? from|stems? from"
                      r"|is driven by|caused by|works? by|this happens)\b"),
        ("position", r"\b(?:I (?:think|believe|suspect|argue|would)|in my (?:view|opinion)|we should|should be|ought to|arguably)\b"),
        ("method", r"\b(?:(?:we|the authors) (?:train|use|used|measure|evaluate|compare|test|sample|annotate|collect)(?:d|s|ed)?"
                   r"|(?:was|were) (?:trained|evaluated|measured|sampled|collected|annotated|randomi[sz]ed|recruited) (?:on|with|using|by|from|in|to)"
                   r"|the (?:experiment|study|setup) (?:uses|used|compares|compared))\b"),
)  # fmt: skip
_CUES = tuple((role, re.compile(words, re.I)) for role, words in _CUE_WORDS)
_REPORTING = """adapts adds analyses analyzes applies argues asks assesses attributes builds collects combines compares computes considers contrasts derives
    describes discusses distils distills distinguishes documents estimates evaluates examines explains explores extends feeds fine-tunes follows
    formalises formalizes gathers generates gives grounds identifies inserts intervenes introduces investigates lets looks makes offers perturbs pits
    poses presents probes proposes proves provides puts reframes replaces replicates revisits separates shuffles splits suggests summarises summarizes
    surveys swaps takes trains treats varies weighs withholds"""
"""Verbs that are hardly ever plural nouns: a sentence that begins with one has lost its subject, the note."""
_SCOPE_LINE = re.compile(
    rf"(?i:{'|'.join(_REPORTING.split())})\b(?! (?:of|are|is|was|were|have|has|had|can|could|may|might|must|will|would|should|do|did|on which|that (?:are|were))\b)"
    r"|Re-\w+s (?!are|were|is|have)\w|(?:Tests|Checks|Runs|Reads|Uses|Breaks|Ranks|Lists|Frames|Raises|Records|Repeats|Generali[sz]es|Sorts|Fills|Places) (?!of|on|in|with|by|from|for|and|or|are|were|is|was|have"
    r"|had|can|could|may|might|must|will|would|should|show|suggest|reveal|find|found|indicate|confirm|that)\w|(?:Reports (?:on|what|how|that|(?:[\w-]+ ){1,2}(?:of|in|on|with|from)\b)|Searches for|Reverse-engineers|Shows (?:that|how|why))\b|Studies (?!of|show|have|suggest|find|found|in|on|that|with|by|from|are|were)\w|(?!Perhaps|Curious|Always|Sometimes|Besides|Towards|Afterwards|Unless|Across|Was|Has|Does|Thus|Plus|Its|Hers|Yours|Ours|Turns out)[A-Z][a-z]+s (?:a|an|the|whether|how|what|which|when|two|three|four|its|their|one|each|both)\b"
)
_RESULT = re.compile(
    r"\d|\b(?:show(?:s|ed|n)?|find(?:s|ing)?|found|reveals?|outperform\w*|improv\w+|increas\w+|reduc\w+|degrad\w+|demonstrat\w+|observ\w+)\b",
    re.I,
)
_FEWEST, _FEWEST_UNENDED = 4, 6
"""Words of a sentence that states something, and of an item of a list that does not end like one."""
_UNSAID = re.compile(
    r"\?|\$|`|https?:|\b(?:I|I['’]\w+|[Mm]y|[Mm]e|[Mm]yself|[Yy]ou|[Yy]our|[Yy]ou['’]\w+|[Ll]et['’]s)\b|^\W*[\"“”>]"
    r"|\b[Ww]e\b(?! (?:also |further |here |have |now )*(?:show|find|found|report|observe|demonstrate|identif|conclude|confirm|see|saw))"
)
_UNASSERTED = re.compile(
    r"\b(?:should|must|ought|would|could|wants?|wish(?:es)?|hopes?|hypothes\w+|suppose\w*|imagine|perhaps|whether|assum\w+|intend\w*|proposed?|please"
    r"|aim(?:s|ed)?|goals?|objectives?|purpose|unknown|unclear|controvers\w+|poorly understood|not (?:\w+ )?understood|remains? to be|if (?:there|one|it|they|he|she)\b"
    r"|(?:is|are) (?:called|defined|termed)|refers? to|stands for|for example|e\.g\.|said|says|asks?|title)\b",
    re.I,
)


def speaks(quote: str, role: str) -> bool:
    """Whether a claim states something of the world that another could deny: nothing asked, wished or supposed."""
    words = quote.count(" ") + 1
    return (
        role not in ("method", "definition")
        and words >= (_FEWEST if quote.rstrip("*_ ").endswith((".", "!", ")")) else _FEWEST_UNENDED)
        and not leans(quote)
        and not _UNSAID.search(quote)
        and not _UNASSERTED.search(quote)
    )


def is_scope_line(text: str) -> bool:
    """ "Compares models with ...": what a note is about, without a subject, and not what it says."""
    return text[:1].isupper() and bool(_SCOPE_LINE.match(text))


def role_of(text: str, section: str, lead: str, kind: NoteKind) -> Role:
    """The role of one sentence: by the nearest heading of one topic, then by its own words."""
    if is_scope_line(text):
        return "method"
    heading = _heading(section, lead)
    if heading.is_mixed:
        return "caveat" if _LIMITS.search(text) else _by_cue(text, heading.role or "finding")
    if heading.role is not None:
        return heading.role if heading.role not in ("finding", "position") else _by_cue(text, heading.role)
    return _by_cue(text, "position" if kind == "post" and not _RESULT.search(text) else "finding")


def section_role(section: str, lead: str) -> Role | None:
    """What the nearest telling heading, or the sentence that introduces a list, makes of all that stands under it."""
    heading = _heading(section, lead)
    return None if heading.is_mixed else heading.role


class _Heading(NamedTuple):
    """What a heading says of the sentences under it."""

    role: Role | None = None
    is_mixed: bool = False
    """Whether it names limits beside something else, or what is open: then a sentence's own words say which."""


def _heading(section: str, lead: str) -> _Heading:
    for name in (lead, *reversed(section.split(" / "))):
        if name and len(name) < (120 if name is not lead else _SHORT_LEAD):
            roles = [
                next((role for role, pattern in _SECTIONS if pattern.search(topic)), None)
                for topic in _TOPICS.split(name)
            ]
            if _OPEN.search(name):
                return _Heading("position", True)
            told = [role for role in dict.fromkeys(roles) if role is not None]
            if (told == ["caveat"] and None in roles) or len(told) > 1:
                return _Heading(None, "caveat" in told)
            if told:
                return _Heading(told[0])
    return _Heading()


def _by_cue(text: str, otherwise: Role) -> Role:
    return next((role for role, pattern in _CUES if pattern.search(text)), otherwise)
