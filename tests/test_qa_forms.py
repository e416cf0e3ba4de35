"""An answer takes the form of its question: what stands first, and what its strands are headed by."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.pipeline import sync
from kb.language.assertion import assertions
from kb.language.encoder import boxed
from kb.settings import Settings
from kb.store import open_store
from qa.answer import Answer
from qa.ask import Asker

NOTES = {
    "napping.md": "---\naliases: [Napping]\nauthors: [Ann Smith, Bo Chen]\nyear: 2020\n---\n# Napping\n\n"
    "The effect of naps is examined in four studies.\n\nNapping is the habit of sleeping for a short time during the day.\n\n"
    "A nap of an hour raises recall by a fifth in adults.\n\nNaps raise recall because sleep replays what was learnt.\n\n"
    "## Limitations\n\nThe naps were taken in a laboratory, and no one was tested at home.\n\nNaps of over two hours were not studied.\n",
    "coffee.md": "# Coffee\n\nCoffee keeps drivers awake for about three hours.\n\nNaps and coffee together keep drivers awake for longer than "
    "either.\n\nA driver who is tired should nap before drinking coffee.\n\nSmith and Chen found that naps raise recall [[napping]].\n",
    "memory.md": "# Memory of the old\n\nA nap of an hour does not raise recall in people over seventy.\n\ncontradicts:: [[napping]]\n",
    "sleep.md": "---\nkind: line\n---\n# How does sleep shape memory?\n\nMost of what is learnt is replayed at night [[napping]].\n\nIn people over seventy a nap does less for recall "
    "[[memory]].\n\nTaken together, sleep shapes memory by replaying it.\n\nCoffee late in the day delays the replay [[coffee]].\n",
}


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    vault = tmp_path_factory.mktemp("forms")
    for name, text in NOTES.items():
        (vault / name).write_text(text)
    sync(vault, Settings())
    with open_store(vault) as store, closing(Asker(store, Settings())) as asker:
        yield asker


def opens(answer: Answer) -> str:
    return answer.statements[0].text


def test_a_definition_opens_with_what_defines(asker: Asker) -> None:
    assert opens(asker.ask("What is napping?")) == "“Napping is the habit of sleeping for a short time during the day.”"
    assert asker.ask("What is recall?").coverage == "near"


def test_nobody_defines_what_nobody_names(asker: Asker) -> None:
    answer = asker.ask("What is lucid napping?")
    assert (answer.coverage, answer.missing) == ("near", "These notes do not speak of “lucid”.")


def test_nothing_is_said_twice(asker: Asker) -> None:
    for question in ("What is napping?", "What is sleep?", "Do naps raise recall?", "Why do naps raise recall?"):
        said = [statement.text.removeprefix(statement.lead) for statement in asker.ask(question).statements]
        assert len(said) == len(set(said)), question


def test_limits_are_counted_and_no_more_are_said_than_are_stated(asker: Asker) -> None:
    answer = asker.ask("What are the limits of naps?")
    assert opens(answer).startswith("Two limits are stated, in one note: “")
    stated = [s for s in answer.statements if s.opens or answer.threads[s.thread].title == "Limits stated"]
    assert len(stated) == 2
    assert all("studied" in s.text or "laboratory" in s.text for s in answer.statements if s.role == "caveat")


def test_limits_of_something_else_are_none_of_it(asker: Asker) -> None:
    assert opens(asker.ask("What are the limits of coffee for drivers?")).startswith("Nearest to a limit of it: “")
    assert "asks this" not in opens(asker.ask("What are the limits of how sleep shapes memory?"))


@pytest.mark.parametrize(
    "question",
    ["What are the limits of yoga for napping in adults?", "Where do my notes disagree about coffee in Brazil?"],
)
def test_where_nothing_is_on_the_point_the_nearest_stands_without_a_lead(asker: Asker, question: str) -> None:
    answer = asker.ask(question)
    assert answer.coverage == "near" and opens(answer).startswith("“")


def test_a_reason_opens_a_why(asker: Asker) -> None:
    assert "because sleep replays" in opens(asker.ask("Why do naps raise recall?"))


def test_notes_asked_for_are_named(asker: Asker) -> None:
    answer = asker.ask("Which of my notes speak of coffee?")
    assert opens(answer).startswith("“Coffee”: “") and "coffee" in opens(answer).lower()
    named = [statement.lead for statement in answer.statements]
    assert len(named) == len(set(named)) > 1, "each note once"


def test_two_things_go_side_by_side(asker: Asker) -> None:
    answer = asker.ask("Naps or coffee for tired drivers?")
    assert "nap" in opens(answer).lower() and "coffee" in opens(answer).lower()
    for thread in range(len(answer.threads)):
        other = {"On Naps": "coffee", "On coffee": "nap"}.get(answer.threads[thread].title)
        assert other is None or all(other not in s.text.lower() for s in answer.said_in(thread))
    assert "On coffee" in [thread.title for thread in answer.threads]


def test_a_side_is_headed_by_its_words_only_where_the_notes_use_them(asker: Asker) -> None:
    titles = [thread.title for thread in asker.ask("Do naps or long naps raise recall?").threads]
    assert "On both" in titles and not [title for title in titles if "long naps raise" in title]


def test_nothing_opens_with_what_it_is_against(asker: Asker, tmp_path: Path) -> None:
    (tmp_path / "rust.md").write_text(
        "# Zinc\n\nA coat of paint keeps widgets clean for a year. However, zinc on widgets lasts for ten years.\n\n"
        "## More\n\nBut zinc on widgets is dear in most of the towns.\n\n## Links\n\nZinc comes from a mine by the sea, as [[mine]] says.\n"
    )
    (tmp_path / "mine.md").write_text("# Mine\n\nThe mine by the sea was dug for lead in the north.\n")
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store, closing(Asker(store, Settings())) as here:
        answer = here.ask("How long does zinc on widgets last?")
        said = [statement.text.removeprefix(statement.lead).strip(" “") for statement in answer.statements]
        assert said and not [text for text in said if text.startswith(("However", "But"))]
        answer = here.ask("Where does zinc come from?")
        (cites,) = (statement.claims for statement in answer.statements if "as [[mine]] says" in statement.text)
        assert {answer.claims[key].note for key in cites} == {"rust.md"}, "a link is no source"


def test_what_to_do_opens_with_advice(asker: Asker) -> None:
    assert "should nap before" in opens(asker.ask("What should I do when I am tired and drive?"))


def test_what_to_read_first_names_notes_and_who_cites_them(asker: Asker) -> None:
    answer = asker.ask("Which should I read first on naps?")
    assert opens(answer).startswith("First “Napping”, which three notes cite: “")


def test_who_somebody_is_opens_with_the_works_of_that_name(asker: Asker) -> None:
    assert opens(asker.ask("Who is Smith?")).startswith("One note is on works of that name. “")


@pytest.mark.parametrize("question", ["What do my notes disagree about?", "Where do my notes disagree about naps?"])
def test_where_notes_disagree_is_told_with_both_sides(asker: Asker, question: str) -> None:
    answer = asker.ask(question)
    assert opens(answer).startswith("One pair of notes is set against each other")
    assert answer.coverage == "contested" and len(answer.tensions) == 1
    assert {answer.claims[key].path for statement in answer.statements for key in statement.claims} == {
        "napping.md",
        "memory.md",
    }


def test_notes_that_do_not_speak_of_it_disagree_about_nothing(asker: Asker) -> None:
    answer = asker.ask("Where do my notes disagree about tax law in Peru?")
    assert (answer.coverage, answer.tensions) == ("silent", ())


def test_where_no_two_notes_are_set_against_each_other_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "tea.md").write_text(
        "# Tea\n\nTea keeps its taste for a year in a dry tin.\n\nGreen tea is brewed at seventy degrees.\n"
    )
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store, closing(Asker(store, Settings())) as alone:
        answer = alone.ask("Where do my notes disagree about green tea?")
    assert answer.tensions == () and opens(answer).startswith("No two notes were found that are set against each other")


def test_a_form_without_its_subject_is_no_mistake(asker: Asker) -> None:
    for question in (
        "What is ?",
        "Who is ?",
        "naps or",
        "What are the limits of ?",
        "Which should I read first on ?",
        "How do a and b differ?",
    ):
        assert asker.ask(question).question == question


def test_the_line_that_asks_it_leads_and_its_citations_are_cited(asker: Asker) -> None:
    answer = asker.ask("How does sleep shape memory?")
    assert "Taken together, sleep shapes memory by replaying it." in opens(answer)
    assert {"napping.md", "memory.md"} <= {note.id for note in answer.notes if note.cited}


def test_what_only_announces_does_not_open(asker: Asker) -> None:
    answer = asker.ask("What is the effect of naps?")
    assert answer.statements and "is examined" not in opens(answer)


def test_every_strand_is_headed_by_its_first_claim_or_by_the_note_that_most_of_it_is_from(asker: Asker) -> None:
    for question in ("Do naps raise recall?", "When do naps help?"):
        answer = asker.ask(question)
        titles = {note.title: note.id for note in answer.notes}
        for number, thread in enumerate(answer.threads):
            said = answer.said_in(number)
            mine = [each for each in said if answer.claims[each.claims[0]].note == titles.get(thread.title)]
            assert not said or answer.heading_of(number) is not None or 2 * len(mine) > len(said)


def test_assertions_are_told_from_announcements() -> None:
    pairs = (
        ("Rain before noon halves the number of cyclists.", "The relation between rain and cycling is discussed."),
        ("Bees die sooner where fields are sprayed.", "This chapter reviews what is known about bees."),
        ("Wages fall when a mill closes.", "First large study of mills across five counties."),
        ("A verb agrees with its subject.", "A note on grammar before we go on."),
        ("Most readers stop after the second page.", "Data come from a panel of readers in 2019."),
    )
    likely = assertions(boxed().embed([text for pair in pairs for text in pair])).reshape(-1, 2)
    assert (likely[:, 0] > likely[:, 1]).all()


MARKED = {
    "tide.md": "---\nauthors: [Rosa Vega]\nyear: 2021\n---\n# Tidal memory in crabs\n\n"
    "This paper introduces *tidal memory* as a habit of shore crabs, defined as moving when the tide would have come. It lasts for a week.\n\n"
    "Note that this differs from a clock.\n",
    "crabs.md": "# Crabs\n\n[[tide|Vega's crabs]] keep their **tidal memory** for seven days in the dark, which no clock of theirs explains.\n\n"
    "The length of the tide is what shore crabs remember, see ~~old~~ tables.\n",
}


def test_a_sentence_with_marks_in_it_is_quoted_as_written_and_shown_as_read(tmp_path: Path) -> None:
    for name, text in MARKED.items():
        (tmp_path / name).write_text(text)
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store, closing(Asker(store, Settings())) as asker:
        answer = asker.ask("What is tidal memory?")
    first = answer.statements[0]
    assert first.text.startswith("On Vega (2021): “This paper introduces *tidal memory* as a habit"), first.text
    assert "introduces tidal memory as" in first.shown
    said = [statement.text for statement in answer.statements]
    assert any("“[[tide|Vega's crabs]] keep their **tidal memory** for" in text for text in said), said
    assert not any("Note that" in text or "~~" in text for text in said), (
        "it leans on what is not told, or is struck out"
    )


def answered(vault: Path, question: str, notes: dict[str, str], words: int = 300) -> Answer:
    """The answer over a few notes."""
    for name, text in notes.items():
        (vault / name).write_bytes(text.encode())
    sync(vault, Settings())
    with open_store(vault) as store, closing(Asker(store, Settings())) as asker:
        return asker.ask(question, words=words)


def test_a_limit_too_long_to_be_said_is_no_mistake(tmp_path: Path) -> None:
    long = "The trial of grafted pears was run in one wet valley, on one soil, with one rootstock, by one grower, " * 2
    notes = {
        "pears.md": f"# Grafted pears\n\nGrafted pears fruit early.\n\n## Limitations\n\n{long}and nobody has tried it on a dry hill.\n"
    }
    assert answered(tmp_path, "What are the limits of grafted pears?", notes, words=40).question


def test_what_denies_a_claim_is_not_cited_with_it(tmp_path: Path) -> None:
    said = (
        "A short walk after a heavy lunch {} the recall of word lists that students in the city learnt in the morning."
    )
    notes = {
        "a.md": f"# Walks\n\n{said.format('raises')}\n",
        "b.md": f"# Lunch\n\n{said.format('lowers')}\n\ncontradicts:: [[a]]\n",
    }
    answer = answered(tmp_path, "Does a short walk after lunch raise recall?", notes)
    assert not any("notes say" in each.lead or "notes state" in each.lead for each in answer.statements)
    assert {"raises", "lowers"} <= {word for each in answer.statements for word in each.text.split()}


def test_a_line_that_leads_leaves_what_answers_best(asker: Asker) -> None:
    answer = asker.ask("How does sleep shape memory?")
    said = " ".join(each.text for each in answer.statements)
    assert "Taken together" in opens(answer) and "sleep replays" in said


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_paragraph_is_one_however_its_lines_end(tmp_path: Path, ends: str) -> None:
    text = "# Kites\n\nA kite flies where the wind is even.\nBehind a wood the wind turns and the kite falls.  It rises again in the open.\n"
    shown = [
        each.shown
        for each in answered(tmp_path, "Where does a kite fly?", {"kites.md": text.replace("\n", ends)}).in_brief()
    ]
    assert shown == [
        "“A kite flies where the wind is even. Behind a wood the wind turns and the kite falls. It rises again in the open.”"
    ]


def test_a_citation_within_a_passage_stands_in_brackets(tmp_path: Path) -> None:
    text = "# Kites\n\nA kite flies where the wind is even [[wind]]. Behind a wood the wind turns and the kite falls [[woods]].\n"
    (shown,) = answered(
        tmp_path, "Where does a kite fly?", {"kites.md": text, "wind.md": "# Wind\n", "woods.md": "# Woods\n"}
    ).in_brief()
    assert (
        shown.shown
        == "“A kite flies where the wind is even [wind]. Behind a wood the wind turns and the kite falls [woods].”"
    )


def test_reasons_of_one_note_stand_as_it_gives_them_and_no_fragment_is_quoted(tmp_path: Path) -> None:
    steps = [
        "Widgets rust because the paint is scratched by sand.",
        "Widgets rust because water comes into the scratch.",
        "where the rate of rust of widgets is the loss of weight in a year.",
        "Widgets rust because salt in the water carries the charge.",
    ]
    (tmp_path / "rust.md").write_text("# Rust\n\n" + "\n\n".join(steps) + "\n")
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store, closing(Asker(store, Settings())) as here:
        answer = here.ask("Why do widgets rust?")
    said = [statement.text.removeprefix(statement.lead).strip(" “”.") for statement in answer.statements]
    assert not [text for text in said if text.startswith("where")]
    for thread in range(len(answer.threads)):
        places = [answer.claims[each.claims[0]].start for each in answer.said_in(thread)]
        assert places == sorted(places)


PLACED = "This paper sits between work on tides and work on clocks, see [[clocks]] and [[tides]]."
REMEMBERED = "It shows that shore crabs keep tidal memory for a week in the dark."


@pytest.mark.parametrize(("before", "is_quoted"), [(PLACED, False), ("This paper keeps shore crabs in a tank.", True)])
def test_a_sentence_is_not_told_with_one_that_only_places_its_paper(
    tmp_path: Path, before: str, is_quoted: bool
) -> None:
    head = "---\nauthors: [Rosa Vega]\nyear: 2021\n---\n# Crabs of the shore\n\n"
    notes = {"crabs.md": f"{head}{before} {REMEMBERED}\n\nCrabs of the shore are small.\n"}
    answer = answered(tmp_path, "How long do shore crabs keep tidal memory?", notes)
    said = [each.text for each in answer.statements]
    assert not any("sits between" in text for text in said), said
    assert any(text.startswith("On Vega (2021): “This paper keeps") for text in said) is is_quoted, said


@pytest.mark.parametrize("adds", ["In addition, ", "Moreover, "])
def test_what_adds_to_something_else_does_not_open(tmp_path: Path, adds: str) -> None:
    other = "A tide of the shore is felt by crabs that keep some memory of it."
    notes = {
        "memory.md": f"# Memory of crabs\n\n{adds}shore crabs keep tidal memory for a week in the dark.\n\n{other}\n"
    }
    answer = answered(tmp_path, "How long do shore crabs keep tidal memory?", notes)
    assert not opens(answer).startswith(f"“{adds}"), opens(answer)


OF_GRAFTS = "grafted pears bear fruit two years earlier than those from seed."
BESIDE = "# Seeds\n\nPears from seed are planted in March.\n\nSeeds of pears keep for a year.\n"


@pytest.mark.parametrize("of_whom", ["The paper shows that", "This study finds that", "The authors report that"])
def test_a_work_that_nothing_names_before_is_that_of_its_note(tmp_path: Path, of_whom: str) -> None:
    notes = {"vega.md": f"# Early fruit of grafts\n\n{of_whom} {OF_GRAFTS}\n\nIt was cold.\n", "seeds.md": BESIDE}
    answer = answered(tmp_path, "Do grafted pears bear fruit earlier?", notes)
    assert opens(answer) == f"In “Early fruit of grafts”: “{of_whom} {OF_GRAFTS}”"


def test_the_study_that_a_sentence_before_names_is_not_the_note(tmp_path: Path) -> None:
    told = f"Vega planted a hundred trees on a hill. The study finds that {OF_GRAFTS}"
    answer = answered(tmp_path, "Do grafted pears bear fruit earlier?", {"hill.md": f"# Hills\n\n{told}\n"})
    assert opens(answer) == f"“{told}”"


@pytest.mark.parametrize(
    "first",
    [
        "It joins a twig to another root.",
        "This is the joining of a twig to another root.",
        "It joins a twig to another root",
    ],
)
def test_a_note_that_goes_on_from_its_title_defines_it(tmp_path: Path, first: str) -> None:
    notes = {
        "grafting.md": f"# Grafting\n\n{first}\n\nGrafting is not done in frost.\n\nIt heals by summer.\n",
        "seeds.md": f"{BESIDE}\nGrafting is quicker than sowing seeds.\n",
    }
    answer = answered(tmp_path, "What is grafting?", notes)
    assert opens(answer).rstrip(".”") == f"In “Grafting”: “{first}".rstrip(".")
    assert [each.text for each in answer.statements if each.opens] == [opens(answer)], "frost defines nothing"
    assert not any("It heals" in each.text for each in answer.statements), "what it is on, nobody can tell"


def test_a_line_on_nearly_the_same_is_not_said_to_ask_the_question(asker: Asker) -> None:
    assert "asks this." in opens(asker.ask("How does sleep shape memory?"))
    assert "asks nearly this." in opens(asker.ask("How does sleep change memory?"))
