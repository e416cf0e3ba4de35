"""Finite verbs: whether words make a sentence or only a phrase ("The concept of the gardener from the 1990s.").

No parser: an auxiliary, a pronoun that is only a subject, a form that hardly ever is a noun, or an ending in a place where
only a verb can stand. What has none of these is a phrase. Where an ending may be either, it counts as a verb.
"""

import re

from kb.language.closed_class import AUXILIARIES, DETERMINERS, NEGATORS, PREPOSITIONS

_BASES = frozenset(
    """abandon abide abolish abound absorb accelerate accept access accommodate accomplish account accumulate achieve acknowledge acquire act activate
    adapt add address adjudicate adjust administer admit adopt advance advertise advise advocate affect afford age aggravate aggregate agree aid aim
    alert align alleviate allocate allow alter alternate amass ameliorate amplify analyse analyze anchor annotate answer antagonize anticipate appear
    append apply appoint appreciate approximate argue arise arouse arrange arrest arrive ascend ascertain ask assemble assert assess assign assist
    associate assuage assume attach attack attain attempt attend attenuate attract attribute augment augur authenticate authorize automate average
    avert avoid await back backfire backpropagate bake balance ban banish bar be bear beat become befall begin behave believe belong bend benefit bias
    bid bin bind bite blame blend block bloom blunt boast bode boil bolster boost bootstrap borrow break breathe breed bridge bring broadcast broaden
    browse buffer build bundle burn burst buy bypass cache calculate calibrate call campaign cap capitalize capture care carry carve cascade cast
    catalyze catch categorise categorize cater cause caution cease celebrate center centralise centralize challenge change channel characterise
    characterize charge chart chase check choose circle circulate circumvent cite claim clarify clash classify clean clear click climb clone close
    cluster coach code codify coexist coin coincide collaborate collapse collect collide colonize combat combine come comment commit communicate
    commute compare compensate compete compile complement complete comply compress comprise compute conceal concede conceive concentrate conceptualise
    conceptualize concern conclude condemn condense confer confirm conflict conform confront conjecture connect consider consist consolidate
    constitute constrain construct construe consume contain contaminate contend contest contextualise contextualize continue contradict contribute
    convene converge converse convert convey convince cook cool cooperate coordinate cope copy correct correlate correspond corrupt cost count counter
    counteract couple cover crack craft crash crawl create credit criticise criticize cross crosscut crowd cry crystallize culminate cultivate curate
    curb cure customise customize cycle damage dampen dance deal debate debunk decay deceive decelerate decentralize decide decipher declare decline
    decompose decompress decouple decrease decrypt dedicate deduce deem deepen defend defer define deflate deflect degrade delay delegate delegitimize
    delete delineate deliver demonstrate demotivate denote deny depart depend depict deplete deploy depress deprive derive descend describe deserve
    design designate desire destabilize destroy detach detect deter determine develop deviate devise devote diagnose dictate die differ differentiate
    diffuse digitise digitize dilute diminish disagree disappear discard discharge discipline disclose disconnect discourage discover discretize
    discriminate discuss disentangle dislike dismantle dismiss displace display dispute disrupt dissect dissociate dissolve dissuade distil distill
    distinguish distort distribute distrust dive diverge divide document domesticate dominate double doubt downgrade download drain draw dream drift
    drink drive drop dry dub dwell dwindle earn ease eat echo edit educate elect elevate elicit eliminate elucidate elude embed embody embrace emerge
    emit emphasise emphasize employ empower emulate enable enact enclose encode encompass encounter encourage encrypt end endorse endure enforce
    engage engineer enhance enjoy enrich ensure entail enter entitle equal equalize equate eradicate erase erode err escape establish estimate evade
    evaluate evoke evolve exacerbate exaggerate examine exceed exchange exclude execute exert exhaust exhibit exist exit expand expect explain explode
    exploit explore export expose express extend extract extrapolate face facilitate factor fail fall fasten favor favour fear feature feed feel fetch
    fight fill filter finance find fine-tune finetune finish fire fit fix flag flatten flee flip float flood flourish flow flower fly focus fold
    follow fool force forecast foreground foresee foreshadow forge forget form formalise formalize formulate foster frame free freeze fuel fulfil
    fulfill function fund fuse gain garner gather gauge gaze generalise generalize generate get give glimpse glow go govern grant grasp group grow
    guarantee guess guide hail hallucinate halt halve hamper handle hang happen harbor harbour harden harm harvest hash hasten heal hear heat hedge
    heed heighten help hesitate hide highlight hinder hinge hint hire hit hoard hold hope host house hunt hurry hurt hypothesize identify ignite
    ignore illuminate illustrate imagine imitate impair impart impede implement implicate imply import impose improve inactivate incentivise
    incentivize include incorporate increase incur index indicate induce industrialize infect infer infiltrate inflate inflict influence inform
    inhabit inherit inhibit initiate innovate insert insinuate insist insource inspect install instantiate instill insulate integrate intensify
    interact interfere internalize interoperate interpolate interpret interrogate interrupt intervene interview introduce invade invalidate invent
    invert invest investigate invite invoke involve isolate iterate jailbreak jeopardize join judge jump justify juxtapose keep kick kill knit know
    label lack last latch laugh launch lay lead leak lean learn leave legalize legislate legitimise legitimize lend lengthen lessen let leverage
    license lie lift lighten like limit linearize linger link listen live load localize locate lock look loosen lose maintain make manage manifest
    manipulate manufacture map marginalise marginalize mark marry mask match matter mature maximise maximize mean measure mediate meet melt memorise
    memorize mention mentor merge merit metabolize migrate mimic mine minimise minimize mirror misalign misinterpret mislead misread misrepresent miss
    mistake misuse mitigate mix mobilise mobilize model modernise modernize modify modulate mold monitor motivate mould mount move multiply mutate
    name navigate necessitate need neglect negotiate net neutralize nominate normalise normalize note notice nourish nudge number obey obscure observe
    obtain obviate occupy occur offer offset omit open operate operationalise operationalize oppose opt optimise optimize orbit orchestrate order
    organise organize orient originate oscillate outlast outline outlive outnumber outpace outperform outsource outweigh overcome overestimate
    overexpress overfit overlap overlook override overshadow overstate overturn owe own paint parallel parameterise parameterize parametrize parse
    participate pass patch pause pave pay peak penalise penalize perceive perform permit persist personalise personalize persuade pertain perturb
    phrase pick pile pin pinpoint pit plan plant play plot plunge point police poll pollute pool portray pose posit possess post postpone postulate
    potentiate praise precede preclude predate predict predispose prefer prepare presage prescribe present preserve pressure presume presuppose
    pretend pretrain prevail prevent price print prioritise prioritize privilege prize probe problematise problematize proceed produce profit progress
    prohibit project proliferate promise promote prompt propagate propose proscribe protect protest prove provide provoke prune publish pull punish
    purchase purify pursue push put quadruple qualify quantify quantise quantize query question quicken quit radiate raise randomise randomize range
    rank rate rationalise rationalize reach react read realise realize reappear reason reassign rebel rebound rebuild rebut recall recapitulate recast
    recede receive reciprocate reclaim recognise recognize recommend reconcile reconsider reconstitute reconstruct recover recruit recur redirect
    redistribute reduce refer refine reflect refocus reframe refresh refuse refute regard regenerate register regress regret regularise regularize
    regulate reinforce reinstate reject relate relax release relieve rely remain remember remind remove render renew rent repair repeat replace
    replenish replicate report repost represent repress reproduce reprogram request require rescue resemble reside resign resist resolve resonate
    respect respond rest restore restrict result resume resurface retain retire retreat retrieve return retweet reuse reveal reverse revise revive
    revoke revolutionize revolve reward rewrite ride ring rinse rise roll rot rotate rule run rush rust sabotage sacrifice sail salute sample satisfy
    saturate save say scale scan scatter screen scroll sculpt seal search secrete secure see seek seem segment segregate seize select sell send
    separate serialize serve set settle sew shake shape share sharpen shelter shield shift shine ship shoot shorten show shrink shut sign signal
    silence simplify simulate sing sink sit situate sketch skip sleep slide slip slow smell smoke sneak soar soften solicit solve sort sound sow span
    spark speak specialize specify speculate spend spill spin splice split spoil sponsor spot spread spur squeeze stabilise stabilize stack stall
    stand standardise standardize stare start starve state stay steal steer stem step stick stigmatise stigmatize stimulate sting stitch stop store
    straddle strand stratify stray stream strengthen stress stretch strike strip strive struggle stumble submit subscribe subsidise subsidize
    substantiate substitute subsume succeed suffer suffice suggest suit sum summarise summarize supersede supervise supplant supplement supply support
    suppose suppress surface surge surmise surpass surround survey survive suspect sustain swamp swap sway swell swim swing swipe switch symbolise
    symbolize sync synthesize tackle tag tailor take talk tap target taste tax teach tear tell tend terminate test testify theorise theorize think
    threaten thrive throw thwart tie tighten tilt tip title tolerate top topple total touch trace track trade trail train transcend transfer transform
    translate transmit transpose travel traverse treat trigger triple trump trust try tune turn tweak uncover undercut underestimate underfit
    undergird undergo underlie underline undermine underpin underscore understand understate undertake undo unfold unify unite unlock unravel update
    upgrade uphold upload urge use utilise utilize validate vanish vary verge verify vibrate vie view vindicate violate visit visualise visualize vote
    wait wake walk wane want warm warn warrant wash waste watch waver weaken wear weave weigh weight wet widen wilt win wish wither wonder word work
    worry worsen wrap wrest write yearn yield""".split()
)
"""Verbs by their base form. Those that are nouns as well count in the places where a verb stands."""
_NOUNS_TOO = frozenset(
    """access account act address advocate age aid alert alternate anchor answer arrest associate attempt attribute average back balance bar bear benefit
    bias bid bin bite blend block bridge buffer bundle cache call campaign cap capture care cascade cast catch cause center challenge change channel
    charge check circle claim cluster code collapse combat comment complement concern conflict construct contest contract cook coordinate correlate
    cost count counter couple cover crack crash credit cross cycle damage deal debate decline decrease design desire discharge discipline display
    document downgrade dream drink drop echo end engineer estimate exchange exhibit experience export express face factor feature fight filter fix
    flag flood flow flower focus fool force forecast form frame function gain gauge grant group guarantee guide harm hedge help highlight hit host
    house import increase index influence install interview judge label lack launch leverage lift limit link manufacture map mark match matter mean
    measure mention merit mine mirror mistake mix model mold mount move name need net note number offer offset orbit order outline parallel pass patch
    pause peak phrase pile pin pit plan plant play plot point pool post present pressure price prize probe profit progress project promise prompt
    protest pull push query question range rank rate reach reason rebound register regret release rent report request rescue respect result return
    reveal reverse reward ring roll rule sacrifice sample scale screen seal search segment shape share shelter shield shift ship show shrink signal
    silence sketch sleep sound spark splice sponsor spot stack start state step stick store strand stress stretch strike strip substitute suit sum
    supplement supply support surface surge survey swap swing switch tag tap target tax test tilt tip title top total track trade train transfer
    transform travel trend trigger update upgrade use view visit vote walk waste weight word work""".split()
)
_PAST = frozenset(
    """arose awoke beat became began begun bent bet bit bled blew bore born bought broke broken brought built burst came cast caught chose chosen clung
    crept cut dealt did done drank drew drove dug dwelt fed fell felt fled flew forgot forgotten fought found froze gave given gone got grew had heard
    held hid hidden hit hung hurt kept knelt knew known laid lay leant led left lent lit lost made meant met outgrew overcame overthrew paid proven
    put ran rang read rewrote rode rose said sang sank sat saw seen sent set shook shot showed shown shrank shut slept slid sold sought spent spoke
    sprang spread spun stole stood struck stuck stung swam swept swore swung taken taught thought threw told took tore understood undertook underwent
    upheld went wept withdrew withstood woke won wore wove written wrote""".split()
)
_NOT_PAST = frozenset("need seed speed feed breed red bed hundred indeed embed led shed based so-called united".split())
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
_CONTRACTED = re.compile(
    r"(?:n't|'(?:re|ve|ll|d|m))$|^(?:it|that|there|he|she|who|what|here|this)'s$"
)  # "doesn't", "it's"
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


def may_be_verb(word: str) -> bool:
    """Whether a word is a form of a verb, whatever else it may be."""
    return _base(word) is not None or word in _PAST or word.endswith("ed")


def _is_verb(word: str, before: str, after: str) -> bool:
    if _CONTRACTED.search(word):
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
