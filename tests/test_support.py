"""Support tells what a sentence says from what it does not: the table is the specification."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cite import THRESHOLD, support

SOME_MAY = "Pilots of Westport are able to land in Eastquay, but sailors of Vellmar are unable to land there at night."
SAID = [  # claim, sentence
    ("The first season of Saltmarsh has 13 episodes.", "The first season of the drama Saltmarsh has 13 episodes."),
    ("Saltmarsh has 78 episodes.", "Saltmarsh has 78 episodes, 13 of them in each season."),
    ("Pilots of Westport are able to land in Eastquay.", SOME_MAY),
    ("Sailors of Vellmar are unable to land at night.", SOME_MAY),
    ("A majority vote needs 55% of members (not votes).", "It needs at least 55% of the members (not votes)."),
    ("The agency of the Vellmar League's council closed.", "The agency of the council of the Vellmar League closed."),
    ("The harbour closes on May 4, 2020.", "The harbour of Brightsea closes on 4 May 2020."),
    ("The harbour closes in May.", "The harbour of Brightsea closes on 4 May 2020."),
    ("The mayor may march in May.", "In May the mayor may march."),
    ("The harbour closes on 2020-05-04.", "The harbour of Brightsea closes on 4 May 2020."),
    ("The harbour closes in May 2020.", "The harbour of Brightsea closes on 4 May 2020."),
    ("It cost 3,500,000 crowns.", "It costs 3.5 million crowns."),
    ("The strike lasted three weeks.", "The three-week strike, in its first ten days mild, lasted until June."),
    ("The bridge is 300 feet long.", "The bridge is 300 feet (91 metres) long."),
    ("All members left.", "Every one of the members left."),
    ("The fleet sailed to Westport.", "The fleet sailed from Eastquay to Westport."),
    ("Only Westport voted against it.", "No other town but Westport voted against it; Westport alone voted so."),
    ("The mayor met the deputy mayor.", "The mayor met the deputy mayor in the hall."),
    ("The yard was founded in 2010.", "The yard was established in 2010."),
    ("On Monday the fleet left the port.", "The fleet left the port on Monday."),
    ("Ben Sample succeeded Ann Example as mayor.", "Ann Example was succeeded as mayor by Ben Sample."),
    ("The dam supplies two thirds of the power.", "Two thirds of the town's power is supplied by the dam."),
    ("The firm was fined 3 million euros.", "The court fined the firm €3 million."),
    ("The council fined the firm.", "The council fined the firm, which could face further fines."),
    ("The council threatened to fine the firm.", "The council threatened the firm with a fine."),
    ("Exports fell by a third.", "Exports fell by one third in the year to May."),
    ("The council voted by 7 to 2.", "The council voted for it by 7 to 2."),
    ("The party is led by Ann Example.", "The party, led by Ann Example, won 40 seats in May."),
    ("Taxes were raised by 5% in April.", "The council raised taxes by 5% in April."),
    ("Revenue in 2023 was 5 billion crowns.", "Revenue for 2023 was 5 billion crowns."),
    ("The mayor faces calls to resign.", "The mayor, who faces calls to resign, has ruled out resigning."),
    ("The minister admitted mistakes were made.", "“Mistakes were made,” admitted the minister."),
    ("Doctors, nurses and teachers joined it.", "Teachers, nurses and doctors joined it on Friday."),
    ("Ann Example is a former mayor of Westport.", "Ann Example is Westport's former mayor."),
    ("Almost all of the town was flooded.", "Almost the entire town was flooded."),
    ("Eastquay lost 1-3.", "Eastquay lost 3-1."),
    ("The five bells weigh nine tonnes in all.", "The five bells together weigh nine tonnes."),
    ("All nine members left.", "The nine members left."),
    ("King Olaf won the race.", "King Olaf of Norway won the race in May."),
    ("Ann Example won the race.", "Ann Example from Vellmar won the race."),
    ("Ann Example dropped out after 30 km.", "Ann Example of Vellmar dropped out after 30 kilometres."),
    ("The tunnel was finished in May.", "The tunnel was completed in May, two years late."),
    ("The crew saved 46 sailors.", "The crew rescued 46 sailors on Sunday."),
    ("Tea reduced pain.", "Tea increased sleep and lowered pain."),
    ("It closed because of a burst pipe.", "A burst pipe forced it to be closed."),
    ("The first book of the series came out in 1988.", "The first volume of the series came out in 1988."),
    ("Ferries sail to Westport every evening.", "Ferries sail to Westport at night."),
    ("Only two members left.", "Two members left."),
    ("The mayor is said to plan to resign.", "Rumours that the mayor plans to resign have spread since May."),
    ("The mayor resigned on Monday.", "There were rumours that she was ill, and the mayor resigned on Monday."),
    ("The harbour will close if the dam breaks.", "If the dam breaks, the harbour will close."),
    ("The rebels blamed the army.", "Ann Example said that the rebels used gas; the rebels blamed the army."),
    (
        "Ben Sample maintained that she owed the bank 300 crowns.",
        "Her lawyer said that she paid it back, whereas Ben Sample maintained that she owed the bank 300 crowns.",
    ),
    (
        "The mayor's plan to sell the mill was rejected by the council.",
        "The council voted to reject the mayor's plan to sell the mill.",
    ),
    ("Residents have permission to burn wood.", "Residents may burn wood."),
    ("The mayor was sacked on Monday over it.", "The mayor has been fired on Monday over it."),
    ("Westport denied interference.", "Westport has denied any interference in the election."),
    ("The court cleared Ann Example of fraud.", "Ann Example was cleared of fraud by the court."),
    ("The teachers called off their strike.", "Their strike was called off by the teachers on Monday."),
    ("The report was published in the Gazette.", "The report was published by the Gazette."),
    ("The sanctions target companies in Westport.", "The sanctions are against companies in Westport."),
    ("The law lets police search homes without a warrant.", "Under the law police may search homes without a warrant."),
    ("The yard closed before World War II.", "The yard closed before the Second World War."),
    ("Two people died.", "2 people were killed in the crash."),
    ("Turnout was 41 percent.", "Turnout was 41%."),
    ("More than 300 people attended.", "The event drew 316 people, who attended all day."),
    ("About 14,000 people took part.", "Some 13,900 people took part in the parade."),
    ("At least 20 sailors were killed.", "Twenty sailors were killed in the clash."),
    ("The council never approved the plan.", "The plan was never approved by the council."),
    ("No one was injured.", "Nobody was injured in the fire."),
    ("The treaty was not extended.", "The two sides failed to extend the treaty."),
    ("Westport promised to buy 200 boats.", "Westport promised to buy 200 boats."),
    ("The bridge opens in 2024.", "The bridge is to open in 2024."),
    ("The mayor may resign.", "The mayor may resign next week."),
    ("Ann Example met Sample in Eastquay.", "Mayor Example met Ben Sample in Eastquay."),
    ("Eastquay was sued by Westport.", "Westport sued Eastquay before the court."),
    ("Westport sold the boats to Eastquay.", "Eastquay bought boats that Westport sold."),
    (
        "Westport lost the boats after the talks with Eastquay.",
        "After the talks with Eastquay, Westport lost the boats.",
    ),
    ("Westport sank the boat.", "Westport, Eastquay and Vellmar sank the boat."),
    ("Crews sank the boat.", "Eastquay crews sank the boat."),
    ("Westport laid the pipes in 2019.", "The pipes were laid in 2019 by divers of Westport."),
    ("US troops left.", "The United States says that American troops left."),
    ("Westport sank the boat.", "Westport, which borders Eastquay, sank the boat."),
    ("Westport sank the boat.", "Crews of Westport and the Vellmar League sank the boat."),
    ("Westport and Eastquay signed it in Vellmar.", "In Vellmar, Eastquay and Westport signed it."),
    ("Eastquay met Westport in Vellmar.", "Westport met Eastquay in Vellmar."),
    ("Eastquay fights with Westport.", "Westport fights with Eastquay."),
    ("In Vellmar Eastquay met Westport.", "Westport met Eastquay in Vellmar."),
    ("The Oslo embassy opened in 1985.", "The Danish embassy in Oslo opened in 1985."),
    ("The Danish embassy opened in 1985.", "The Danish embassy in Oslo opened in 1985."),
    ("Chinese troops withdrew.", "The troops of China withdraw."),
    ("The US left the WHO.", "The United States left the World Health Organization."),
    ("The yard was founded in 1998 in Eastquay by Ann Example.", "Ann Example founded the yard in Eastquay in 1998."),
    ("The name changes in the 2018–19 year.", "The name will change in the 2018-2019 year."),
    ("Permits generally do not give crews a right to sue.", "Permits do not generally give crews a right to sue."),
    ("The Vellmar League met in Eastquay.", "The old Vellmar Trade League met in Eastquay with the Trade Court."),
    ("The World Health Organization met in Eastquay.", "The WHO met in Eastquay, far from the World Bank."),
    ("The three main kinds of eel are long.", "Three kinds of eel are long."),
    ("The lighthouse is 38 meters high.", "The lighthouse (38 metres) is high."),
    ("条约延长五年。", "两国把条约延长了五年。"),
    ("东港有1447条船。", "东港有1447条船，停在510个码头。"),
    ("Ann Example won the election.", "Ann Example narrowly won the election after a recount."),
    (
        "The coup attempt took place on 3 March 1981.",
        "The attempted coup took place on 3 March 1981, when officers stormed the radio station.",
    ),
    (
        "Investigators suspect that a fault caused the fire.",
        "The fire was caused by a suspected electrical fault, investigators said.",
    ),
    ("The company used to employ 400 people.", "The company once used to employ 400 people."),
    ("A barometer measures air pressure.", "A barometer is an instrument used to measure air pressure."),
    (
        "The library will stay open on Sundays.",
        "The library will stay open on Sundays, but the council did not know if hours would be cut.",
    ),
    ("Every state but Maren ratified the treaty.", "Every state except Maren ratified the treaty."),
    ("Norway rejected membership in 1994.", "Norway's voters rejected membership in 1994."),
    ("Ann Example left for Spain in 1920.", "Ann Example, who had quarrelled with her father, left for Spain in 1920."),
    ("The Lords rejected the bill.", "The House of Lords rejected the bill in November 1909."),
    ("Three of the family were hurt.", "Three members of the family were hurt in the crash."),
    (
        "Ann Example graduated in 1972.",
        "Ann Example was born in Riga in 1950 and graduated from Uppsala University in 1972.",
    ),
    (
        "The album reached number two in Sweden.",
        "The album reached number nine in Norway and climbed to number two in Sweden.",
    ),
    ("Ann Example directed the film.", "The film directed by Ann Example won two prizes in Turin."),
    ("The law was passed by parliament in June.", "Parliament passed the law in June."),
    (
        "Norway's parliament passed the law in 1976.",
        "The law was passed by Norway's parliament in 1976 after a long debate.",
    ),
    ("The drug can cause nausea.", "The drug, which should not be taken if the patient is pregnant, can cause nausea."),
    (
        "Treatment raises the energy that the body uses.",
        "The energy that the body uses was also raised upon treatment.",
    ),
    ("The museum is closed on Mondays.", "The museum is open every day but Monday, when it is closed."),
    ("The town was mostly destroyed.", "Most of the town was destroyed in 1940."),
    ("Up to 500 people can sit in the hall.", "The hall seats up to 500 people."),
    ("The mine does not produce copper any more.", "The mine no longer produces copper, but its towers still stand."),
    ("The dam supplies 1,200 houses.", "The dam, which was built in 1990, supplies 1,200 houses and irrigates fields."),
    ("Ann Example won silver in 2004.", "Ann Example won silver in 2004 and gold in 2008."),
    ("The school was opened by Ann Example.", "Ann Example opened the school, which had been built by her father."),
    ("The non-native plants were burned.", "The plants that are not native were burned."),
    ("The towns signed the Boat Nonproliferation Treaty.", "The towns signed the Boat Non-Proliferation Treaty."),
    ("Non-smokers were asked.", "Smokers and nonsmokers were asked."),
    ("The former mayor of Vellmar was charged.", "The ex-mayor of Vellmar was charged."),
    ("The mayor of Vellmar was charged.", "The mayor of Vellmar, Ann Example, was charged."),
    ("President Ann Example signed the law.", "Former President Ann Example signed the law in 2020."),
    ("Vellmar won the semi-final.", "Vellmar won its semifinal."),
    ("The minister met the former minister.", "The former minister met the minister on Monday."),
]
NOT_SAID = [
    (
        "Ann Example said that Westport closing the port made it safer.",
        "Ann Example said that opening the port made it safer.",
    ),
    (
        "They protest against the siege of Westport by Eastquay.",
        "They protest against the siege of Eastquay by Westport.",
    ),
    ("The court sat in the Example in Westport Hall.", "The court sat in the Westport Hall in Example."),
    ("The strike lasted three weeks.", "The strike lasted three days."),
    ("The bridge is 300 feet long.", "The bridge is 300 metres long."),
    ("The league was ratified by all members.", "The league was ratified by most members."),
    ("Half of the members left.", "A third of the members left."),
    ("The fleet sailed to Westport.", "The fleet sailed from Westport."),
    ("The court ruled for the council.", "The court ruled against the council."),
    ("Exports rose to 12 percent.", "Exports rose by 12 percent."),
    ("The deputy mayor visited Westport.", "The mayor visited Westport."),
    ("The mayor visited Westport.", "The deputy mayor visited Westport."),
    ("Only Westport voted against it.", "Westport and Eastquay voted against it."),
    ("The mayor resigned on Monday.", "The mayor was urged to resign on Monday."),
    ("The mayor resigned.", "The council asked the mayor of the town to resign."),
    ("The bank lent money to the city.", "The city lent money to the bank."),
    ("The council approved the bill.", "The council debated the bill."),
    ("Police arrested 30 students.", "Police questioned 30 students."),
    ("The yard was sold in 2010.", "The yard was built in 2010."),
    ("The harbour closes in May.", "The harbour closes on 4 June 2020."),
    ("Since May the harbour is closed.", "The harbour is closed since March."),
    ("Westport caused the wreck.", "Westport rejects that and says that Eastquay crews caused the wreck by haste."),
    ("The Vellmar League sank the boat.", "The Vellmar League reported that Ann Example sank the boat."),
    ("Westport laid the pipes.", "The pipes were laid off the coast of Eastquay in 2019."),
    ("The pipes were laid in 2019 by Westport.", "The pipes were laid off the coast of Eastquay in 2019."),
    ("Pilots of Westport are unable to land in Eastquay.", SOME_MAY),
    ("Sailors of Vellmar are able to land at night.", SOME_MAY),
    ("Rule 28 does not say that permits bind the towns.", "Rule 28 says that permits bind the towns."),
    ("Eastquay's home ground is in Main Street.", "Westport's home ground is in Main Street."),
    ("Łomża produces 12% of the national income.", "Brightsea produces 12% of the national income."),
    ("Two of Sample's daughters left for the sea.", "In Ben Sample's tale two of Triton's daughters left for the sea."),
    ("The harbour closes in June 2020.", "The harbour of Brightsea closes on 4 May 2020."),
    ("The harbour closed in 2019.", "The harbour of Brightsea closed on 4 May 2020."),
    ("It cost 3.5 billion crowns.", "It costs 3.5 million crowns."),
    ("Turnout was 41 percent.", "Turnout was 14%."),
    ("Fewer than 300 people attended.", "The event was attended by 450 people."),
    ("Over 50 boats were built by the yard.", "The yard built 27 boats."),
    ("The yard builds about 507 boats a year.", "The yard builds about 500 boats a year."),
    ("The council did not approve the plan.", "The council approved the plan."),
    ("The council approved the plan.", "The council rejected the plan."),
    ("Five people were injured.", "No one was injured in the fire."),
    ("The treaty was extended.", "The two sides failed to extend the treaty."),
    ("Westport bought 200 boats.", "Westport promised to buy 200 boats."),
    ("Westport bought 200 boats.", "Westport promised in its deal with the yard to buy 200 boats."),
    ("The bridge was opened in 2024.", "The bridge is to open in 2024."),
    ("The mayor resigned.", "The mayor may resign next week."),
    ("The firm faces a fine.", "The firm could face a fine."),
    ("The council fined the firm.", "The firm could face a fine of the council."),
    ("The council fined the firm.", "The firm could face a fine of the council under the Fines Act."),
    ("The council fined the firm.", "The council threatened the firm with a fine."),
    ("Eastquay was at war.", "Eastquay lived under the threat of war."),
    ("The firm is bankrupt.", "The firm denied that it is bankrupt."),
    ("Ann Example was charged with fraud.", "Ann Example was cleared of fraud."),
    ("The mayor will resign.", "The mayor ruled out resigning."),
    ("The teachers went on strike.", "The teachers called off their strike."),
    ("Unemployment rose by 2 percent.", "Unemployment rose by 2 percentage points."),
    ("The fund paid $50 million.", "The fund paid €50 million."),
    ("The fund paid up to 50 million euros.", "The fund paid at least 50 million euros."),
    ("The ferry leaves at 9 am.", "The ferry leaves at 9 pm."),
    ("The comet returns every 76 years.", "The comet returned 76 years ago."),
    ("The senate voted 51 to 49 for the bill.", "The senate voted 49 to 51 for the bill."),
    ("Ann Example replaced Ben Sample.", "Ann Example was replaced by Ben Sample."),
    ("Ann Example was hired by the museum.", "Ann Example hired the museum's guards."),
    ("The minister praised the report.", "The report praised the minister."),
    ("Every school in Westport closed.", "Almost every school in Westport closed."),
    ("No school in Westport closed.", "Not every school in Westport closed."),
    ("The treaty expires in 2026.", "The treaty was signed in 2026."),
    ("The ship was built in Norway.", "The ship was built for Norway."),
    ("The letter was written by Ann Example.", "The letter was written to Ann Example."),
    ("The border is open to tourists.", "The border is open to lorries only."),
    ("Ann Example is the mayor of Westport.", "Ann Example is a former mayor of Westport."),
    ("The yard was rich before World War II.", "The yard was rich before World War I."),
    ("Westport won the cup.", "Eastquay won the cup in 2002."),
    ("Ann Example met Cy Pattern in Eastquay.", "Mayor Example met Ben Sample in Eastquay."),
    ("Eastquay sued Westport.", "Westport sued Eastquay before the court."),
    (
        "Vellmar replaced Westport as the first town of Northisle.",
        "The sailors of Westport and their sons replaced Vellmar as the first town of Northisle.",
    ),
    ("The defeat of Eastquay in 1815 left Westport rich.", "The defeat of Westport in 1815 left Eastquay rich."),
    ("South Vellmar closed its port.", "North Vellmar closed its port."),
    ("The yard was founded in 1998 in Eastquay by Ann Sample.", "Ann Example founded the yard in Eastquay in 1998."),
    ("The yard was founded in 1998 in Westport by Ann Example.", "Ann Example founded the yard in Eastquay in 1998."),
    ("Exports rose by 5% in 2019.", "Exports fell by 5% in 2019."),
    ("The film was released before the war.", "The film was released after the war."),
    ("The third season aired in May.", "The second season aired in May."),
    (
        "Eastquay set up what is called the Second Vellmar League.",
        "Eastquay set up what is called the Second Westport League, with Vellmar in it.",
    ),
    ("There are ten guilds in Eastquay.", "The guilds in Eastquay have a patron, and there are ten pictures of her."),
    ("The yard has hired 80 sailors.", "The yard has hired many sailors, and its new boats need 80 sails."),
    ("条约延长三年。", "两国把条约延长了五年。"),
    ("中国退出世卫组织。", "美国宣布退出世卫组织。"),
    ("美国没有退出世卫组织。", "美国宣布退出世卫组织。"),
    ("He was convicted of murder.", "He was convicted of attempted murder."),
    ("Ann Example won the 2019 election.", "Ann Example nearly won the 2019 election."),
    ("Ben Sample is Ann Example's brother.", "Ben Sample is Ann Example's half-brother."),
    ("The rebels captured the airport.", "The rebels tried to capture the airport."),
    ("Ships passed through the canal.", "Hardly any ships passed through the canal."),
    ("The city was founded by the Romans.", "The city is said to have been founded by the Romans."),
    ("The rules apply to hospitals.", "The rules apply only to hospitals in the northern province."),
    ("The festival takes place in June.", "The festival, which used to take place in June, is now held in August."),
    ("Oil is the main export of the country.", "Oil was the main export of the country until 1990."),
    ("The plant will close in May.", "The plant will close in May unless a buyer is found."),
    ("The vaccine is safe.", "The vaccine was tested for whether it is safe."),
    ("The war will end this year.", "The foreign minister hopes that the war will end this year."),
    ("The tax applies to all imports.", "The tax applies to all imports of the union except grain."),
    ("The drug cures half of the children.", "The drug cures up to half of the children."),
    ("The village lies in Westport.", "The village lies north of Westport."),
    ("Most of the money came from Norway.", "Most of the money went to Norway."),
    ("She was raised in Westport.", "She was born in Eastquay, raised in Geneva and buried in Westport."),
    ("Turnout was 58 percent in 2022.", "Turnout fell from 58 percent in 2018 to 41 percent in 2022."),
    ("Ann Example died in 1990.", "Ann Example's husband died in 1990."),
    ("The fire destroyed the church.", "The fire destroyed the church's organ."),
    ("The queen's husband opened the hospital.", "The queen opened the hospital with her husband absent."),
    ("The parliament passed the bill.", "The lower house of the parliament passed the bill."),
    ("The poet Ben Sample owned a mill.", "The father of the poet Ben Sample owned a mill."),
    ("Saltmarsh has 13 episodes.", 'The first season of the drama "Saltmarsh" has 13 episodes.'),
    ("Saltmarsh had 13 episodes.", 'In May Tide picked up "Saltmarsh" for a thirteen-episode third season.'),
    ("Saltmarsh had 13 episodes.", 'In May Tide renewed "Saltmarsh" for a second season of thirteen episodes.'),
    ("Saltmarsh has 13 episodes.", 'The first season of the drama "Saltmarsh" premiered in May and had 13 episodes.'),
    ("Thirty people were killed.", "Twenty people were killed and thirty were wounded."),
    ("The law was passed in 1996.", "The law was drafted in 1996, passed in 1999 and repealed in 2010."),
    ("The army killed 20 rebels.", "Rebels killed 20 soldiers of the army."),
    ("Ann Example won the silver medal.", "Ben Sample won the silver medal while Ann Example finished fourth."),
    ("The senator accused her former assistant.", "The senator was accused of fraud by her former assistant."),
    ("China imposed tariffs on Australian barley.", "Australia imposed tariffs on Chinese steel."),
    ("The union sued the company.", "The company sued the union."),
    ("The bridge was opened by the king in 2014.", "The bridge was opened in 2014 after nine years of work."),
    (
        "The mine produced a record 21,000 tonnes.",
        "The mine produced 21,000 tonnes in 2022, and sold most of it abroad.",
    ),
    (
        "The yard made more profit than the year before.",
        "The yard made a profit of 31 marks, compared with 34 the year before.",
    ),
    (
        "People do not pay to see the Example painting.",
        "Ann Example finished the painting that people see there, and no other painter has seen so well.",
    ),
    ("The airline cut 1,200 jobs.", "The airline wants to cut 1,200 jobs by next spring."),
    ("The suspect killed two people.", "The suspect is alleged to have killed two people."),
    ("The drug cures malaria.", "Researchers hope the drug will one day cure malaria."),
    (
        "Ann Example was released on Tuesday.",
        "Rights groups demanded on Tuesday that the journalist Ann Example be released at once.",
    ),
    ("Infected dogs can transmit the virus.", "There is so far no evidence that infected dogs can transmit the virus."),
    ("The company will pay 500 dollars.", "The company will pay up to 500 dollars."),
    ("The hostages were freed.", "Some of the hostages were freed on Monday."),
    ("The library is open on Sundays.", "The library is open daily except Sundays."),
    ("The fire destroyed two houses and injured one person.", "The fire destroyed two houses on Elm Street."),
    ("The company belongs to Ben Sample.", "The company belongs to Ben Sample's former wife."),
    ("Napoleon died on the island in 1815.", "Napoleon was exiled to the island in 1815 and died there in 1821."),
    (
        "The earthquake killed more than 2,300 people.",
        "The earthquake killed at least 340 people and injured more than 2,300 others.",
    ),
    ("The falcon breeds only in Vellmar.", "The falcon breeds in Vellmar and Westport."),
    ("The festival features only pipers.", "The festival features pipers and drummers."),
    ("All of the pilots fell ill.", "The pilots turned back when two of them fell ill by the north cape."),
    ("The river is 310 km long.", "The river drains 310 square kilometres."),
    ("Pilots always land in Vellmar.", "Pilots usually land in Vellmar."),
    ("The mayor plans to resign.", "Rumours that the mayor plans to resign have spread since May."),
    ("The mayor confirmed that she plans to resign.", "Rumours that the mayor plans to resign have spread since May."),
    ("Ben Sample set fire to the mill.", "They arrested Ben Sample, who is suspected of setting fire to the mill."),
    ("The treaty will create protected zones.", "If 60 towns sign it, the treaty would create protected zones."),
    ("The mayor will resign.", "Should the vote fail, the mayor would resign and leave the town."),
    ("Tea prevents falls.", "People who drank tea had a lower risk of falls in this survey of 40 towns."),
    ("The mill closed because of silt.", "The mill closed in May, full of silt."),
    ("Ben Sample directed the film.", "The film was written by Ben Sample and directed by his sister Ann."),
    (
        "Ben Sample was appointed in 2014.",
        "Ann Example, who was appointed in 2014, will be succeeded by her deputy, Ben Sample.",
    ),
    ("The non-native plants of the island were burned.", "The native plants of the island were burned."),
    ("The native plants of the island were burned.", "The non-native plants of the island were burned."),
    ("The non-members of the guild left.", "The members of the guild left."),
    ("An anti-bridge march passed.", "A pro-bridge march passed."),
    ("The mayor of Vellmar was charged.", "The former mayor of Vellmar was charged."),
    ("The president of the guild left.", "The ex-president of the guild left."),
    ("Vellmar won the final.", "Vellmar won the semi-final."),
    ("His mother was elected.", "His mother-in-law was elected."),
    ("The editor of the Gazette left.", "The assistant editor of the Gazette left."),
    ("The director resigned.", "The acting director resigned."),
    ("Gross income was 5 million dollars.", "Net income was 5 million dollars."),
    ("Adults pay 9 dollars.", "Children pay 9 dollars."),
    ("The supply of oil grew.", "The demand for oil grew."),
]


@pytest.mark.parametrize(("claim", "sentence"), SAID)
def test_what_a_sentence_says_in_other_words_is_supported(claim: str, sentence: str) -> None:
    assert support(claim, [sentence]) >= THRESHOLD


@pytest.mark.parametrize(("claim", "sentence"), NOT_SAID)
def test_one_thing_that_is_another_makes_another_claim(claim: str, sentence: str) -> None:
    assert support(claim, [sentence]) < THRESHOLD
    assert support(claim, [sentence, "The sea was calm all day.", "Nobody spoke of the weather."]) < THRESHOLD


@pytest.mark.parametrize(
    ("claim", "quote", "near"),
    [
        (
            "The Eastquay War ended in 1763.",
            "The war in the north ended in 1763, and the Vellmar War a year later.",
            "The Eastquay War had begun in 1754.",
        ),
        (
            "Ducks walk through the Eastquay Hotel at noon.",
            "At noon the Eastquay Ducks walk through the lobby.",
            "Visitors come to the Eastquay Hotel from everywhere.",
        ),
    ],
)
def test_a_name_is_not_replaced_by_one_that_may_be_beside_it(claim: str, quote: str, near: str) -> None:
    assert support(claim, [quote, near]) >= THRESHOLD
    assert support(
        claim, [quote.replace("The war in the north", "The Westport War").replace("Ducks", "Geese"), near]
    ) < (THRESHOLD)


@given(st.text(min_size=1))
def test_a_sentence_supports_itself_or_says_nothing(sentence: str) -> None:
    assert support(sentence, [sentence]) in (0.0, pytest.approx(0.95, abs=0.002))


def test_a_sentence_that_says_nothing_of_it_takes_nothing_away() -> None:
    quote = "The harbour of Brightsea closes on 4 May 2020."
    alone = support("The harbour closes on 4 May 2020.", [quote])
    assert support("The harbour closes on 4 May 2020.", ["Pigs fly.", quote, "It rains."]) == pytest.approx(alone)


def test_a_further_quote_need_not_limit_a_word_too_nor_have_every_word_that_makes_more_of_it() -> None:
    wholly = "The fire destroyed the church of Westport completely."
    assert support("The fire destroyed the church completely.", [wholly, "The church of Westport burned."]) >= THRESHOLD
    some = ["Some of the hostages were freed on Monday.", "On Friday the hostages were all freed."]
    assert support("The hostages were freed on Friday.", some) >= THRESHOLD


def test_several_sentences_carry_a_claim_together() -> None:
    claim = "The harbour of Brightsea closes after the council voted by 7 to 2."
    both = ["The harbour of Brightsea closes in spring.", "The council voted for it by 7 to 2."]
    assert support(claim, both) > max(support(claim, both[:1]), support(claim, both[1:]))


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [
        (
            "The mayor of Menich is called President.",
            ["The mayor of Warsaw is called President.", "The first Warsaw President was Jan Andrzej Menich."],
        ),
        (
            "The Poland area enlargement took place in 1951.",
            ["The first measure was the Warsaw area enlargement (1951).", "This belief still lives on in Poland."],
        ),
        (
            "The council of Eastquay asked Westport to withdraw its ferry on 18 January.",
            [
                "On 22 November the council of Eastquay asked Westport to withdraw its ferry.",
                "On 18 January a judge settled the quarrel of Westport with the mill.",
            ],
        ),
    ],
)
def test_a_further_quote_does_not_heal_another_name_or_day_in_the_first(claim: str, quotes: list[str]) -> None:
    assert support(claim, quotes) < THRESHOLD


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The council held that the bridge was not necessary.", "The council held that the bridge was needed."),
        ("Very few members are drawn from the town.", "Most members are drawn from the town."),
        ("The treaty allows agreements on prices.", "The treaty prohibits agreements on prices."),
        ("The council disapproved the plan for the bridge.", "The council approved the plan for the bridge."),
    ],
)
def test_a_claim_that_turns_its_quote_round_is_not_supported(claim: str, quote: str) -> None:
    assert support(claim, [quote]) < THRESHOLD


def test_another_name_of_the_claim_may_stand_where_a_further_quote_has_one() -> None:
    claim = "Pompeo called the Chinese consulate in Houston a hub of spying and theft."
    first = "Secretary Mike Pompeo said on 23 July 2020 that the Houston consulate had been a hub of spying and theft."
    assert support(claim, [first, "The Chinese consulate in Houston was closed."]) >= THRESHOLD


def test_two_names_of_the_claim_may_begin_alike() -> None:
    claim = "The Vellmar Council appoints the board of the Vellmar Central Bank."
    both = ["The Vellmar Council meets in spring.", "It appoints the board of the Vellmar Central Bank."]
    assert support(claim, both) >= THRESHOLD
    assert support(claim.replace("Central", "Savings"), both) < THRESHOLD


@pytest.mark.parametrize(
    ("claim", "quote", "same"),
    [
        ("The bridge opened on 15 July 2020.", "The bridge opened on 15/07/2020.", True),
        ("The bridge opened in 2015.", "The bridge opened after 2015.", False),
        ("The pact ends on 5 May 2021.", "In 2021 the pact was prolonged, and ends on 5 May 2026.", False),
        ("The pact ends on 5 May 2026.", "In 2021 the pact was prolonged, and ends on 5 May 2026.", True),
        ("The bridge will open by 2025.", "The bridge will open from 2025.", False),
        ("The bridge opened in 1990.", "The bridge opened in the 1990s.", False),
        ("The ban applies from 1 May.", "The ban applies until 1 May.", False),
        ("The ban applies until 1 May.", "The ban applies until May 1.", True),
        ("The war ended in 1939.", "The war began in 1939 and ended in 1945.", False),
        ("The war ended in 1945.", "The war began in 1939 and ended in 1945.", True),
        ("He died in 1739.", "He (1739-1778) wrote odes.", False),
        ("The trial began in 1945.", "When the war ended in 1945, the trial began.", True),
        ("The committee meets every month.", "The committee meets every year.", False),
        ("The committee meets monthly.", "The committee meets every month.", True),
        ("The plant emits 3 tonnes a day.", "The plant emits 3 tonnes a year.", False),
        ("The mayor resigned last week.", "The mayor resigned last month.", False),
        ("Sales fell last year.", "Sales fell last year, and the year before.", True),
        ("She was in prison for three years.", "She was in prison three years ago.", False),
        ("Profit rose in the first half of 2020.", "Profit rose in the second half of 2020.", False),
        ("The president has signed the bill.", "The president has yet to sign the bill.", False),
        ("The president has already signed the bill.", "The president has not yet signed the bill.", False),
    ],
)
def test_a_claim_of_another_time_is_another_claim(claim: str, quote: str, same: bool) -> None:
    assert (support(claim, [quote]) >= THRESHOLD) is same


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("该国未加入联盟。", "该国没有加入联盟。"),
        ("该药尚未获得批准。", "这种药物还没有获得监管机构批准。"),
        ("白沙镇有三分之一的居民反对。", "调查显示，白沙镇1/3的居民反对。"),
        ("超过半数的居民投了赞成票。", "超过一半的居民投了赞成票。"),
        ("项目耗资逾30亿元。", "该项目耗资超过30亿元。"),
        ("逾千人被捕。", "警方说，已有1000多人被捕。"),
        ("条约于2020年7月15日签署。", "双方于二〇二〇年七月十五日签署了条约。"),
        ("央行上调利率。", "央行将利率上调25个基点。"),
        ("二战于1945年结束。", "第二次世界大战于1945年9月2日结束。"),
        ("中国对此表示强烈不满。", "中方对此表示强烈不满和坚决反对。"),
        ("两名渔民遇难。", "渔船沉没，船上两名渔民丧生。"),
        ("该公司去年亏损3亿元。", "該公司去年虧損三億元。"),
        ("长江长6300公里。", "长江全长6300公里。"),
        ("军队击退了叛军。", "叛军被军队击退。"),
        ("所有乘客均获救。", "船上全部乘客均已获救。"),
        ("除周一外，博物馆每天开放。", "博物馆每天开放，周一除外。"),
        ("病毒可能来自蝙蝠。", "研究认为，病毒可能来自蝙蝠。"),
        ("各镇医院每周二开放。", "除县医院外，各镇医院每周二开放。"),
        ("僅以97票之差獲勝。", "她以8,214票當選，僅以97票之差獲勝。"),
    ],
)
def test_a_claim_in_chinese_may_be_said_in_other_words(claim: str, quote: str) -> None:
    assert support(claim, [quote]) >= THRESHOLD


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("镇长承认收受贿赂。", "镇长在庭上否认收受贿赂。"),  # the contrary
        ("油价上涨了3%。", "油价周三下跌3%。"),
        ("总统支持该法案。", "總統反對該法案。"),
        ("上半年出口下降了8%。", "下半年出口下降了8%。"),
        ("谈判取得了进展。", "谈判毫无进展。"),  # a denial
        ("研究证明咖啡致癌。", "研究没有发现咖啡致癌的证据。"),
        ("三成居民支持该计划。", "民调显示，20%的居民支持该计划。"),  # a share
        ("至少有500人参加。", "最多有500人参加。"),
        ("公司裁员1200人。", "该公司拟裁员1200人。"),  # a plan
        ("军队撤出了该地区。", "双方同意军队撤出该地区。"),
        ("该项目2022年完工。", "该项目2018年动工，预计2022年完工。"),
        ("双方已停火。", "双方正就停火进行谈判。"),
        ("镇长杀害了妻子。", "检方指控镇长杀害了妻子。"),  # hearsay
        ("该国拥有核武器。", "据称该国拥有核武器。"),
        ("所有学校都复课了。", "部分学校已经复课。"),  # of how many
        ("博物馆每天开放。", "博物馆除周一外每天开放。"),
        ("儿童可以免费入场。", "只有身高1.2米以下的儿童可以免费入场。"),
        ("只有中国参加了会议。", "中国和俄罗斯参加了会议。"),
        ("记者打伤了警察。", "记者被警察打伤。"),  # who to whom
        ("叛军击退了军队。", "叛军被军队击退。"),
        ("英国起诉了该公司。", "该公司起诉了英国政府。"),
        ("老师把学生告上法庭。", "学生把老师告上法庭。"),
        ("该国是世界最大的大豆出口国。", "该国是世界第二大大豆出口国。"),  # an order
        ("她是该国首位女总统。", "她是该国第二位女总统。"),
        ("长江是世界最长的河流。", "长江是亚洲最长的河流。"),
        ("部长宣布提高关税。", "副部长宣布提高关税。"),
    ],
)
def test_a_claim_in_chinese_that_says_more_or_otherwise_is_not_supported(claim: str, quote: str) -> None:
    assert support(claim, [quote]) < THRESHOLD
