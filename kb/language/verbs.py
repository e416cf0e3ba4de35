"""Finite verbs: whether words make a sentence or only a phrase ("The concept of the gardener from the 1990s.").

No parser: an auxiliary, a pronoun that is only a subject, a form that hardly ever is a noun, or an ending in a place where
only a verb can stand. What has none of these is a phrase. Where an ending may be either, it counts as a verb.
"""

import re

from kb.language.closed_class import AUXILIARIES, DETERMINERS, NEGATORS, PREPOSITIONS

_BASES = frozenset(
    """abandon abide abound absorb accelerate accept access accommodate account accumulate achieve acknowledge acquire act activate adapt add
    address adjust admit adopt advance advise affect afford age aggregate agree aim align allocate allow alternate amass amplify anchor annotate
    anticipate appear append apply appoint argue arise arouse arrange arrive ascend ask assert assess assign assist assuage assume attach attack
    attend attenuate attract augment augur authenticate authorize automate average avert avoid await backpropagate bake balance ban banish bar
    be beat become befall begin behave believe belong bend benefit bias bin bind blame blend block bloom blunt boast bode boil bolster boost
    bootstrap borrow break breathe breed bring broadcast broaden browse buffer build bundle burn burst buy cache calculate calibrate campaign
    cap capitalize capture carry carve cascade cast categorise categorize cater cause caution cease center centralise centralize challenge
    channel characterise characterize charge chart chase choose circle circulate circumvent cite claim clarify clash classify clean clear click
    climb clone close cluster coach code coexist coin coincide collaborate collapse collect collide combine come comment commit communicate
    commute compare compensate compete compile complete comply compress comprise compute conceal concede conceive concentrate conceptualise
    conceptualize conclude condemn condense confer confirm conflict conform confront conjecture connect consider consist consolidate constitute
    constrain construe consume contain contaminate contend contest contextualise contextualize continue contradict contribute convene converge
    converse convert convey convince cook cool cooperate coordinate copy correct correlate correspond corrupt cost count couple cover crack
    craft crawl create credit criticise criticize cross crosscut crowd crystallize culminate cultivate curb cure customise customize dampen
    dance debate debunk decay decelerate decentralize decide decline decompress decouple decrypt deem deepen defend defer define deflate deflect
    degrade delay delegate delegitimize delete deliver demonstrate demotivate denote deny depart depend depict deplete deploy depress derive
    descend describe deserve design detach detect determine develop deviate devote diagnose dictate die differ diffuse digitise digitize dilute
    diminish disagree disappear disclose disconnect discourage discover discretize discriminate discuss dismiss displace display dispute disrupt
    dissolve dissuade distil distill distinguish distort distribute distrust dive diverge divide domesticate dominate double doubt downgrade
    download drain draw dream drift drive drop dry dub dwell dwindle earn eat echo edit educate elect elicit eliminate embed embody emerge emit
    emphasise emphasize employ enable enclose encode encompass encourage encrypt endorse endure engage enhance enjoy ensure entail enter entitle
    equal equate erase erode err escape establish estimate evade evaluate evoke evolve exaggerate examine exceed exclude execute exert exhaust
    exhibit exist exit expand expect explain explode exploit explore expose express extend extract extrapolate face facilitate factor fail fall
    fasten favor favour fear feature feed feel fetch fill filter finance find fine-tune finetune finish fire fit fix flag flee flip float flood
    flourish flow flower fly focus fold follow force forecast foreground foresee foreshadow forge forget form formalise formalize foster frame
    free freeze fuel function fund fuse gain gather gauge gaze generalise generalize generate get give glimpse glow go govern grant group grow
    guarantee guess hail hallucinate halt halve hamper handle hang happen harbor harbour harden harvest hash hasten heal hear heat hedge heed
    heighten help hesitate hide highlight hinder hinge hint hire hoard hold hope host house hunt hurry hypothesize identify ignite ignore
    illustrate imagine impair implement implicate imply impose improve incentivise incentivize include incorporate increase incur index indicate
    induce industrialize infect infer inflate inflict influence inform inhabit inherit inhibit insert insinuate insist insource instantiate
    instill insulate integrate intensify interact interpolate interpret interrupt intervene interview introduce invent invert invest investigate
    invoke involve isolate iterate jailbreak jeopardize join judge jump justify juxtapose keep kill knit know label lack last lay lead leak lean
    learn leave legislate legitimise legitimize lend lengthen lessen let leverage license lie lighten like linearize linger link listen live
    load lock look loosen lose maintain make manage manifest map marginalise marginalize mark mask match matter mature maximise maximize mean
    measure mediate meet melt memorise memorize mentor merge merit migrate minimise minimize mirror misalign misinterpret mislead misread
    misrepresent miss mistake misuse mitigate mix mobilise mobilize model modernise modernize modify modulate mold monitor motivate mould
    multiply mutate navigate necessitate need neglect negotiate net nominate normalise normalize notice nourish nudge number obey obscure
    observe obtain obviate occupy occur offer offset omit open operate operationalise operationalize oppose optimise optimize orbit orchestrate
    order organise organize originate oscillate outlast outlive outnumber outpace outperform outsource outweigh overcome overestimate overfit
    overlap overlook overshadow overstate overturn owe own paint parallel parameterise parameterize parametrize parse participate patch pause
    pave pay peak penalise penalize perceive perform permit persist personalise personalize persuade pertain perturb pile pin pinpoint pit plant
    play plot plunge point police poll pollute pool portray pose posit possess post postpone praise precede preclude predate predict predispose
    prefer prepare presage prescribe preserve presume presuppose pretend pretrain prevail prevent price print prioritise prioritize privilege
    prize problematise problematize proceed produce prohibit project promise promote prompt propagate propose proscribe protect protest prove
    provide provoke prune publish punish purchase pursue push put quadruple qualify quantify quantise quantize query question quicken quit
    radiate raise randomise randomize range rank rationalise rationalize reach read realise realize reappear reason reassign rebel rebound rebut
    recall recede receive recognise recognize recommend reconcile reconstitute recover recruit recur redistribute reduce refer refine reflect
    reframe refresh refuse refute regard regress regularise regularize regulate reinforce reject relate relax release rely remain remember
    remind remove render renew rent repair repeat replace replenish replicate report repost represent reproduce reprogram require resemble
    reside resign resist resolve resonate respond rest restore restrict result resume resurface retain retire retreat retrieve return retweet
    reveal revise revive revoke revolutionize revolve reward rewrite ride ring rinse rise roll rot rotate rule run rush rust sabotage sail
    sample satisfy saturate save say scale scan scatter scroll sculpt search see seek seem segment select sell send separate serialize serve set
    settle sew shape share sharpen shelter shift shine ship shorten show shrink shut sign signal simplify simulate sing sink sit situate sketch
    sleep slide slip slow smell soar soften solve sort sound sow span spark speak specify speculate spend spill spin split spoil sponsor spot
    spread spur squeeze stack stall stand standardise standardize stare start starve state stay steer stem step stick stigmatise stigmatize
    stimulate sting stitch stop store straddle strand stratify stray stream strengthen stress stretch strike strip struggle subscribe subsidise
    subsidize subsume succeed suffer suffice suggest suit sum summarise summarize supersede supervise supplant supply support suppose suppress
    surface surge surmise surpass surround survey survive suspect sustain swamp sway swell swim swing swipe switch symbolise symbolize sync
    tackle tag take talk target taste tax teach tear tell tend terminate test testify theorise theorize think threaten thrive throw thwart tie
    tighten tilt tip title tolerate top topple total touch trace track trade trail train transcend transfer transform translate transmit
    transpose travel treat trigger triple trump trust try tune turn tweak uncover undercut underestimate underfit undergird undergo underlie
    underline undermine underpin underscore understand understate undertake unify unite unlock upgrade uphold upload urge use utilise utilize
    validate vanish vary verge verify vibrate vie vindicate violate visit visualise visualize vote wake walk wane want warm warn warrant wash
    watch waver weaken wear weave weigh weight wet widen wilt win wish wither wonder work worry worsen wrap wrest write yearn yield""".split()
)
"""Verbs by their base form. Those that are nouns as well count in the places where a verb stands."""
_NOUNS_TOO = frozenset(
    """access account act address age alternate anchor average balance bar benefit bias bin blend block buffer bundle cache campaign cap capture
    cascade cast cause center challenge channel charge circle claim cluster code collapse comment conflict contest contract cook coordinate
    correlate cost count couple cover crack credit cross debate decline design display downgrade dream drop echo estimate exhibit experience
    express face factor feature filter fix flag flood flow flower focus force forecast form frame function gain gauge grant group guarantee
    hedge help highlight host house increase index influence interview judge label lack leverage link map mark match matter mean measure merit
    mirror mistake mix model mold need net number offer offset orbit order parallel patch pause peak pile pin pit plant play plot point pool
    post price prize project promise prompt protest push query question range rank reach reason rebound release rent report result return reveal
    reward ring roll rule sample scale search segment shape share shelter shift ship show shrink sleep sound spark sponsor spot stack start
    state step stick store strand stress stretch strike strip suit sum supply support surface surge survey swing switch tag target tax test tilt
    tip title top total track trade train transfer transform travel trend trigger upgrade use visit vote walk weight work""".split()
)
_PAST = frozenset(
    """became began brought built bought came chose did drew fell felt found gave got grew had held kept knew laid led left lost made meant met paid put ran read rose said saw sent set
    showed shown sold spent spoke stood taught told thought took understood went won wrote written drove overcame sought cut known seen taken given done gone fed won""".split()
)
_NOT_PAST = frozenset("need seed speed feed breed red bed hundred indeed embed led shed based so-called united".split())
_VERBAL = ("izes", "ifies", "ize", "ify")
_DEMONSTRATIVES = frozenset("this that these those".split())
_SEVERAL = frozenset("all both many most some few others several".split())
_PLURALS = frozenset(
    "people men women children mice data media criteria phenomena others many some most few both".split()
)
_ADJECTIVAL = ("al", "ic", "ive", "ous", "ary", "ful", "less", "ed", "ing", "able", "ible", "an", "ent", "ant")
_PREFIX = re.compile(r"^(?:up|down|over|under|out|re|mis|co|pre|un)-?(?=\w{4})")
_ADVERBS = frozenset("also then thus often always never still even".split())
_JOINING = frozenset("and or but nor as vs versus via also".split())
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+|[→=≠≈<>≤≥]")
_ALWAYS = (AUXILIARIES - {"need", "to"}) | frozenset("i we they he she who it you there cannot → = ≠ ≈ < > ≤ ≥".split())
"""Words that carry a verb, stand for a subject alone, or are one."""
_CONTRACTED = re.compile(r"(?:n['’]t|['’](?:re|ve|ll|d|m))$")  # "doesn't", "they're"
_IS = re.compile(r"(?:it|that|there|he|she|who|what|here|this)['’]s$")
_AFTER = (
    DETERMINERS
    | NEGATORS
    | frozenset("that how whether why what which who it them him us me themselves itself to only also both".split())
)
_NO_VERB_AFTER = DETERMINERS | (
    PREPOSITIONS - {"than", "while", "because", "since", "if", "when", "where", "once", "unless", "until"}
)


def has_finite_verb(text: str, *, ends: bool = False) -> bool:
    """Whether a text states something: "Plants wilt." does, "The wilting of plants." does not.

    With `ends`, it ends like a sentence, and a form that may be a noun or a verb counts as a verb.
    """
    words = _WORD.findall(text.lower().replace("’", "'"))
    return not _ALWAYS.isdisjoint(words) or any(
        _is_verb(word, before, after) or (ends and _may_be_verb(word, before, after))
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False)
    )


def _is_verb(word: str, before: str, after: str) -> bool:
    if "'" in word and (_CONTRACTED.search(word) or _IS.match(word)):
        return True
    if before in _DEMONSTRATIVES or before in _SEVERAL:
        singular = before in ("this", "that")
        if before == "that" and word in _BASES:
            return True  # "walls that face the rain"
        return _is_plural(word) == singular and (_base(word) is not None or (singular and after in _AFTER))
    if before in _ADVERBS and word not in _NO_VERB_AFTER:
        return _base(word) is not None or word.endswith("ed") or (_is_plural(word) and after not in ("of", ""))
    if before in _NO_VERB_AFTER:
        return False
    if word in _PAST or (
        word.endswith("ed") and "-" not in word and word not in _NOT_PAST and (before or after in _AFTER)
    ):
        return True
    base = _base(word)
    if base is not None:
        third = _is_plural(word)
        return (
            base not in _NOUNS_TOO
            or after in _AFTER
            or (before.endswith("ly") and len(before) > 4)
            or (not third and _is_plural(before))
            or not (before or third)
        )
    if before.endswith("ly") and len(before) > 4 and _is_plural(word) and after not in ("of", ""):
        return True
    if word.endswith(_VERBAL) and len(word) > 6:
        return True
    return word.endswith("s") and not word.endswith(("ss", "us", "is")) and bool(before) and after in _AFTER - {"to"}


def _may_be_verb(word: str, before: str, after: str) -> bool:
    """ "The paper maps years of research", "The markups cascade into the price": a noun stands before it."""
    if (
        not before
        or before in _NO_VERB_AFTER
        or {before, word} & _JOINING
        or word in _NO_VERB_AFTER
        or after in ("of", "")
    ):
        return False
    if _base(word) is not None:
        return True
    if _is_plural(word):  # "Damp air rusts widgets"
        return not (_is_plural(before) or before.endswith(_ADJECTIVAL) or after in PREPOSITIONS or after in _JOINING)
    closed = after in DETERMINERS or after in PREPOSITIONS
    return _is_plural(before) and closed and not word.endswith(("ing", "ly", "ion", *_ADJECTIVAL))


def _is_plural(word: str) -> bool:
    return word in _PLURALS or (word.endswith("s") and not word.endswith(("ss", "us", "is", "'s")))


def _base(word: str) -> str | None:
    """The verb that a present form belongs to: "relies" -> "rely", "upweights" -> "weight"."""
    for ending, base in (("", ""), ("ies", "y"), ("es", ""), ("es", "e"), ("s", "")):
        verb = word.removesuffix(ending) + base
        if verb in _BASES and word.endswith(ending):
            return verb
        bare = _PREFIX.sub("", verb)
        if bare != verb and bare in _BASES and word.endswith(ending):
            return bare
    return None
