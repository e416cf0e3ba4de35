"""The verbs that a question may turn on, and their forms.

A closed list, told apart by one thing: whether the plain form is also a common noun. "Improve" can only be a verb;
"use" needs its neighbours to say what it is. The forms are regular but for a table of exceptions.
"""

import re

_ONLY = frozenset(
    """accelerate accept accommodate accompany accomplish achieve acquire act activate adapt add adjust adopt affect agree align allocate
    allow alter amplify analyse analyze announce appear apply appreciate approve argue arise arrive ask assess assign assume attend attract
    attribute avoid become be begin behave believe calibrate corrode belong beat bend bind blame bring broaden build burn buy carve carry catch categorise cease
    celebrate choose cite clarify classify climb coexist cohere collaborate collect combine come communicate compare compensate compete compile
    complicate comply compose comprehend comprise conceal concentrate conclude confess configure confirm conform confuse connect conserve consider
    consist constitute constrain construct consume contain continue contradict contribute converge convey convince cooperate cope correlate
    create damp deal decide deceive declare decode decrease deduce deepen define degenerate degrade delete deliver demonstrate deny depend deploy
    derive descend describe deserve destroy detect deteriorate determine develop deviate devise die differ diffuse digest diminish disagree disappear
    disclose discourage discover discriminate disrupt dissolve distil distill distinguish distort distribute diverge divide do dominate draw drive eat
    elicit eliminate embed embody embrace emerge emit emphasise employ enable encode encourage endure enforce engage enhance enjoy enlarge enrich ensure enter
    entail equal erode erase escape establish estimate evaluate evolve exaggerate examine exceed exclude execute exercise exhibit exist expand expect
    explain exploit explore expose express extend extract extrapolate fail favour favor feel fill find flatten flourish focus follow forbid forget forgive
    fulfil fulfill gather generalise generalize generate get give go govern grasp grok grow guarantee hallucinate handle hurt happen harden have hear help
    hide highlight hinder hold identify ignore illustrate imagine imitate implement imply impose improve incentivise include incorporate
    indicate induce infer inflate inform inhabit inherit inhibit initiate injure inspire instruct integrate intend interact interfere internalise
    interpret intervene introduce invent invest investigate involve justify keep know label lack learn leave lengthen lessen let leverage linger
    listen live locate lose lower maintain make manage manipulate mature mean memorise merge migrate minimise mislead mistake mitigate moderate modify motivate
    multiply narrow neglect negotiate normalise observe obtain occupy occur offer omit operate oppose optimise organise originate oscillate overcome override overthink
    overfit overlap own participate penetrate perceive perform permit persist persuade pick point possess postpone predict prefer prepare presuppose
    presume prevail prevent proceed prohibit proliferate prolong propagate propose protect prove provide provoke prune publish pursue put
    qualify quantify quit raise react realise recall receive recognise recommend reconcile recover recur reduce
    refer refine reflect refuse regenerate regret reinforce reject relate rely remain remember remind remove render repair repeat replace replicate represent
    reproduce require resemble resist resolve respond restore restrict retain retrieve reveal revise rewrite satisfy saturate save say
    scatter seem seek select sell send separate serve settle sharpen shed shorten shrink simulate sing sleep slow smoothen soften solve speak specify
    speed spend stabilise stall start stay stem stop stimulate strengthen strive struggle submit subsume succeed suffer suffice suggest suit summarise supersede suppose
    suppress surpass survive suspend sustain sweep synthesise tackle take teach tell tend terminate think thrive throw tighten tolerate transcend
    transform translate transmit treat trick try tune undergo undermine understand unify unlock unfold update uphold vanish vary verbalise verify violate
    want waste weaken wear weigh widen win withstand worsen write yield""".split()
)
_EITHER = frozenset(
    """abandon abuse access account advance aid aim amount answer appeal approach arrest attack attempt attempt award back balance
    ban bear benefit bet bias block board boost border bother bound break burst call campaign care cause centre challenge chance change charge
    cheat check claim clash close cluster coach code collapse comment compress compromise concern conflict contact content contest contrast control compute cool copy correct cost
    count cover crash cross cry cut cycle damage dance date debate decay decline defeat defer delay delight demand deny design desire detail
    dictate direct discount discharge display dispute divorce double doubt draft drag dream drift drill drop dump earn ease echo edit effect
    encounter end envy escape excuse exhaust exit experience experiment export extract face fade fake fall fan fear feature feed fight figure filter finish fit fix flag
    flash flip float flood flow fly fold force forecast form frame freeze function fund further gain gauge gesture glow grade grant grip ground group
    guess guide halt harm harvest hate haunt head heat hint hit hope host impact import increase influence insult interest
    issue joke judge jump kick kill lag land last laugh launch lead leak lean leap lend lie lift limit line link load lock long look loop love map mark
    mask match matter measure melt mend merit mind mirror miss mix model monitor move murder name need negate nest notice number object offset open
    order outline output overhaul overshadow pace pack paint panic pass pause pay peak permit phrase pile place plan plant plateau play
    plot poison pool pop practice practise praise press pressure prevail price prize probe process produce profile profit program progress project promise prompt protest query
    pull pump punish purchase push question race range rank rate reach read reason rebound record recruit regard register regress release
    rent report request rescue research reset resort respect rest result retreat return reverse review revolt reward ring rise risk roll rot route ruin rule
    run rush rust sample scale scan score screen seal search see sense set shape share shift shine ship shock shop show side sign signal sink
    skip slide slip slump smell smile smooth sort sound spark spike split spoil sponsor spot spread spring sprout stabilize stack stage stake stand state steal steer step
    stick store strain stress stretch strike structure study style suck sum supply support surface surge surprise survey swap
    swing switch talk target taste tax test thank thin threat tie tilt time top touch trace track trade train transfer transport trap travel trend
    trigger triumph trouble trust turn twist upset use value view visit voice vote wait wake walk warm warp wash watch
    weight wish witness wonder work worry wound wrap""".split()
)
_SIZED = re.compile(r"(?:[a-z]{3,}(?:is|iz|yz)e|[a-z]{2,}ify)$")
_NOT_SIZED = frozenset(
    """size prize noise premise promise exercise expertise enterprise precise concise paradise merchandise franchise otherwise likewise wise
    clockwise rise raise praise disguise compromise surprise demise treatise bruise cruise poise anise turquoise capsize downsize
    maize seize guise tortoise porpoise bourgeoise mayonnaise malaise oversize resize""".split()
)
_PREFIX = re.compile(
    r"^(?:re|over|under|out|mis|dis|un|pre|co|fine-|self-|over-|out-|re-|pre-|co-|mis-|[a-z]+-)(?=[a-z]{3})"
)
_NOT_PREFIXED = frozenset(
    "prefix precise present prepay represent cost course core cover outcome output outlook overview overhead underlay unit undertone discard discourse".split()
)
_IRREGULAR = {
    row.split("/")[0]: (row.split("/")[1], row.split("/")[-1])
    for row in """arise/arose/arisen awake/awoke/awoken be/was/been bear/bore/borne beat/beat/beaten become/became/become begin/began/begun bend/bent
    bet/bet bind/bound break/broke/broken bring/brought build/built burn/burnt burst/burst buy/bought catch/caught choose/chose/chosen come/came/come
    cost/cost cut/cut deal/dealt do/did/done draw/drew/drawn drive/drove/driven eat/ate/eaten fall/fell/fallen feed/fed feel/felt fight/fought
    find/found fit/fitted fly/flew/flown forbid/forbade/forbidden forget/forgot/forgotten forgive/forgave/forgiven freeze/froze/frozen get/got
    give/gave/given go/went/gone grow/grew/grown have/had hear/heard hide/hid/hidden hit/hit hold/held hurt/hurt keep/kept know/knew/known
    lead/led learn/learned leave/left lend/lent let/let lose/lost make/made mean/meant meet/met mislead/misled mistake/mistook/mistaken
    overcome/overcame/overcome outperform/outperformed pay/paid prove/proved/proven put/put quit/quit read/read ring/rang/rung rise/rose/risen run/ran/run
    say/said see/saw/seen seek/sought sell/sold send/sent set/set shed/shed shine/shone shrink/shrank/shrunk show/showed/shown sing/sang/sung sink/sank/sunk
    sleep/slept slide/slid speak/spoke/spoken spend/spent split/split spread/spread spring/sprang/sprung stand/stood steal/stole/stolen stick/stuck strike/struck
    strive/strove/striven sweep/swept swing/swung take/took/taken teach/taught tell/told think/thought throw/threw/thrown
    undergo/underwent/undergone understand/understood uphold/upheld upset/upset wake/woke/woken wear/wore/worn win/won withstand/withstood
    write/wrote/written rewrite/rewrote/rewritten""".split()
}
_DOUBLED = frozenset(
    """stop plan drop step ship slip skip trap wrap swap pop spot plot plug tag flag lag drag grip fit rub ban scan span stem sum trim program transfer occur infer prefer
    refer defer recur permit admit commit omit submit emit control compel excel propel regret distil fulfil label model travel cancel
    signal offset overfit grok map chop clip flip tip top cap nag prod rot pin pun thin win spur stir star bar blur format fulfill embed shed""".split()
) - {"fulfill", "offset", "shed", "format"}


def third(verb: str) -> str:
    """Improve, improves."""
    lower = verb.lower()
    if lower in ("have", "be"):
        return {"have": "has", "be": "is"}[lower]
    if lower.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if re.search(r"[^aeiou]y$", lower) else f"{verb}s"


def past(verb: str) -> str:
    """Improve, improved; write, wrote."""
    return _irregular(verb, 0) or _ed(verb)


def participle(verb: str) -> str:
    """Improve, improved; write, written."""
    return _irregular(verb, 1) or _ed(verb)


def _irregular(verb: str, which: int) -> str:
    lower = verb.lower()
    if lower in _IRREGULAR:
        return _IRREGULAR[lower][which]
    prefix = _PREFIX.match(lower)
    rest = lower[prefix.end() :] if prefix else ""
    return f"{lower[: len(lower) - len(rest)]}{_IRREGULAR[rest][which]}" if rest in _IRREGULAR else ""


def _ed(verb: str) -> str:
    lower = verb.lower()
    if lower.endswith("e"):
        return f"{verb}d"
    if re.search(r"[^aeiou]y$", lower):
        return f"{verb[:-1]}ied"
    return f"{verb}{lower[-1]}ed" if lower.rsplit("-", 1)[-1] in _DOUBLED else f"{verb}ed"


def is_only_verb(word: str) -> bool:
    """A plain form that is no common noun."""
    if word in _ONLY:
        return True
    if word in _EITHER or word in _NOT_SIZED:
        return False
    return bool(_SIZED.match(word)) or (_prefixed(word) in _ONLY and word not in _NOT_PREFIXED)


def may_be_noun(word: str) -> bool:
    """A plain form that is a common noun as well."""
    return word in _EITHER or (_prefixed(word) in _EITHER and word not in _NOT_PREFIXED and "-" not in word)


def is_third(word: str) -> bool:
    """Improves; and "uses", which may also be a noun."""
    return word in ("is", "has", "does") or _plain(word, "s")


def is_past(word: str) -> bool:
    """Improved, wrote."""
    return word in _PASTS or _regular_past(word) or (_prefixed(word) in _PASTS and "-" not in word)


def is_participle(word: str) -> bool:
    """Improved, written."""
    return word in _PARTICIPLES or _regular_past(word) or (_prefixed(word) in _PARTICIPLES and "-" not in word)


def _plain(word: str, ending: str) -> bool:
    cut = word.removesuffix(ending)
    stems = (cut, cut.removesuffix("e"), f"{cut.removesuffix('ie')}y" if cut.endswith("ie") else "")
    return cut != word and any(len(stem) > 1 and (is_only_verb(stem) or may_be_noun(stem)) for stem in stems)


def _regular_past(word: str) -> bool:
    return len(word) > 3 and word.endswith("ed") and not word.endswith("eed") and word not in _NOT_PAST


def _prefixed(word: str) -> str:
    prefix = _PREFIX.match(word)
    return word[prefix.end() :] if prefix else ""


_NOT_PAST = frozenset(
    "hundred kindred sacred naked wicked rugged ragged biped embed moped infrared shed watershed unlimited".split()
)
_PASTS = frozenset(forms[0] for forms in _IRREGULAR.values())
_PARTICIPLES = frozenset(forms[1] for forms in _IRREGULAR.values())
