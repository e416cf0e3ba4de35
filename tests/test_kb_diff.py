"""A sentence in a claim's words: what stands otherwise on them, and what it is called."""

import pytest

from kb.language.diff import Difference, difference

CLAIM = "In small firms the training raised output by 12% within two years, and it often kept staff longer."


def told(claim: str, sentence: str) -> tuple[str, ...]:
    """Kind, the sentence's word, the claim's word; nothing where there is no difference."""
    return tuple(difference(claim, sentence) or ())


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("In small firms the training raised output by 19% within two years, and it often kept staff longer.", "number"),
        ("In small firms the training did not raise output by 12% within two years, and it often kept staff longer.", "negation"),
        ("In small firms the training lowered output by 12% within two years, and it often kept staff longer.", "antonym"),
        ("In small firms the training raised output by 12% within two years, and it always kept staff longer.", "quantifier"),
        ("In small firms the training raised output by 12% within two years, and it often kept workers longer.", ""),
        ("The training raised output by 12% within two years.", ""),
        ("Within two years small firms saw their output rise.", ""),
    ],
)  # fmt: skip
def test_near_copies_are_told_by_the_one_word_that_turns_them(sentence: str, kind: str) -> None:
    assert told(CLAIM, sentence)[:1] == ((kind,) if kind else ())


@pytest.mark.parametrize(
    ("claim", "sentence", "kind"),
    [
        ("The new mill outpaces the old one across three seasons.", "The new mill is outpaced by the old one across three seasons.", "exchange"),
        ("Otters that ate crabs grew faster than otters that ate mussels.", "Otters that ate mussels grew faster than otters that ate crabs.", "exchange"),
        ("Rents rose in the port, and wages fell in the hills.", "Wages fell in the port, and rents rose in the hills.", "exchange"),
        ("Prices rose quickly after a shortage and fell slowly after a glut.", "Prices rose slowly after a shortage and fell quickly after a glut.", "exchange"),
        ("Bread keeps longer, wine does not.", "Wine keeps longer.", "negation"),
        ("The error rate fell to 0.34 in the second year of the trial.", "The error rate fell to 0.3 in the second year of the trial.", ""),
        ("Small firms do not consistently gain from longer courses.", "Small firms do not gain from longer courses.", "quantifier"),
        ("The court may hear a minor, but not a witness of the other side.", "The court may hear a witness of the other side.", "negation"),
        ("The dialect no longer marks the plural, as the letters of 1820 show.", "As the letters of 1820 show, the dialect marks the plural.", "negation"),
        ("Random labels hardly lower accuracy on these tasks.", "Random labels strongly lower accuracy on these tasks.", "negation"),
        ("Older hives gave more faithful counts of the mites.", "Older hives gave less faithful counts of the mites.", "antonym"),
        ("Older and more tended hives gave less faithful counts.", "Older and more tended hives gave more faithful counts.", "antonym"),
        ("Closer reading does not always improve the translation.", "Closer reading improves the translation.", "quantifier"),
        ("The visa can delay a transfer by weeks.", "The visa delays a transfer by weeks.", "quantifier"),
        ("The kiln lost 14% of the tiles in a wet summer.", "In a wet summer the kiln lost 41% of its tiles.", "number"),
        ("Version 1.2.3 of the press dates from the war.", "Version 1.2.4 of the press dates from the war.", "number"),
        ("The trial of the vaccine took in 14 patients that winter.", "The trial of the vaccine took in 10 patients that winter.", "number"),
        ("In the spring flood 4 people died below the weir.", "In the spring flood 0 people died below the weir.", "number"),
    ],
)  # fmt: skip
def test_what_stands_otherwise_on_the_same_words(claim: str, sentence: str, kind: str) -> None:
    assert told(claim, sentence)[:1] == ((kind,) if kind else ())


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        (CLAIM, CLAIM.upper()),
        ("The new mill outpaces the old one across three seasons.", "The old mill is outpaced by the new one across three seasons."),
        ("The dialect does not mark the plural.", "The dialect fails to mark the plural."),
        ("Men signed more often than women did there.", "Women signed less often than men did there."),
        ("Net wealth was the same after four years.", "Net wealth was no different after four years."),
        ("Pupils cannot find the errors in their own essays.", "Pupils can find the errors in the essays of others."),
        ("Hives that were fed in spring brought more honey.", "Hives that were not fed in spring brought less honey."),
        ("The kiln lost 14% of the tiles in a wet summer.", "In a wet summer the kiln lost about 15% of its tiles."),
        ("The letter of 3.5.2024 names the heirs of the mill.", "The heirs of the mill are named in the letter of 3.5.2024."),
        ("The court hears every minor.", "Each minor is heard by the court."),
        ("Salt is not the cause but the result of the drought.", "Salt is the result of the drought, not the cause."),
        ("Rome, Milan and Paris grew in the century after the plague.", "Paris, Milan and Rome grew in the century after the plague."),
        ("Sweden borders Norway along the whole of the ridge.", "Norway borders Sweden along the whole of the ridge."),
        ("The parish of Ely counted 39,736 sheep in spring.", "The parish of Ely counted 40,000 sheep in spring."),
        ("Twelve sheep were lost in the fen in spring.", "In spring the fen lost twelve sheep."),
        ("The charter was kept in the abbey for a century.", "The abbey kept the charter for a century."),
        ("The river froze in March, then rose.", "The river froze in March, then did not fall."),
        ("The sailors sleep on deck rather than inside.", "The sailors sleep on deck, outside."),
        ("Salt is not the cause of the drought.", "Salt is no cause of the drought."),
        ("Wolves are not eaten by sheep in the valley.", "Sheep in the valley are eaten by wolves."),
    ],
)  # fmt: skip
def test_the_same_in_other_words_is_no_difference(claim: str, sentence: str) -> None:
    assert not told(claim, sentence)


def test_what_shares_few_of_its_words_is_on_something_else() -> None:
    assert told("The mill does not grind rye and oats.", "The mill grinds rye and oats.")
    assert not told("The mill does not grind rye and oats.", "The mill grinds pearl barley for brewers and bakers.")


def test_the_words_are_those_that_stand_there() -> None:
    assert difference(CLAIM, CLAIM.replace("raised", "lowered")) == Difference("antonym", "lowered", "raised")
    assert told("The visa can delay a transfer.", "The visa delays a transfer.") == (
        "quantifier",
        "delays",
        "can delay",
    )
    assert told("No dialect marks the plural.", "The dialect marks the plural.")[1:] == ("dialect", "not dialect")


def test_a_text_without_end_is_not_compared() -> None:
    long = " ".join(f"w{number}" for number in range(201))
    assert not told(f"{long} not", f"{long} rises")


@pytest.mark.parametrize(
    ("claim", "sentence", "found"),
    [
        ("Moss grows best on stones that are unshaded.", "Moss grows best on shaded stones.", ("antonym", "shaded", "unshaded")),
        ("Dry air can crack old violins.", "Dry air cracks old violins.", ("quantifier", "cracks", "can crack")),
        ("The ferry carries 1,200 people on Fridays.", "On Fridays the ferry carries about 1,100 people.", ()),
        ("The ferry carries 1,200 people on Fridays.", "On Fridays the ferry carries 1,100 people.", ("number", "1,100", "1,200")),
        ("On both tests, extra layers gave no gain.", "On both tests, extra layers gave a clear gain.", ("negation", "gain", "not gain")),
        ("Between two levels the value can be interpolated linearly.", "Between two levels the value is always interpolated linearly.", ("quantifier", "always", "can")),
        ("Pupils who slept recalled more words than pupils who read.", "Pupils who slept recalled fewer words than pupils who read.", ("antonym", "fewer", "more")),
        ("Pupils who slept recalled more words than pupils who read.", "Pupils who read recalled fewer words than pupils who slept.", ()),
        ("The reactor is as safe as the mill.", "The reactor is not less safe than the mill.", ()),
        ("His position is something between physicalism and idealism.", "His position is neither physicalism nor idealism.", ()),
        ("Rising grain prices sometimes set off riots.", "Grain prices could set off riots.", ()),
        ("Of the 60 sailors asked, 45 could swim.", "Only 15 of the 60 sailors asked could swim.", ("number", "15", "45")),
        ("No protein was found in most tissues.", "The protein was not found in most tissues.", ()),
        ("Hay and straw are very different things.", "Hay and straw are the same thing.", ("antonym", "same", "different")),
        ("The small engine tuned on sand beat the large engine.", "The large engine beat the small engine tuned on sand.", ("exchange", "large", "small")),
        ("Herring spawn in rivers before the ice breaks.", "Herring spawn in rivers after the ice breaks, and cod follow.", ("antonym", "after", "before")),
        ("Not all clay tablets survive fires.", "All clay tablets survive fires.", ("negation", "clay", "not clay")),
        ("Clay tablets survive fires.", "Not all clay tablets survive fires.", ()),
        ("Bells of 12% tin ring longer.", "Bells of 20 tin ring longer.", ()),
        ("Bells of 12% tin ring longer.", "Bells of 20% tin do not ring longer.", ()),
        ("Rain raises the river.", "Rain lowers the river.", ("antonym", "lowers", "raises")),
        ("Rain raises the river.", "Rain lowers rivers of glass and iron.", ()),
        ("Salt melts.", "Salt does not melt.", ()),
        ("The ferry carries 1,240 people on Fridays.", "The ferry carries 1,200 people on Fridays.", ()),
        ("The ferry loses 14.6% of its lamps.", "The ferry loses 15% of its lamps.", ()),
        ("Ice formed on lake and river alike.", "Ice did not form on the lake, nor on the river.", ("negation", "not form", "formed")),
        ("Owls hunt mice rather than voles.", "Owls hunt voles.", ("negation", "voles", "not voles")),
        ("Owls hunt voles at night, hawks do not.", "Hawks hunt voles at night.", ("negation", "hawks", "not hawks")),
        ("Owls do not hunt every mouse.", "Owls hunt every mouse.", ("negation", "hunt", "not hunt")),
        ("Owls hunt every mouse.", "Owls do not hunt every mouse.", ("negation", "not hunt", "hunt")),
    ],
)  # fmt: skip
def test_what_is_told_and_what_is_left_to_the_judge(claim: str, sentence: str, found: tuple[str, ...]) -> None:
    assert told(claim, sentence) == found


@pytest.mark.parametrize(("words", "compared"), [(601, True), (602, False)])
def test_a_claim_of_more_words_than_a_sentence_has_is_not_compared(words: int, compared: bool) -> None:
    claim = "The mill does not grind rye" + " then" * (words - 6)
    assert bool(told(claim, "The mill grinds rye.")) == compared


@pytest.mark.parametrize(("words", "compared"), [(2, False), (3, True), (200, True), (201, False)])
def test_sentences_of_three_to_two_hundred_words_are_compared(words: int, compared: bool) -> None:
    after = " ".join(f"w{number}" for number in range(2, words + 1))
    assert bool(told(f"w1 does not {after}.", f"w1 does {after}.")) == compared


@pytest.mark.parametrize(
    ("claim", "sentence", "kind"),
    [
        ("Rye reads and writes, and keeps; wheat initially keeps.", "Wheat reads and writes, while rye initially keeps.", "exchange"),
        ("Salt keeps fish better than smoke.", "Salt keeps fish as well as smoke.", "antonym"),
        ("Frost hardly harms the roots of rye.", "Frost never harms the roots of rye.", "quantifier"),
        ("Under the stricter rule the court hears all heirs.", "Under every rule the court hears all heirs.", "quantifier"),
        ("Nearly all methods fail to outlast chance.", "Most methods succeed in outlasting chance.", "negation"),
        ("With solvable cases alone the crossing is easy.", "With unsolvable cases removed, the crossing is easy.", ""),
        ("Frost does not always harm rye.", "Frost need not harm rye.", ""),
        ("The abstract reports the main results.", "The main results are reported in the abstract.", ""),
    ],
)  # fmt: skip
def test_what_undoes_or_widens_a_claim(claim: str, sentence: str, kind: str) -> None:
    assert told(claim, sentence)[:1] == ((kind,) if kind else ())


@pytest.mark.parametrize(
    ("claim", "sentence", "found"),
    [
        ("Bread rises when the kitchen is warm.", "Bread falls when the kitchen is not warm.", ()),
        ("The crossing is safe when tides are low.", "The crossing is unsafe when spring tides are high.", ()),
        ("Mail goes over the pass before noon.", "Mail goes under the pass after noon.", ()),
        ("Older hives gave more honey and less wax.", "Older hives gave less honey and more wax.", ("antonym", "less", "more")),
        ("Rain raises the river.", "Heavy rain lowers the river.", ("antonym", "lowers", "raises")),
        ("Rain raises the river.", "Rain lowers the river, and kites soar.", ("antonym", "lowers", "raises")),
        ("Rain raises the river.", "Rain lowers the river, and grey kites soar.", ()),
        ("Monks copied the psalter in spring, and the abbot raised the rents.", "Monks copied the psalter in spring, and the old abbot lowered the rents.", ("antonym", "lowered", "raised")),
        ("The guild raised its dues in spring, and masons left the town.", "The guild lowered its yearly dues in spring, and young masons left the town.", ("antonym", "lowered", "raised")),
        ("The council raised the tax, and farmers left the valley in spring.", "The council lowered the window tax, and poor farmers left the valley in spring.", ()),
        ("Frost came late, and prices rose in the port of Hull.", "Prices fell, and frost came late to the fens of Ely.", ()),
    ],
)  # fmt: skip
def test_an_opposite_is_told_where_its_clause_is_the_claims(claim: str, sentence: str, found: tuple[str, ...]) -> None:
    assert told(claim, sentence) == found


@pytest.mark.parametrize(
    ("claim", "sentence", "found"),
    [
        ("The gates of the park do not open, except on feast days.", "The gates of the park open.", ()),
        ("No shop except the bakery opens on Sundays.", "The bakery shop opens on Sundays.", ()),
        ("Rye does not ripen, wheat does not sprout, and oats do not keep.", "Rye sprouts and keeps.", ()),
        ("Rye does not ripen early in the hills, and wheat does not sprout.", "In the hills rye ripens and wheat sprouts.", ("negation", "ripens", "not ripen")),
        ("In a dry spring, the ferry does not cross the bay, according to the pilots.", "According to the pilots, the ferry crosses the bay, at least in a dry spring.", ("negation", "crosses", "not cross")),
        ("Owls hunt mice rather than voles.", "Owls hunt small voles.", ("negation", "voles", "not voles")),
        ("Owls hunt mice at night, not voles.", "Owls hunt more mice than voles at night.", ()),
        ("Owls hunt voles at night, hawks do not.", "Hawks hunt voles at night, and kites soar.", ("negation", "hawks", "not hawks")),
        ("Owls hunt voles at night, hawks do not.", "Hawks hunt hares at night.", ()),
        ("Owls hunt voles at night, hawks of the north do not.", "Hawks hunt voles at night.", ()),
        ("The choir sings psalms rather than worldly songs.", "The choir sings folk songs.", ()),
        ("Harbour gate access for boatmen is being changed by the town.", "Boatmen lose access to the harbour gate.", ()),
    ],
)  # fmt: skip
def test_a_denial_holds_for_what_it_was_said_of(claim: str, sentence: str, found: tuple[str, ...]) -> None:
    assert told(claim, sentence) == found


@pytest.mark.parametrize(
    ("claim", "sentence", "found"),
    [
        ("Salt keeps fish better than smoke.", "Salt keeps fish as well as smoke.", ("antonym", "as well as", "than")),
        ("Salt keeps fish as well as smoke.", "Salt keeps fish better than smoke.", ("antonym", "than", "as well as")),
        ("Salt keeps better than smoke.", "Salt keeps as well as smoke.", ("antonym", "as well as", "than")),
        ("Salt keeps fish better than smoke.", "Salt keeps meat as fresh as smoke.", ()),
        ("The new lamp is more expensive than the old lamp at night.", "The new lamp is cheap at night.", ()),
        ("All heirs sign the deed.", "All heirs always sign the deed.", ("quantifier", "always", "")),
        ("All heirs sign every page.", "All heirs sign every page of all deeds.", ("quantifier", "all", "")),
        ("Not all birds sing in the rain.", "No birds sing in the rain.", ("quantifier", "not birds", "not all birds")),
        ("Dry air can crack old violins.", "Dry winter air cracks old violins.", ("quantifier", "cracks", "can crack")),
        ("Dry air can crack old violins.", "Dry winter air cracks unlacquered old violins.", ()),
        ("The kiln lost about 5% of the tiles in summer.", "The kiln lost 5% of the tiles in summer.", ()),
    ],
)  # fmt: skip
def test_what_goes_further_than_a_comparison_or_a_bound(claim: str, sentence: str, found: tuple[str, ...]) -> None:
    assert told(claim, sentence) == found


@pytest.mark.parametrize(
    ("claim", "sentence", "found"),
    [
        ("The ferry carries 1,200 people on Fridays.", "The old ferry carries 1,100 people on Fridays.", ("number", "1,100", "1,200")),
        ("The ferry carries 1,200 people from Hull to Ely on Fridays.", "The old ferry carries 1,100 paying people from Hull to Ely on Fridays.", ()),
        ("1,200 people ride the ferry on Fridays.", "About 1,100 people ride the ferry on Fridays.", ()),
        ("1,200 people ride the ferry on Fridays, mostly.", "1,100 people ride the ferry on Fridays, mostly.", ("number", "1,100", "1,200")),
        ("The ferry carries 1,200 people on Fridays.", "On Fridays the ferry carries about 700 people.", ("number", "700", "1,200")),
        ("In 1840 the old kiln lost 14% of the tiles.", "The kiln lost 41% of its tiles.", ("number", "41%", "14%")),
        ("12 masons from Ely built the chapel in a summer.", "The chapel was built by 14 masons in a summer.", ("number", "14", "12")),
        ("In the winter of 1840 the parish lost its bell and its school.", "The parish lost its bell and its school to 14 thieves.", ()),
        ("12 pilots guard the port of Hull in winter.", "In winter the port of Hull has 14 weavers.", ()),
        ("The error fell to 0.338 in the second year.", "The error fell to 0.34 in the second year.", ()),
        ("The walk to the hut takes 2.6 hours.", "The walk to the hut takes 3 hours.", ()),
        ("The fen lost 1000 sheep in spring.", "The fen lost 100 sheep in spring.", ("number", "100", "1000")),
        ("The flood cost the town 1,200,000,000 crowns.", "The flood cost the town 1,200,000 crowns.", ("number", "1,200,000", "1,200,000,000")),
    ],
)  # fmt: skip
def test_a_number_is_another_where_it_counts_the_same(claim: str, sentence: str, found: tuple[str, ...]) -> None:
    assert told(claim, sentence) == found
