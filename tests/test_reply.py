"""Whether words answer what was asked."""

from __future__ import annotations

from datetime import date

import pytest

from bot.cite import cite
from bot.relevance.reply import echoes, evades
from bot.relevance.selection import leaves_open, passes_over, pointed_at, source, telling
from bot.relevance.stray import strays
from bot.stages import Found, proof_of
from bot.types import Evidence
from index.types import Article
from tests.test_cite import evidence_of


@pytest.mark.parametrize(
    ("question", "words", "evaded"),
    [
        ("How large is the park?", "The park lies in the north.", True),
        ("How large is the park?", "The park has 30 acres.", False),
        ("How many towns signed?", "Many towns signed.", False),
        ("How much is the entry?", "Entry is free.", False),
        ("How many towns signed in 1901?", "Towns signed in 1901.", True),
        ("How many clerks had the consulate?", "The consulate opened in 1979.", True),
        ("How many clerks had the consulate?", "The consulate had 1,500 clerks.", False),
        ("How many clerks left?", "The clerks left on 24 July 2020.", True),
        ("How large is the park?", "The park lies 30 km (19 miles) south-west of Vellmar.", True),
        ("How large is the park?", "The park is 3 km long, and lies 30 km south of Vellmar.", False),
        ("What years did Ann Example live?", "Ann Example lived there for 20 years, and died in 1901.", True),
        ("What years did Ann Example live?", "Ann Example was born in 1861 and died in 1901.", False),
        ("What years did Ann Example live?", "Ann Example lived in the 19th century.", False),
        ("What years did Ann Example live?", "Ann Example lived some years in a new century.", True),
        ("How old is the bridge?", "The bridge was built in 1901.", False),
        ("How long did the strike last?", "The strike began in 1901.", True),
        ("How long did the strike last?", "The strike lasted from May to July 1901.", False),
        ("How long did the strike last?", "The strike lasted for weeks.", False),
        ("How long is the bridge?", "The bridge has 340 planks.", False),
        ("How long ago did it end?", "It ended in 1901.", False),
        ("In which year was it founded?", "It was founded by Ann Example.", True),
        ("How did it begin?", "It began with a storm.", False),
        ("Who was the mayor of Eastquay?", "The mayor of Eastquay led the Republic.", True),
        ("Who was the mayor of Eastquay?", "Ann Example was the mayor.", False),
        ("Who was the consul general in Eastquay?", "The consul general in Eastquay was established in 1979.", True),
        ("Who is the chairwoman of the guild?", "The chairwoman of the guild is elected by its members.", True),
        ("Who is the chairwoman of the guild?", "Ann Example chairs it.", False),
        ("Who was the general when it fell?", "The general was far away.", True),
        ("Who were the general contractors?", "A pair of local builders were.", False),
        ("Who are the commander's allies?", "Local tribes are.", False),
        ("Who was Ann Example?", "Ann Example was a pilot.", False),
        ("Who are the Netters?", "The Netters are a guild.", False),
        ("Who kept the light before Ann Example?", "Ann Example has kept the light since 1 May 2020.", True),
        ("Who spoke for Example when Sample left?", "Ann Example met Ben Sample in May 2020.", True),
        ("Who spoke for Example when Sample left?", "Ann Example met Cara Specimen in May 2020.", False),
        ("Who spoke for Example when Sample left?", "Ann Example spoke when Ben Sample left.", False),
        ("Who kept the light before Ann Example?", "Until May 2020, Ben Sample did.", False),
        ("Who has elected the mayor since 1990?", "Since 1990 the city council has.", False),
        ("Who may vote?", "Those over 18.", False),
        ("Where was the fair?", "The fair was in July 1901.", True),
        ("Where was the fair, and when?", "The fair was in a barn.", False),
        ("Where is the Harbour Board?", "The Harbour Board is the council's adviser on boats.", True),
        ("Where is the Harbour Board?", "The Harbour Board is on the quay.", False),
        ("Who is the mayor, and how old is she?", "She is 48.", False),
        ("Who may change the law?", "The council may not change the law.", True),
        ("Who may change the law?", "The council may not change the law. The mayor may.", False),
        ("Who may change the law?", "Nobody may change the law.", False),
        ("Who may not change the law?", "The council may not change the law.", False),
        ("When does the bridge open?", "The bridge will not open.", False),
        ("Who sued Alpha Corp?", "Alpha Corp sued Beta in May.", True),
        ("Who sued Alpha Corp?", "Alpha Corp was sued by Beta.", False),
        ("Who sued Alpha Corp?", "Beta sued Alpha Corp.", False),
        ("Who led the Northland forces?", "The Northland general Ann Example led the troops.", False),
        ("Who sued Alpha Corp?", "Alpha Corp, which Beta sued, is a bank.", False),
        ("有多少艘船？", "有十艘船。", False),
        ("How many players had the band?", "The band was called the Vellmar 7.", True),
        ("How many players had the band?", "In Vellmar 7 players led the band.", False),
        ("How many people live in Northland?", "75% of the people of Northland live in towns.", True),
        ("How many of the people live in towns?", "75% of them do.", False),
        ("How much of the land is farmed?", "75% of the land is farmed.", False),
        ("How old is Ann Example?", "Ann Example lost to the 22 years old Ben Sample.", True),
        ("How old is Ann Example?", "Ann Example fell from place 21 to 31.", True),
        ("How old is Ann Example?", "The 22-year-old Ann Example won.", False),
        ("How old is Ann Example?", "Ann Example was born in 1969.", False),
        ("How old was Ann Example when she died?", "Ann Example fell ill on 4 May and died a few days later.", True),
        ("How old was Ann Example when she died?", "Ann Example died aged 48.", False),
        ("How old is the calf?", "The calf is 12 days old.", False),
        ("What price did the barn fetch?", "The barn, of 30 acres, was sold in 1901.", True),
        ("What was the price of the barn?", "The barn was sold for 30 pounds.", False),
        ("How much did Ben Sample pay for the barn?", "Ben Sample bought the barn in 1901.", True),
        ("How much did Ben Sample pay for the barn?", "He got it for nothing.", False),
        ("What was the price of the barn?", "It was 250 forint.", False),
        ("What was the price of the barn?", "It was 30 acres.", True),
        ("How much did Ben Sample pay for the barn?", "Ben Sample paid Ann Example, 1418, for the barn.", True),
        ("What was the Price Revolution?", "It was a series of events.", False),
        ("What was the share issue?", "It was a sale of boats.", False),
        ("How much did the raid cost in lives?", "It cost 52 lives.", False),
        ("How old is the calf?", "It is six weeks.", False),
        ("By what share of the vote was it lost?", "The only town that voted for it was Vellmar.", True),
        ("By what share of the vote was it lost?", "It was lost by 50.3 %.", False),
        ("What share of the boats sank?", "Most of the boats sank.", False),
        ("Who kept the light before Ann Example?", "Ann Example has kept the light of Skarv since 1 May 2020.", True),
        ("Who kept the light before Ann Example?", "Before Ann Example, Ben Sample kept it.", False),
        ("Who kept the light besides Ann Example?", "Ann Example and Ben Sample kept the light.", False),
        ("How many people live in Northland?", "As of 2022 there were an estimated people in it.", True),
        ("How many people live in Northland?", "As of 2022 there were 9 million people in it.", False),
        ("How many boats were lost?", "A boat was lost.", False),
        ("What is the population of Northland?", "The population is, 75% of it in towns.", True),
        ("What is the population of Northland?", "The population is 9 million.", False),
        ("How long do pikes get?", "A pike lives for up to 30 years.", True),
        ("how long can a pike grow", "A pike is up to 1.5 m long.", False),
        ("How long did the beard take to grow?", "It took 30 years.", False),
        ("How did Ann Example die?", "Ann Example died in 1971 as the head of the bank.", True),
        ("How did Ann Example die?", "Ann Example died of a stroke in 1971.", False),
        ("How did Ann Example die?", "Her boat sank in 1971.", False),
        ("How did the talks die down?", "The talks died down in 1971.", False),
        ("On what day did the talks begin?", "They began on Wednesday.", False),
        ("On what day did the talks begin?", "They began in a barn.", True),
        ("How old was Ann Example when she died?", "48", False),
        ("How old must a voter be?", "A voter must be over 18.", False),
        ("At what age did Ann Example leave school?", "Ann Example left school in 1996.", True),
        ("At what age did Ann Example leave school?", "She left at sixteen.", False),
        ("How far is Vellmar from Eastquay?", "Vellmar lies 30 km (19 miles) south of Eastquay.", False),
        ("How far is Vellmar from Eastquay?", "Two trains an hour go from Vellmar to Eastquay.", True),
        ("How many miles from Eastquay is Vellmar?", "Vellmar lies 19 miles south of Eastquay.", False),
        ("How many people were lost?", "Nobody was lost.", False),
        ("What share of the boats sank?", "Two fifths of the boats sank.", False),
        ("What share of the vote had the guild?", "The guild won 41 seats.", True),
        ("What share of the vote had the guild?", "2.8", False),
        ("How many pupils has the school?", "Lessons at the school take two hours.", True),
        ("How many hours do the lessons take?", "Lessons take two hours.", False),
        ("How high is the bridge?", "The bridge is 340 m long.", True),
        ("How high is the bridge?", "The bridge is 340 m long and 20 m high.", False),
        ("How much did the bridge cost?", "The bridge weighs 52,800 tonnes.", True),
        ("How much does the bridge weigh?", "The bridge is 340 m long.", True),
        ("How much does the bridge weigh?", "Its weight is put at 52,800 tonnes.", False),
        ("How long did it take to build the bridge?", "The bridge is 340 metres long.", True),
        ("How long did it take to build the bridge?", "It took eight years.", False),
        ("Where is the guild?", "Vellmar, Northland", False),
        ("Where is the guild?", "Its hall stands on Mill Road.", False),
        ("Where is the guild?", "Its hall opens on Monday.", True),
        ("Where is the guild?", "Its hall was built by Ann Example.", True),
        ("When was the bridge built?", "The bridge was built by Ann Example.", True),
        ("When was the bridge built?", "The bridge was built under Queen Ann.", False),
        ("What time does the museum open?", "The museum opens on Sundays.", True),
        ("What time does the museum open?", "It opens at 11am.", False),
        ("How often is the bridge painted?", "The bridge is painted grey.", True),
        ("How often is the bridge painted?", "The bridge is painted once a year.", False),
        ("In which country is the mill?", "The mill has 900 weavers.", True),
        ("In which country is the mill?", "The mill is in Northland.", False),
        ("Why was the bridge closed?", "The bridge was closed on Monday.", True),
        ("Who is the head of the guild?", "The head of the guild left on Friday.", True),
        ("Who did Ann Example replace?", "Ann Example was replaced by Ben Sample.", True),
        ("Who did Ann Example replace?", "Ben Sample was replaced by Ann Example.", False),
        ("Who was sued by Alpha Corp?", "Alpha Corp was sued by Beta.", True),
        ("Who sold the mill to Alpha Corp?", "Alpha Corp sold the mill to Beta.", True),
        ("Who sold the mill to Alpha Corp?", "Beta sold the mill to Alpha Corp.", False),
        ("What caused the famine?", "The famine caused a war.", True),
        ("What caused the famine?", "The famine was caused by a war.", False),
        ("Who designed the bridge?", "The bridge was designed to carry boats.", True),
        ("Who designed the bridge?", "The bridge was designed by two builders.", False),
        ("What did the jury say the guild had proven?", "The jury said the guild had not proven its loss.", True),
        ("What did the jury say the guild had proven?", "The jury said the guild had proven its loss.", False),
        ("What did the jury say the guild had not proven?", "The guild had not proven its loss.", False),
        ("What did the jury say the guild had proven?", "The guild had proven its loss, not its gain.", False),
        ("What did the guild sell?", "The guild did not sell anything.", False),
        ("What did the jury say the guild sold?", "The jury said the guild did not sell boats, if it had any.", True),
        ("What would the guild sell?", "The guild would not sell its hall unless a school bought it.", False),
    ],
)
def test_what_has_not_what_was_asked_for_evades(question: str, words: str, evaded: bool) -> None:
    assert evades(words, question) is evaded


@pytest.mark.parametrize(
    ("question", "words", "echoed"),
    [
        ("What did Ann do after the bridge of Vellmar fell?", "The bridge of Vellmar fell on 4 May.", True),
        ("What happened when the bridge of Vellmar fell?", "The bridge of Vellmar fell and sank.", False),
        ("What did Ann do when the bridge fell?", "Ann closed the road when the bridge fell.", False),
        ("When did Ann or Ben leave the board?", "Ann left the board.", True),
        ("What is Brexit?", "Brexit is the Brexit.", True),
        ("What did Ann do after the bridge of Vellmar fell?", "Ann answered the fall of the bridge of Vellmar.", False),
        ("What did Ann do after the bridge of Vellmar fell?", "Ann left on 4 May.", False),
        ("What did Ann say after the bridge fell?", "Ann said on 4 May that the bridge fell.", False),
        ("When did the bridge of Vellmar fall?", "The bridge of Vellmar fell.", True),
        ("Who called it firm, Ann or Ben?", "Ann called it firm.", False),
        ("Who called Ann and Ben firm?", "Ann called Ben firm.", True),
        ("What does VWB stand for?", "VWB stands for Vellmar Water Board.", False),
        ("Did the bridge of Vellmar fall in 2020 or 2021?", "The bridge of Vellmar fell in 2021.", False),
        ("Who appoints the board of the European Central Bank?", "The European Council", False),
        ("What language is spoken in France?", "French is spoken.", False),
        ("How many boats has the guild of Vellmar?", "One.", False),
        ("Who did King Karl of Vellmar serve?", "King Karl.", True),
        ("Who did King Karl serve?", "King Karl of West Vellmar.", True),
        ("Who did King Karl serve?", "Karl Sample of Vellmar.", False),
        ("Which of the two left, Ann or Ben?", "Ann.", False),
        ("Who led the American delegation in Vellmar?", "The United States led the American delegation.", True),
        ("Who led the American delegation in Vellmar?", "Ann Example of the United States led it.", False),
        ("Which country closed the American office?", "The United States closed it.", False),
        ("When was King Karl crowned?", "King Karl of Vellmar was crowned in 1904.", False),
    ],
)
def test_what_was_done_after_something_is_not_that_again(question: str, words: str, *, echoed: bool) -> None:
    assert echoes(words, question) is echoed


BRIDGE = ("The bridge was built in 1901.", "Ann Example drew the plans of the bridge.", "It has 340 planks of oak.")


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Ann Example drew up the bridge.", 1),
        ("The bridge has 340 oak planks.", 2),
        ("The bridge.", 0),  # adds nothing, so the best
        ("Ben Sample drew the plans of the bridge with Cara Specimen.", None),
        ("The oak-tree.", None),  # one of two words
    ],
)
def test_the_source_of_an_answer_has_what_it_adds_to_the_question(words: str, place: int | None) -> None:
    evidence = [Evidence("bridge", 0, len(text), text, 0.9 - at / 10) for at, text in enumerate(BRIDGE)]
    assert source(words, "Who built the bridge?", evidence) == (None if place is None else evidence[place])
    assert source(words, "Who built the bridge?", []) is None


def test_a_draft_that_adds_nothing_points_at_no_sentence() -> None:
    evidence = [Evidence("bridge", 0, len(text), text, 0.5) for text in BRIDGE]
    assert pointed_at("Ann Example drew up the bridge.", "Who built the bridge?", evidence) == evidence[1]
    assert pointed_at("The bridge.", "Who built the bridge?", evidence) is None


@pytest.mark.parametrize(
    ("told", "question", "passed"),
    [
        ("The bridge was built in 1901.", "Who drew the plans of the bridge?", True),
        ("Ann Example drew them.", "Who drew the plans of the bridge?", False),
        ("Ben Sample planned the bridge.", "Who painted the planks of the bridge?", False),  # no sentence tells
        ("Ben Sample mapped Ann Example.", "Who drew Ann Example?", False),  # she drew
        ("The bridge was built in 1901.", "When was the bridge of those who drew it built?", False),
        ("The bridge was made in 1901.", "Who built the bridge?", False),  # in another word
        ("The bridge was built in 1901.", "Who drew Ann Example on the bridge?", False),  # done to another
        ("The bridge is of Ann Example's time.", "Who is Ann Example?", False),  # no sentence says
        ("The bridge has 340 planks.", "What is the bridge?", False),
    ],
)
def test_what_passes_over_the_sentence_that_tells_who_does_it(told: str, question: str, passed: bool) -> None:
    evidence = [Evidence("bridge", 0, len(text), text, 0.9 - at / 10) for at, text in enumerate(BRIDGE)]
    assert passes_over(told, [], question, evidence) is passed


def test_who_says_something_is_told_by_who_says_it() -> None:
    told = "The Northland government says that the tariffs are unfair."
    evidence = [Evidence("tariffs", 0, len(told), told, 0.9)]
    assert not passes_over(told, [told], "Who says that the tariffs are unfair?", evidence)
    assert not passes_over(told, [told], "Who told whom that the tariffs are unfair?", evidence)


def test_what_was_asked_about_is_told_by_the_sentence_that_names_it() -> None:
    evidence = [Evidence("bridge", 0, len(text), text, 0.9 - at / 10) for at, text in enumerate(BRIDGE)]
    question = "What does the article want to find out about the planks?"
    assert telling(question, evidence) == evidence[2]
    assert passes_over("It was built in 1901.", [BRIDGE[0]], question, evidence)
    assert not passes_over("It has 340 of them.", [BRIDGE[2]], question, evidence)
    assert telling("What does the article want to find out about the piers?", evidence) is None
    assert telling("What did Ben Sample say about the planks?", evidence) is None
    assert not passes_over("It was built in 1901.", [BRIDGE[0]], "What is this about?", evidence)


@pytest.mark.parametrize(
    ("words", "question", "passed"),
    [
        ("Ann Example is a hopeful candidate for mayor.", "Who is Ann Example?", True),
        ("Ann Example is the mayor of Vellmar.", "Who is Ann Example?", False),
        ("Ann Example is a hopeful candidate for mayor.", "What is Ann Example?", False),
        ("Ben Sample is a pilot.", "Who is Ben Sample?", False),
    ],
)
def test_who_somebody_is_is_told_by_the_newest_article_that_says_it(words: str, question: str, *, passed: bool) -> None:
    told = {
        "2020": "Ann Example, a hopeful candidate for mayor, spoke.",
        "2021": "Mayor Ann Example of Vellmar met Ben Sample, a pilot.",
    }
    evidence = [Evidence(each, 0, len(text), text, 0.9) for each, text in told.items()]
    days = {each: date(int(each), 1, 1) for each in told}
    assert passes_over(words, list(told.values()), question, evidence, days) is passed
    assert not passes_over(words, list(told.values()), question, evidence)
    assert telling("Who is Ann Example?", evidence, days) == evidence[1]


@pytest.mark.parametrize(
    ("question", "quote", "strayed"),
    [
        ("How many boats had Eastquay in 2015?", "Eastquay had 59 boats in 1998.", True),
        ("How many boats had Eastquay in 1998?", "Eastquay had 59 boats in 1998.", False),
        ("How many boats had Eastquay in 2004?", "Eastquay had 59 boats in 1998.", False),  # known of the article
        ("How many boats had Eastquay before 2015?", "Eastquay had 59 boats in 1998.", False),
        ("Had Eastquay 59 boats in 2015?", "Eastquay had 59 boats in 1998.", False),
        ("Why has the port of Westport seen many new cranes?", "The port of Eastquay has seen many new cranes.", True),
        ("Why has the port of Eastqauy seen many new cranes?", "The port of Eastquay has seen many new cranes.", False),
        ("When did the first bus run?", "The first hybrid bus ran in 2007.", True),
        ("When did the first hybrid bus run?", "The first hybrid bus ran in 2007.", False),
        ("When did the first bus run?", "The first telegraph came in 1876, and the first bus ran in 1829.", False),
        ("Why has the port seen many new cranes?", "The port of Eastquay has seen many new cranes.", False),
        ("When did Peter III marry?", "Peter the Great and Peter II were married by then.", True),
        ("When did Peter III marry?", "Peter III and Peter the Great were married by then.", False),
        ("When did Peter III marry?", "Peter was married by then.", False),
        ("How many people live in Northland?", "In the east of Northland 40 people live.", True),
        ("How many people live in Northland?", "In the east of Northland 40 people live, in all Northland 90.", False),
        ("How many people live in South Northland?", "In South Northland 40 people live.", False),
        ("How many people live in eastern Northland?", "In eastern Northland 40 people live.", False),
        ("How many episodes did “Tide” have?", "The fourth season of the series “Tide” had 13 episodes.", True),
        ("How many episodes did “Tide” have?", "“Tide” had 60 episodes, the fourth season of “Tide” 13.", False),
        ("How many episodes had the fourth season of “Tide”?", "The fourth season of “Tide” had 13 episodes.", False),
        ("Who lives in Northland?", "In the east of Northland 40 people live.", False),
        ("What has Ann Example built in Vellmar?", "He enables others to be better, Ben Sample said.", True),
        ("What has Ann Example built in Vellmar?", "He built a barn in Vellmar.", False),
        ("What has Exampel built?", "She built a barn.", False),
        ("What has President Example built?", "I built a barn.", False),
        ("How many boats had Eastquay in 2015?", "From 2012 to 2018 Eastquay had 59 boats.", False),
        ("How many boats had Eastquay in 2015?", "From 1998 to 2003 Eastquay had 59 boats.", True),
        ("Who succeeded Ann Example as mayor of Eastquay?", "Example was succeeded as mayor by Ben Sample.", False),
        ("To which city did Boats of Eastquay first sell?", "The Company's first sale was to Vellmar.", False),
        ("Who was the first woman to climb Bald Peak?", "She was the first to reach the top of Bald Peak.", False),
        ("Who was the first mayor of Eastquay?", "Ann Example was the last mayor of Eastquay.", True),
        ("Who was the first mayor of Eastquay?", "Ann Example, the second mayor, succeeded Ben Sample.", False),
        ("What is the highest hill of Northland?", "Hoe is the second highest hill of Northland.", True),
        ("What is the second highest hill of Northland?", "After Bald Peak, Hoe is the highest hill.", False),
        ("What is the smallest lake of Northland?", "The Mere is the largest lake of Northland.", True),
        ("When did Ann Example die?", "Ann Example was born on 3 March 1848.", True),
        ("When did Ann Example die?", "Ann Example was born in 1848 and drowned in 1904.", False),
        ("When did Ann Example leave the guild?", "Ann Example joined the guild in 1904.", True),
        ("When did Ann Example leave the guild?", "Ann Example joined the guild in 1904 for two years.", False),
        ("What did Ann Example do after she left the guild?", "Ann Example joined the Netters.", False),
        ("When did the mill close?", "The mill opened in 1904.", True),
        ("When did the mill close?", "The mill opened in 1904 and ran until 1950.", False),
        ("Who rejected the plan?", "The plan was approved by the council.", True),
        ("Who was rich before World War 2?", "The decades before World War I made the owners of yards rich.", True),
        ("Who was rich before World War 2?", "The decades before the Second World War made them rich.", False),
        ("What does Article 7 protect?", "Article 6 protects the port.", True),
        ("What does Article 7 protect?", "Articles 6 and 7 protect the port; Article 8 the pier.", False),
        ("What happened in May 2019?", "In May 20 boats sank.", False),
        ("Who steers the ferry at Westport?", "Ann Example steers the Eastquay ferry.", True),
        ("Who steers the Westport ferry?", "The ferry at Eastquay is steered by Ann Example.", True),
        ("Who steers the ferry at Westport?", "The Eastquay ferry was Ann's, as that of Westport was.", False),
        ("Who steers the ferry in France?", "Ann Example steers the Eastquay ferry.", False),
        ("Who steers the ferry at Eastqay?", "Ann Example steers the Eastquay ferry.", False),
        ("Who steers the ferry at Westport?", "Ann Example steers the Olsen ferry.", False),
        ("艾琳和本在威尔玛做了什么？", "Ann and Ben built a barn.", False),
    ],
)
def test_what_tells_of_another_year_or_another_one_strays(question: str, quote: str, *, strayed: bool) -> None:
    known = ["The boats of 2004 sailed to Eastquay and from Westport."]
    assert strays(quote, question, [quote], known) is strayed
    assert not strays(quote, question, [], ())


@pytest.mark.parametrize(
    ("question", "quote", "strayed"),
    [
        ("What is the lowest stage of the climb?", "The highest stage of the climb is the ridge.", True),
        ("Which committees are irrelevant?", "The relevant committees meet in May.", False),
        ("What do irrelevant committees do?", "The relevant committees meet in May.", True),
        ("What did the league refuse today?", "The league accepted the bill.", True),
        ("How many boats does East Vellmar have?", "West Vellmar has 20 boats, and East Vellmar 30.", False),
        ("Who elects the American Parliament?", "Citizens elect the European Parliament.", True),
        (
            "Who elects the Danish Parliament?",
            "Citizens elect the Danish and Norwegian Parliament.",
            False,
        ),
        ("When did it turn to French in church?", "It turned to German in protest.", False),
        ("Where is the public harbour?", "The harbour of Eastquay lies by a private park.", False),
        ("Who did not sign the treaty?", "Eastquay and Vellmar signed the treaty.", True),
        ("Which towns haven't signed?", "All towns except Vellmar have signed.", False),
        ("Why did Vellmar not join?", "Vellmar feared the cost.", False),
        (
            "What is paid by towns that do not sign?",
            "Towns outside of it pay double, as those that sign pay 2 pounds.",
            False,
        ),
    ],
)
def test_what_tells_of_the_opposite_strays(question: str, quote: str, *, strayed: bool) -> None:
    assert strays(quote, question, [quote], ()) is strayed


@pytest.mark.parametrize(
    ("words", "quote", "strayed"),
    [
        ("Eastquay has several guilds.", "The netters are a guild of Eastquay.", True),
        ("Eastquay has several guilds.", "There are several guilds in Eastquay.", False),
        ("Eastquay has a dozen guilds.", "Twelve guilds meet in Eastquay.", False),
    ],
)
def test_how_many_is_no_guess(words: str, quote: str, *, strayed: bool) -> None:
    assert strays(words, "How many guilds has Eastquay?", [quote], ()) is strayed


BAYS = "Two bays of the south, which Westport regards as towns, were closed."


@pytest.mark.parametrize(
    ("words", "quote", "strayed"),
    [
        ("Two towns were in the pact in July 2020.", BAYS, True),
        ("Two towns were: Eastquay and Vellmar.", "Eastquay and Vellmar were the towns of the pact in 2020.", False),
        ("Two towns were.", "Two small fishing towns were in the pact.", False),
        ("Two towns were.", "Of the 34 members two signed, and Westport has other towns.", False),
        ("Two towns were.", "Two cities signed, and Westport has other towns.", False),
        ("Two towns were.", "Two members were in the pact, and the other towns were not.", False),
        ("12 towns were.", "12 members signed, the Three Towns among them.", False),
        ("12 towns were.", f"12 towns signed. {BAYS}", False),
    ],
)
def test_what_counts_something_else_strays(words: str, quote: str, *, strayed: bool) -> None:
    assert strays(words, "How many towns were in the pact in July 2020?", [quote], ()) is strayed


def test_the_articles_own_words_have_to_answer_in_the_place_of_a_draft() -> None:
    text = "The Bay Pact was signed in Vellmar on 8 April 2010 by Mayor Ann Example and Mayor Ben Sample."
    article = Article("pact", "The Bay Pact", text)
    question = "Who interpreted between Example and Sample when the Bay Pact was signed in Vellmar?"
    words = "A mayor interpreted between Example and Sample when the Bay Pact was signed in Vellmar."
    evidence = evidence_of(article)
    found = cite(words, question, evidence, (), {article.id: article})
    assert [each.text for each in found.sentences] == [text]
    assert proof_of(words, Found(question, chosen=evidence, articles={article.id: article}), found) == 0.0


@pytest.mark.parametrize(("log_odds", "proved"), [(1.2, True), (1.0, False)])
def test_whether_something_is_so_may_be_told_in_other_words_that_a_probe_sees_to_answer(
    log_odds: float,
    *,
    proved: bool,
) -> None:
    text = "The mayor of Vellmar sits in on its meetings, but does not have voting rights."
    article = Article("harbour", "The harbour company", text)
    evidence = evidence_of(article)
    question = "Can the mayor vote on important matters of the harbour company?"
    found = Found(question, chosen=evidence, articles={article.id: article}, alone={evidence[0]: log_odds})
    assert bool(proof_of(text, found, cite(text, question, evidence, (), found.articles))) is proved


@pytest.mark.parametrize(
    ("shown", "question", "opened"),
    [
        ("The council decided to bar boats.", "Was the decision good for Vellmar?", True),
        ("The mayor called the decision good.", "Was the decision good for Vellmar?", False),
        ("The council barred Vellmar.", "Did Vellmar leave?", True),
        ("Vellmar left.", "Did Vellmar leave?", False),
        ("Vellmar regards the bay as part of the north.", "Does the bay belong to Vellmar or to Westport?", False),
        ("The mayor calls it a trade.", "Is it a threat? What does the mayor say?", False),
        ("The council barred Vellmar.", "When did Vellmar leave?", False),
        ("Counts of the boats differ with what they include.", "Who counted the boats?", True),
        ("Control of the boats rests with the council.", "Who controls the boats?", False),
        ("Founded by two brothers, the guild grew.", "Who founded the guild?", False),
    ],
)
def test_own_words_in_the_place_of_an_answer_tell_whether_it_is_so(shown: str, question: str, *, opened: bool) -> None:
    assert leaves_open(shown, question) is opened
