"""Whether a question says what it is about, and what a conversation is about, by their words alone.

Each word of a question gets a letter for what it does there, and patterns over these letters find the phrases that
name something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.types import Turn
from index.sentence import sentences
from index.words import CAPITAL, FUNCTION_WORDS, MONTHS, chinese, chinese_names, content_terms

# Words that carry meaning, and do not say what a question is about.
_GENERAL = frozenset(
    content_terms(
        "able become best big call called change detail different end even ever example explain describe far first get "
        "give go good happen idea important information kind know last like long main make many mean meant much name "
        "new next old other people popular provide really reason related say see start still take talk tell thing "
        "think time today type use want way week wonder work year come came second third fourth fifth else"
    )
) | frozenset(
    "请问 介绍 情况 原因 时候 时间 问题 觉得 知道 告诉 发生 进行 现在 目前 具体 "
    "那么 还有 另外 然后 其他 其它 该 要".split()
)
_LETTERS = {
    word: letter
    for letter, words in {
        "w": "who",
        "d": "do does did can could will would should may might must",
        "l": "of the a an and in for on by between with from at",
        "v": "gave built made found held won lost written known given taken shown sold told led met left sent",
        ".": "around outside without within across along among toward towards near since despite than",
    }.items()
    for word in words.split()
}
_OWNER = re.compile(r"(?<!women)(?<!men)(?<!children)(?<!people)(?<!world)(?<!earth)(?<!moon)(?<!sun)['’]s$")
_THE_ONLY = frozenset(
    "world earth moon sun sky sea air internet past future beginning rest weather subject "
    "dark wild ocean universe pope".split()
)

_WORD = re.compile(r"[^\W_](?:[\w'’.&-]*[^\W_])?|[^\w\s]")
_PHRASE = re.compile(r"[sn](?:g*(?:l{1,2}g*)?[sn])*")
_TRANSITIVE = re.compile(r"(dl*g*n+(?:l+n+)*)s")
_CHINESE_PHRASE = re.compile(r"s+(?:l+s+)*")
_SENTENCE = re.compile(r"(?<=[.?!])\s+|(?<=[。？！])")

# What points to something said before.
_POINTS = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|he|him|his|she|her|hers|these(?! days)|back then|"
    r"those(?! (?:who|that|which|whose|\w+ed)\b)|"
    r"(?<!is )(?<!are )(?<!was )(?<!were )there(?=\W*$)|"
    r"(?:which|this|that|the|another|first|second|last) ones?|the (?:former|latter)(?!\s\w)|"
    r"this(?! (?:week|month|year|morning|afternoon|evening|summer|autumn|winter|spring|century|decade)\b)|"
    r"(?:is|was|do|does|did|has|had|can|could|will|would|should|how|why|in|of|on|at|for|from|by|about|after) that|"
    r"\w+ed that(?=\s\w+\W*$)|that(?=\W*$|[,.?!]))\b"
    r"|(?<![其吉])[他她它](?:们?的)?|这(?!几?个?[周月年])|那(?!么)|(?<!耳)其(?![他它中实余次])|(?<![因由彼从在])此(?![外次])|上述|[前后]者"
    r"|(?<![应本活])该(?![如怎不去做])|^(?!.*(?:什么|谁|哪|何|几|多少|怎|吗)).*呢[？?]?$",
    re.IGNORECASE,
)
# Such words that somebody's name stands for, or a body's.
_PERSONS = re.compile(r"\b(?:they|them|theirs?|he|him|his|she|hers?)\b|[他她]", re.IGNORECASE)
_NAME = re.compile(
    rf"(?<![\w'’]){CAPITAL}[\w'’-]*"
    rf"(?:\.?\s(?:(?:of|de|des|del|della|di|da|dos|du|la|van|von|der|den|bin|ibn|al)\s){{0,2}}{CAPITAL}[\w'’-]*)*"
)
_LEADING = re.compile(rf"^(?:(?:{'|'.join(map(str.capitalize, sorted(FUNCTION_WORDS)))})(?:\s|$))+")
# He or she, one person.
_PERSON = re.compile(r"\b(?:he|him|his|she|hers?)\b|[他她](?!们)", re.IGNORECASE)
_ASKS_WHO = re.compile(r"\b(?:who|whom|whose|which)\b|谁|哪", re.IGNORECASE)
# Who somebody is, and not who is something: "Who is Ada Lovelace?", not "Who is the mayor?".
_WHO_IS = re.compile(r"^\W*who(?:'s| is| was| are| were) (?!(?:the|an?|in|on|at|to|behind)\b)|是谁\W*$", re.IGNORECASE)
_HE = re.compile(r"^\W*(?:(?:yes|no)\W+)?(?:he|she|they)\b|^[他她]", re.IGNORECASE)
_NOBODY = frozenset("Yes Nobody None Nothing Everybody Everyone According".split())  # with a capital, and no name
_FULL_NAME = re.compile(rf"(?<![\w'’]){CAPITAL}[\w'’-]+ {CAPITAL}[\w'’-]+")
_OWNERS = frozenset("its their his her 其 它的 他的 她的 它们的 他们的 她们的".split())
_SUBJECTS = frozenset("he she they".split())
# Where a clause without "that" may begin: "did the doctor say | she", "get the visa | he needed".
_AUXILIARY_BEFORE = re.compile(
    r"\b(?:do|does|did|has|have|had|is|are|was|were|can|could|will|would)\b|\b(?:says?|said|thinks?|thought|claims?|"
    r"believes?)\s*$",
    re.IGNORECASE,
)
# "Do bats find | their way": several who do something with what is theirs.
_SEVERAL_DO = re.compile(
    r"\b(?:do|did|can|could|will|would|should|must)\s+(?:[\w-]+\s+){0,2}[\w-]+(?<![su])s\s+"
    r"(?!(?:about|at|by|for|from|in|like|of|on|to|with)\s)[\w-]+\s+$",
    re.IGNORECASE,
)
# "It" that stands for nothing: "Is it true that ...", "How long does it take to ...". It is something in "Is it safe to
# eat?" and in "Is it safe for children?".
_EMPTY = re.compile(
    r"\b(?:is|was|be) it (?:true(?! (?:about|for|in|of|or|then)\b)(?= \w)|that(?= \w+ \w)|like (?:to|being)\b"
    r"|(?:(?:so|too|very|more|less|still|\w+ly) )?(?:possible|impossible|necessary|legal|illegal|lawful|safe|unsafe|"
    r"dangerous|risky|healthy|unhealthy|better|worse|best|normal|usual|unusual|common|rare|hard|harder|easy|easier|"
    r"difficult|good|bad|right|wrong|fair|unfair|important|ethical|unethical|expensive)"
    r" (?:that\b|to [\w'’-]+ (?=\w)(?!(?:at|from|in|on|with)\W*$)|"
    r"for (?!(?:it|them|him|her|this|that)\b)(?:[\w'’-]+ ){1,4}to\b)"
    r"|worth \w+ing (?!(?:at|by|for|from|in|on|with)\b)(?=\w)|(?:\w+ )?(?:rain|snow|hail)ing)"
    r"|\b(?:does|did|would|will|can) it (?:rain|snow|mean (?:if|when|that)|(?:take|cost|mean)(?: \w+){0,3} to"
    r"|get (?:dark|light|cold|hot|late))\b",
    re.IGNORECASE,
)
# Where another clause begins: what it points to may stand in the one before.
_CLAUSE = re.compile(
    r"[,;.?!]\s|[，；。？！]|\b(?:and|but|or|if|when|while|because|since|after|before|that|which|who|how|what|why|where)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^\W*(?:(?:and|but|so|or|then|no|yes|what about|how about|i meant?)\b|那么|还有|另外|然后)",
    re.IGNORECASE,
)
# What only names something else.
_ANOTHER = re.compile(
    r"\W*(?:and|but|or|then|what about|how about|(?:the )?same (?:question |thing )?(?=(?:for|in|with|of)\b))\b(.+)"
    r"|\W*((?:in|of|for|at|on|from|with)\b.+|(?:19|20)\d\d\W*$)|(?:那么?|还有|而)?(.+)呢\W*$",
    re.IGNORECASE | re.DOTALL,
)
# What only names another of whom it is so: "Does France?".
_SO_OF_ANOTHER = re.compile(
    rf"\W*(?i:(?:and|but|or|so)\s+)?(?i:is|are|was|were|do|does|did|has|have|had|can|could|will|would)\s+"
    rf"((?:the\s+)?(?:{CAPITAL}[\w'’-]*(?:\s(?:of\s)?{CAPITAL}[\w'’-]*){{0,3}}|[\w'’-]+))\W*$"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NEARBY = 200  # characters, in which a pronoun's own clause begins
_LONGEST_NAME = 6  # words, with what leads to it: "the United Nations Security Council"
_AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)\b"
_COUNTS = r"\W*(?:(?:and|but|or|then)\s+)?(how (?:many|much))\s+"
# What is counted, as far as the verb, where nothing else stands between.
_COUNTED = re.compile(
    rf"{_COUNTS}((?:(?!{_AUXILIARY}|(?:of|in|at|on|from|by|for|and)\b)[\w'’-]+\s+){{1,3}})(?={_AUXILIARY})",
    re.IGNORECASE,
)
_ASKS_MORE = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_TIME = re.compile(rf"(?:{'|'.join(MONTHS)}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b")
_HOW_MANY = re.compile(rf"{_COUNTS}(.+?)\W*$", re.IGNORECASE | re.DOTALL)
_PREPOSITION = re.compile(r"\b(about|against|at|by|for|from|in|of|on|to|with)\s+(?:the\s+)?$", re.IGNORECASE)
_SAYS_ANYTHING = re.compile(r"[^\W\d_]{2}|[\u4e00-\u9fff]|\d")  # else it is a slip of the hand
# What a thing is can be asked of a word alone: "What is inflation?".
_DEFINES = re.compile(r"^\W*(?:what|who)(?:'s| is| are)(?: an?)? [a-z][\w-]*\W*$|^什么是", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|should|has|"
    r"have|had|may|might|name|list|tell|explain|describe|give|compare|show|define|summari[sz]e)\b"
    r"|什么|谁|哪|何|几|多少|多[大长久远高]|怎|吗|是否|有没有|请|介绍",
    re.IGNORECASE,
)


def needs_history(question: str) -> bool:
    """Whether a question points back, or names too little to be understood alone.

    >>> needs_history("When does it take effect?"), needs_history("Who leads the World Health Organization?")
    (True, False)
    >>> needs_history("What is a treaty and how is it signed?"), needs_history("And the treaty?")
    (False, True)
    """
    if not _SAYS_ANYTHING.search(question):
        return False
    if points_back(question):
        return True
    if _DEFINES.search(question):
        return False
    if _goes_on_with(question):
        return True
    named = _named(question)
    if named < 3 and (_GOES_ON.search(question) or not _ASKS.search(question)):
        return True
    return (named < 2 or _only_dated(question)) and not _has_name(question)


def subject(question: str, history: Sequence[Turn]) -> str:
    """What the conversation was about before `question`, in its own words; empty where they add nothing to it.

    That is the phrase with the most words, names counted twice, of the question that `topic` gives. He, she or they may
    be whom the last answer names first.

    >>> subject("Who was the enemy?", [Turn("What is the Great Wall of China made of?"), Turn("How long is it?")])
    'Great Wall of China'
    >>> subject("What did he do?", [Turn("Who led the movement?", "Mohandas Gandhi led it.")])
    'Mohandas Gandhi, movement'
    """
    history = _of_somebody(question, history)
    if new := _new_phrases(topic(question, history), question):
        in_chinese = chinese(question)
        # What it is about often stands first in Chinese.
        about = dict.fromkeys([*(new[:1] if in_chinese else []), max(new, key=_weight)])
        comma = "，" if in_chinese else ", "
        return comma.join([*_answered(question, history[-1]), *(" ".join(phrase.split()) for phrase in about)])
    return ""


def topic(question: str, history: Sequence[Turn]) -> str:
    """The last question before `question` that stood alone, and names what it does not; empty where none does.

    For a question that points back it may also be one that went on to another name: "And China?".
    """
    back = points_back(question)
    for place, turn in reversed(list(enumerate(history))):
        begins = not place or not needs_history(turn.question) or (back and _goes_on_to_another(turn.question))
        if begins and _new_phrases(turn.question, question):
            return turn.question
    return ""


def asked_before(question: str, history: Sequence[Turn]) -> str:
    """The question that `question` asks of another: the one it takes its topic from, or the last that names anything
    and stood alone, as "Where was COP27 held?" for "And COP28?"."""
    alone = (
        turn.question
        for place, turn in reversed(list(enumerate(history)))
        if phrases(turn.question) and not (place and needs_history(turn.question))
    )
    return (topic(question, history) or next(alone, "")).strip()


def asked_again(question: str, history: Sequence[Turn]) -> str:
    """What was asked before, asked of another, where `question` only names the other; empty where it is not so.

    One name takes the place of the only name, or of the only one that follows the same preposition.

    >>> asked_again("And China?", [Turn("How many warheads does Russia have?")])
    'How many warheads does China have?'
    >>> asked_again("And in India?", [Turn("How many warheads did SIPRI count in Russia?")])
    'How many warheads did SIPRI count in India?'
    >>> asked_again("And how many trains?", [Turn("How many cars are on the island?")])
    'How many trains are on the island?'
    """
    if counted := _counted_again(question, history):
        return counted
    rest = other(question)
    if not rest:
        return ""
    earlier, begins = asked_before(question, history), question.index(rest)
    if years := _YEAR.findall(rest):
        return _in_another_year(earlier, rest, years)
    new, old = _names_alone(question), _names_alone(earlier)
    if len(new) != 1:
        return ""
    name = question[slice(*new[0])]
    timely = bool(_TIME.match(name))
    old = [span for span in old if bool(_TIME.match(earlier[slice(*span)])) is timely]
    if len(old) > 1:
        leads = _PREPOSITION.search(question[begins : new[0][0]])
        old = [span for span in old if leads and _led(earlier[: span[0]], leads[1])]
    if len(old) != 1 or _adds(rest, name):
        return ""
    start, end = old[0]
    return f"{earlier[:start]}{name}{earlier[end:]}"


def other(question: str) -> str:
    """What a question only names, and asks nothing of; empty where it does more, or is longer than a name is.

    >>> other("And in Spain?"), other("Does France?"), other("And who won?")
    (' in Spain?', 'France', '')
    """
    if (so := _SO_OF_ANOTHER.match(question)) and content_terms(so[1]):
        return so[1]
    found = _ANOTHER.match(question)
    rest = next(filter(None, found.groups()), "") if found else ""
    if len(rest.split()) > _LONGEST_NAME or _ASKS.search(rest) or points_back(rest):
        return ""
    return rest


def _in_another_year(earlier: str, rest: str, years: Sequence[str]) -> str:
    """What was asked of one year, asked of another, where `rest` names only that."""
    asked = list(_YEAR.finditer(earlier))
    if len(asked) != 1 or len(years) != 1 or set(content_terms(rest)) - {years[0], "年"}:
        return ""
    return f"{earlier[: asked[0].start()]}{years[0]}{earlier[asked[0].end() :]}"


def _counted_again(question: str, history: Sequence[Turn]) -> str:
    """How many were counted before, asked of what `question` names alone; empty where it asks something else, or where
    what was asked before needs its own history."""
    earlier = history[-1].question
    new, old = _HOW_MANY.match(question), _COUNTED.match(earlier)
    if not new or not old or phrases(question) != [new[2]] or old[1].lower() != new[1].lower():
        return ""
    if _ASKS_MORE.search(earlier, old.end()) or (len(history) > 1 and needs_history(earlier)):
        return ""
    return f"{earlier[: old.start(2)]}{new[2]} {earlier[old.end(2) :]}"


def _led(before: str, preposition: str) -> bool:
    found = _PREPOSITION.search(before)
    return found is not None and found[1].lower() == preposition.lower()


def bare(question: str) -> bool:
    """Whether a question names nothing, and does not point at anything either: "Why?"."""
    return not content_terms(question) and not points_back(question)


def _goes_on_to_another(question: str) -> bool:
    return _has_name(question) and not points_back(question)


def _new_phrases(earlier: str, question: str) -> list[str]:
    return [phrase for phrase in phrases(earlier) if _adds(phrase, question)]


def _adds(phrase: str, *texts: str) -> bool:
    """Whether a phrase has a word, not only numbers, that the texts have not."""
    said = {term for text in texts for term in content_terms(text)}
    return any(not term.isdigit() and term not in said for term in content_terms(phrase))


def _answered(question: str, last: Turn) -> list[str]:
    """Whom the last answer names first, and its question did not, where `question` points to somebody; or nobody.

    Where its question names somebody, and does not ask who, what the answer says of them is no other: "Mandela was
    held on Robben Island."
    """
    first = next((last.answer_text[span.start : span.end] for span in sentences(last.answer_text)), "")
    asks_who = bool(_ASKS_WHO.search(last.question)) and not _WHO_IS.search(last.question)
    if not _PERSONS.search(question) or _HE.search(first) or not (asks_who or _PERSON.search(question)):
        return []
    named = [name for name in names(first) if not _TIME.match(name) and name not in _NOBODY]
    if not asks_who:
        named = named[:1]
    return [name for name in named if _adds(name, question, last.question)][:1]


def _of_somebody(question: str, history: Sequence[Turn]) -> Sequence[Turn]:
    """The history as far as the last turn that may name a person, where a question points to one; else all of it."""
    if not _PERSON.search(question) or not points_back(question):
        return history
    for place, turn in reversed(list(enumerate(history))):
        said = f"{turn.question} {turn.answer_text}"
        if _ASKS_WHO.search(turn.question) or _PERSON.search(turn.question) or _FULL_NAME.search(said) or chinese(said):
            return history[: place + 1]
    return history


def names(sentence: str) -> list[str]:
    """The names in a sentence, in order.

    >>> names("In 1942 the Viceroy was Lord Linlithgow.")
    ['Viceroy', 'Lord Linlithgow']
    """
    if chinese(sentence):
        return _chinese_names(sentence)
    return [name for found in _NAME.findall(sentence) if (name := _LEADING.sub("", found))]


def _chinese_names(sentence: str) -> list[str]:
    """The names in a sentence in Chinese, in order, those with a dot whole: 唐纳德·特朗普."""
    found = sorted(chinese_names(sentence), key=sentence.index)
    dotted = [name for name in found if f"{name}·" in sentence]
    whole = {name: name + "·" + _dotted(sentence.partition(f"{name}·")[2], found) for name in dotted}
    return [
        whole.get(name, name)
        for name in found
        if not any(name in full and name != first for first, full in whole.items())
    ]


def _dotted(after: str, found: Sequence[str]) -> str:
    """What follows the dot of a name: as far as the name that begins there, or soon after."""
    ends = [place + len(name) for name in found if 0 <= (place := after.find(name)) <= 2]
    return after[: max(ends, default=0)]


def phrases(question: str) -> list[str]:
    """The parts of a question that name something, in order.

    >>> phrases("Where does the Penobscot River start and end?"), phrases("世界卫生组织的总部在哪里？")
    (['Penobscot River'], ['世界卫生组织的总部'])
    """
    if chinese(question):
        return [question[found.start() : found.end()] for found in _CHINESE_PHRASE.finditer(_characters(question))]
    words = list(_WORD.finditer(question))
    found = (match.span() for match in _PHRASE.finditer(_letters([word[0] for word in words])))
    return [question[words[start].start() : words[end - 1].end()] for start, end in found]


def points_back(question: str) -> bool:
    """Whether its asking part has a word that stands for nothing before it in the question.

    >>> points_back("Who signed it?"), points_back("Who signed the treaty?"), points_back("Who signed the Rome treaty?")
    (True, True, False)
    """
    plain = _EMPTY.sub(lambda found: " " * len(found[0]), question)
    words = _POINTS.finditer(plain, _asking(question))
    return any(not _explained(question[: word.start()], word[0], question[word.end() :]) for word in words) or (
        not _has_name(question) and _one_of_many(question)
    )


def _asking(question: str) -> int:
    """Where the first sentence that ends in a question mark begins; 0 where none does."""
    start = 0
    for sentence in _SENTENCE.split(question):
        if sentence.endswith(("?", "？")):
            return question.index(sentence, start)
        start += len(sentence)
    return 0


def _explained(before: str, pronoun: str, after: str) -> bool:
    """Whether what stands before a pronoun names something in a clause of its own, or somebody whose it may be."""
    lower = pronoun.lower()
    if lower in _OWNERS and _has_name(before):
        return True
    if (lower == "itself" or (lower in _OWNERS and after.startswith(" own "))) and _named(before) > 0:
        return True
    nearby = before[-_NEARBY:]
    if lower == "their" and _SEVERAL_DO.search(nearby):
        return True
    ends = [found.start() for found in _CLAUSE.finditer(before)]
    if ends and _named(before[: ends[-1]]) > 0:
        return True
    return lower in _SUBJECTS and _AUXILIARY_BEFORE.search(nearby) is not None and _begins_a_clause(nearby, lower)


def _begins_a_clause(before: str, pronoun: str) -> bool:
    """Whether he, she or they begin a clause without "that", and somebody of their number stands before it."""
    words = _WORD.findall(before)
    if not words or not content_terms(words[-1]):
        return False
    told = [word for word in words[:-1] if set(content_terms(word)) - _GENERAL]
    return any(pronoun == "they" or not word.endswith("s") or word[0].isupper() for word in told)


def _named(question: str) -> int:
    """How many words say what a question is about; a word is three characters of Chinese."""
    if chinese(question):
        return -(-sum(map(len, phrases(question))) // 3)
    return len(set(content_terms(question)) - _GENERAL)


def _goes_on_with(question: str) -> bool:
    """Whether a question only names another: "And Human Rights Watch?", "Does France?"."""
    return bool(_GOES_ON.search(question) or _SO_OF_ANOTHER.match(question)) and other(question) != ""


def _only_dated(question: str) -> bool:
    """Whether it has a year, and less than two words beside it that say what it is about."""
    told = set(content_terms(question)) - _GENERAL
    return len({term for term in told if not _YEAR.fullmatch(term)}) < min(2, len(told))


def _has_name(question: str) -> bool:
    """Whether a word has a capital, or is a number and no year, and does not begin a sentence."""
    words = pairwise(question.split())
    inside = (
        word
        for before, word in words
        if before[-1] not in ".?!" and word != "I" and not _YEAR.fullmatch(word.strip("?.,"))
    )
    return any(word.lstrip("\"'“‘(")[:1].isupper() or word[0].isdigit() for word in inside) or bool(
        chinese_names(question)
    )


def _one_of_many(question: str) -> bool:
    """Whether it says "the treaty" and not which one."""
    words = _WORD.findall(question)
    letters = _letters(words)
    return any(
        word.lower() == "the"
        and words[place + 1 :]
        and re.match("s" if _OWNER.search(words[place + 1]) else r"s(?:$|[.dvgw])", letters[place + 1 :])
        and words[place + 1] not in _THE_ONLY
        and not (words[place + 2 : place + 3] and words[place + 2].lower() in ("that", "which", "who"))
        for place, word in enumerate(words)
    )


def _names_alone(question: str) -> list[tuple[int, int]]:
    """Where its names stand, if each stands for itself: none where one is part of a longer phrase, as "Gaza talks"."""
    if chinese(question):
        return [(question.index(name), question.index(name) + len(name)) for name in names(question)]
    words = list(_WORD.finditer(question))
    letters = _letters([word[0] for word in words])
    if re.search(r"[sg]n", letters):
        return []
    spans = []
    for found in re.finditer(r"n+(?:l+n+)*", letters):
        start, last = words[found.start()].start(), words[found.end() - 1]
        owner = last[0].endswith(("'s", "’s"))
        if not owner and re.match(r"[sg]", letters[found.end() :]):
            return []
        spans.append((start, last.end() - len("'s") * owner))
    return spans


def _weight(phrase: str) -> int:
    words = [word for word in phrase.split() if not _TIME.match(word) and not _YEAR.match(word)]
    return len(set(content_terms(" ".join(words)))) + sum(word[0].isupper() for word in words)


def _letters(words: Sequence[str]) -> str:
    """One letter a word: n names, s says otherwise what it is about, g is general, l links, v is a verb, d is "do".

    >>> _letters("how does the old game of chess work".split()), _letters("who leads the WHO".split())
    ('.dlgslsg', 'wvln')
    """
    letters = "".join(map(_letter, _uncapitalised(words)))
    letters = re.sub(r"(dl*g*[sn]+)g", r"\1v", letters)  # "did the king say that"
    letters = re.sub(r"(dl*g*[sn]+)s(?![snv])", r"\1v", letters)  # "does the river flow"
    letters = _TRANSITIVE.sub(  # "did the EU ban oil"
        lambda found: found[0] if _OWNER.search(words[found.end(1) - 1]) else found[1] + "v", letters
    )
    letters = re.sub(r"v(?=[sn])", "s", letters)  # "armed forces"
    return re.sub(r"(w|d\.)s", r"\1v", letters)  # "who signed", "do you mean"


def _uncapitalised(words: Sequence[str]) -> list[str]:
    """The words, the first without its capital where that may be only the sentence's: "Tell", but not "WHO"."""
    return [
        word.lower() if not place and _GENERAL.issuperset(content_terms(word)) and word[1:].islower() else word
        for place, word in enumerate(words)
    ]


def _letter(word: str) -> str:
    lower = word if word.isupper() and len(word) > 1 else word.lower()  # WHO is not who
    if lower in _LETTERS:
        return _LETTERS[lower]
    terms = content_terms(word)
    if not terms:
        return "."
    if word[0].isupper():
        return "n"
    if lower.endswith("ed"):
        return "v"
    return "g" if terms[0] in _GENERAL or lower.endswith("ly") else "s"


def _characters(question: str) -> str:
    """One letter a character of Chinese: s where it is of a word that carries meaning, l where it links two."""
    letters = ["l" if character in "的和与及" else "." for character in question]
    for term in set(content_terms(question)) - _GENERAL:
        for found in re.finditer(re.escape(term), question, re.IGNORECASE):
            letters[found.start() : found.end()] = "s" * len(term)
    return "".join(letters)
