"""The words in which authors type a link: `contradicts:: [[x]]`, "Supported by: [[y]]"."""

from kb.link import Relation

_WORDS: dict[Relation, str] = {
    "contradicts": """contradict contradicts contradicting contradicted-by contradiction contradictions refutes
        refuted-by disputes disputed-by opposes opposed-by rebuts rebutted-by conflicts conflicts-with disagrees
        disagrees-with against counterargument counterarguments inconsistent-with argues-against""",
    "supports": """support supports supporting supported-by confirms confirmed-by corroborates corroborated-by
        evidence-for agrees-with backs backed-by reinforces replicates replicated-by consistent-with strengthens""",
    "qualifies": """qualify qualifies qualified-by limits limited-by nuances nuanced-by restricts refines refined-by
        caveat caveats tension tensions in-tension-with tension-with counterpoint counterpoints complicates challenges
        challenged-by weakens fault-line fault-lines""",
    "restates": "restates restated-by same-as duplicates duplicate-of reports-the-same",
}
_BY_WORD = {word: relation for relation, words in _WORDS.items() for word in words.split()}


def relation_named(word: str) -> Relation | None:
    """The relation that a field's name or a lead word stands for, if it stands for one."""
    return _BY_WORD.get("-".join(word.casefold().replace("_", " ").replace("-", " ").split()))


def is_inverse(word: str) -> bool:
    """ "supported by:: [[x]]" says that x supports this note."""
    return word.casefold().replace("_", " ").replace("-", " ").strip().endswith(" by")
