"""Text to sentences: the one splitting that passages, evidence and citations share.

One scan finds the places where a sentence could end; a short list of rules says whether it does. A wrong end is seen by
the reader in every quote, a missed one only makes a quote longer, so where the rules cannot tell, the sentence goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.types import Span


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


# What Markdown puts before a line: heading and list marks, rules and underlines. They are no part of a sentence.
# The numbers of a list are: an article prints "2. The parties agree.".
_MARK = r"(?:#{1,6}|[-*+•◦▪●■►]|[-=*_~]{3,})(?=\s|\Z)"
_HEADING = re.compile(r"[^\S\n]*#{1,6}[^\S\n]")
_LEAD = re.compile(rf"(?:\s|{_MARK})*")
# A line that begins a block of its own, whatever the line before it was: a blank one, a table row, a marked one.
_BLOCK = re.compile(rf"[^\S\n]*(?:\n|\||{_MARK})")
_LETTERED_ITEM = re.compile(r"[^\S\n]*[a-z]\)[^\S\n]+[A-Z\"“]")
_NUMBERED = re.compile(r"[^\S\n]*(\d{1,3})[.)][^\S\n]")
# A title on a line of its own, above a paragraph that is not broken into lines.
_PARAGRAPH = 120  # characters on one line: more than lines are broken at
_JOINING = (
    "a an and are as at because between but by for from if in into is near not of on or than that the to under was "
    "were when which who with"
)
_GOES_ON = "".join(rf"(?<! {word})" for word in _JOINING.split())
_TITLE = re.compile(
    rf"(?<!.)[^\n，]{{0,99}}[^\s.!?,:;…。！？，；：—–-]{_GOES_ON}[^\S\n]*\n"
    rf"(?=[^\W\da-z_]|[\d\"'`“‘(])[^\n]{{{_PARAGRAPH}}}"
)
_STOPPED = re.compile(r"[.!?:;…。！？；：][\"'”’)\]」』）]*\s*\Z")

# A stop takes with it the quotes and brackets that close. "“" and "«" open a quote, and close it in German ("„Nein.“ Er
# ging."), where nothing but a space or a comma follows; in French a space stands before "»".
_STOP = (
    r"(?P<stop>[.!?…。！？；．।؟۔]+)"
    r"(?P<closers>(?:[\"'”’»›)\]}」』）】》〉〕*_]|[“‘«](?=[\s,)]|\Z)|[^\S\n]»(?=\W|\Z))*)"
)
# And marks of notes: "[3]", "[citation needed]", ":116", "²"; "12", of which a page lost that it was raised.
_NOTE = r"\[[^\[\]\n]{1,30}\]|:\d+|[¹²³⁰⁴-⁹†‡\u200b]|[^\S\n]''"
_RAISED = r"(?:(?<=[a-z]{3}\.)|(?<=[.!?][”\"]))\d{1,3}"
_CANDIDATE = re.compile(rf"\n|{_STOP}(?:{_NOTE}|{_RAISED}(?=\s[^\Wa-z\d_]))*")
_ENDED = re.compile(rf"{_STOP}(?:{_NOTE}|{_RAISED}\Z)*\s*\Z")
_OPENERS = re.compile(r"[\"'“‘„‚«‹(\[{¿¡*_「『（【《〈]*")
_SPACE = re.compile(r"\s+")
_NEAR = 300  # characters looked back for the bracket that a bracket closes
_SHORT = 40  # characters that hold any abbreviation with the word before it

_CHINESE = re.compile(r"[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")
_CHINESE_STOP = re.compile(r"[。！？；．…]")
_CHINESE_GOES_ON = re.compile(r"[，、：,:]")
# "“你是谁？”他问。": after a quote the sentence may go on to say whose it is.
_CHINESE_QUOTE_GOES_ON = re.compile(
    r"[，、：,:的と]|[^，。！？；：“”「」\s.!?…]{0,10}"
    r"(?:[说說道问問称稱]|表示|指出|[强強][调調]|回答|[写寫]道|[认認][为為]|[补補]充|解[释釋])道?[。，]"
)
_QUOTE_GOES_ON = re.compile(
    r"(?:[A-Z][\w’'-]*[ ]){1,3}(?:(?:asked|wondered|asks|cried|shouted|exclaimed)\b|(?:said|says|told|wrote|added)[.,])"
)

# "“Why?” — that was all she asked."
_DASHED = re.compile(r"[^\S\n]+[—–-]+[^\S\n]*(?=[^\W\d_])")
# The whole of what stands in brackets, for words left out: "the […] mole".
_LEFT_OUT = re.compile(r"\[(?:\.{3}|…)\]|\((?:\.{3}|…)\)")
_CLOSED = ("]", ")")

# The word before a full stop, with its inner dots: "U.S", "p.m", "Gen", "J"; in Russian, too.
_LETTER = "A-Za-zÀ-ÖØ-öø-ɏА-Яа-яЁё"
_LAST_WORD = re.compile(rf"(?<![^\W_\u3040-\u30ff\u3400-\u9fff])[{_LETTER}][{_LETTER}.]*\Z")
_ONLY_NUMBER = re.compile(r"[\W_]*(?:\d{1,3}|[A-Za-z]|[ivxIVX]+)\Z")
_PARTED = re.compile(r"[^\W\d_]\.")  # "z. B.", "a. C.", "т. е."
_PARTED_END = re.compile(r"(?<![^\W_])[^\W\d_]\.\s[^\W\d_]\Z")
# "AT&T. Verizon", "37 °C. Then": a letter that is joined to what stands before it is no initial.
_JOINED = re.compile(r"[&°/–][A-Z]\Z")
_CAPITALS = re.compile(r"[A-Z]{2}")
_ACRONYM = re.compile(r"(?:[A-Z][a-z]?\.)+[A-Z][a-z]?\Z")
# "Plan B. Russia": the letter belongs to the word before it and is no initial.
_LETTERED = re.compile(
    r"\b(?:[Pp]lan|"
    r"Vitamin|Group|Hepatitis|Type|Class|Grade|Serie|Exhibit|Appendix|Annex|Article|Part|Option|Phase|War) "
    r"[A-Z]\Z"
)
_LOST_SPACE = re.compile(r"(?<![^\s(“\"])[a-z]{3,}\Z")
_CAPITALISED = re.compile(r"[A-Z][a-z]*(?=[\s,])")

# Before a name or an example, never at an end.
_LEADING = _words(
    "Mr Mrs Ms Mx Messrs Dr Drs Prof Gen Lt Col Maj Capt Cmdr Cmdt Cpl Sgt Adm Brig Rep Reps Sen Sens Gov Govs "
    "Pres Rev Fr Hon Rt Mme Mmes Mlle MM Mgr Supt Det Insp Amb Atty Msgr Ald Asst Assoc Dist Mt Ft Pfc Pvt Spc Ens "
    "e.g i.e E.g I.e cf Cf vs Vs v viz c ca approx Approx incl esp "
    "Sra Srta Dra Sig sig Nr Abs bzw vgl Vgl ggf inkl Mio Mrd Tsd z.B d.h u.a av EE им ул г тыс млн млрд"
)
# Part of the number after them ("No. 5", "Jan. 5"), else words that may end a sentence ("No. Then he left.").
_NUMBERING = _words(
    "No Nos no nos Fig Figs fig figs Vol Vols vol vols P p pp Art Arts art arts Sec Secs sec Ch ch Eq eq Ref Para "
    "Paras para paras Res Ex Ext ext Tel tel Pub Stat Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue "
    "Tues Wed Thu Thur Thurs Fri Sat Sun est max min b d r fl ft Rs Cir Supp Civ Crim Evid"
)
_WEEKDAYS = _words("Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun")
_MONTH = re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d")
# German numbers the days and much else with a full stop: "Am 3. Oktober", "im 19. Jahrhundert", "am 3. 10. 1990".
_ORDINAL = re.compile(
    r"(?:(?<![^\W_])(?:[Vv]om|[Zz]um|[Bb]eim|[Ii]m|[Dd]e[rns]|[Dd]em|[Ss]eit) |(?<!\d)\d{1,2}\. )\d{1,2}\Z"
    r"|(?<![\d.,])(?P<any>\d{1,3})\Z"
)
_ORDERED = re.compile(
    r"(?:Januar|Jänner|Februar|März|Mai|Juni|Juli|Oktober|Dezember|Jahrhundert|Jahrestag|Geburtstag|Weltkrieg)"
    r"|(?:April|August|September|November) (?:19|20)\d\d|\d{1,2}\. ?(?:19|20)\d\d"
)
_NUMBER = re.compile(r"[A-Z]?\d|[IVX]{2,}\b|[B-HJ-Z]\b(?!\.)")
# In the middle or at the end: what follows says which.
_TRAILING = _words(
    "St Ste Jr Sr Esq Inc Ltd Co Cos Corp Bros Plc plc Pty Ave Blvd Rd Sq Hwy Dept Univ Assn Govt Natl Intl al ed "
    "eds trans Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev "
    "Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wyo Ph Jan Feb Aug Sept Oct Nov Dec"
)
_STARTER = re.compile(
    r"(?:The|This|That|These|Those|There|Then|They|Their|He|She|It|Its|We|Our|You|I|His|Her|But|And|Or|Nor|So|Yet|If|When|"
    r"While|Although|Though|Because|Since|After|Before|During|In|On|At|By|For|From|With|Without|As|An|A|Another|Both|Some|"
    r"Many|Most|Several|Few|Such|What|Why|How|Who|Where|However|Meanwhile|Moreover|Furthermore|Nevertheless|Instead|Still|"
    r"Also|Now|Today|Yesterday|Earlier|Later|Under|Despite|According|Until|Not|Only|Even|Once|To|Each|Every|All)(?=[\s,’'])"
)
_I = re.compile(r"I\b")
_SURNAMES = _words("He She So An We You I Her His A")  # "J. He" is a person, but "plan B. He left." is not
_NO_SURNAME = re.compile(r"[A-Z]\w* (?!(?:and|or|et|of|in) )[a-z]")
_CLOCK = _words("a.m p.m A.M P.M")
_AFTER_CLOCK = re.compile(
    r"[\d—–-]|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z.]|"
    r"(?:[ECMP][SD]?T|GMT|UTC|BST|CES?T|MSK|HKT|JST|Eastern|Central|Mountain|Pacific)\b|(?:[A-Z]\w+[ ]){1,2}[Tt]ime\b"
)


def sentences(text: str) -> tuple[Span, ...]:
    """The spans of the sentences of `text`: in order, apart, without white space at their ends.

    What lies outside them is white space, heading and list marks, and rules (`---`). A blank line, a heading and a
    list item always end one; a single line break does not, but below a title.

    >>> text = "He left the U.S. The talks ended."
    >>> [text[span.start : span.end] for span in sentences(text)]
    ['He left the U.S.', 'The talks ended.']
    """
    return tuple(_scan(text))


def ended(text: str) -> bool:
    """Whether a text ends as a sentence does, with its quotes and marks of notes, and not as a heading or a row.

    >>> ended("“He left.”[3]"), ended("Size of the parade")
    (True, False)
    """
    return _ENDED.search(text) is not None


def in_heading(text: str, position: int) -> bool:
    """Whether a place in a text is in a line that is marked as a heading, as Markdown does it.

    >>> text = "## Is it open? Yes.\\n\\nIt is."
    >>> in_heading(text, text.index("Yes")), in_heading(text, text.index("It is"))
    (True, False)
    """
    return _HEADING.match(text, text.rfind("\n", 0, position) + 1) is not None


def _scan(text: str) -> Iterator[Span]:
    start, one_line = _lead(text, 0)
    for found in _CANDIDATE.finditer(text):
        if found.start() < start:
            continue
        if found["stop"] is None:
            ended = one_line or _begins_block(text, start, found.end())
        else:
            ended = _ends(text, start, found)
        if ended:
            yield _trimmed(text, start, found.end())
            start, one_line = _lead(text, found.end())
    if start < len(text):
        yield _trimmed(text, start, len(text))


def _lead(text: str, position: int) -> tuple[int, bool]:
    """Where the sentence after `position` begins, and whether it ends with its line, as headings and table rows do."""
    start = _end(_LEAD, text, position)
    return start, text.startswith("|", start) or "#" in text[position:start].rpartition("\n")[2]


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Where what `pattern` matches at `position` ends; `position` itself where it matches nothing."""
    found = pattern.match(text, position)
    return found.end() if found else position


def _trimmed(text: str, start: int, end: int) -> Span:
    return Span(start, start + len(text[start:end].rstrip()))


def _begins_block(text: str, start: int, line: int) -> bool:
    """Whether the line at `line` begins a block of its own, after a sentence that began at `start`."""
    if _BLOCK.match(text, line) or _LETTERED_ITEM.match(text, line) or _TITLE.match(text, start, line + _PARAGRAPH):
        return True
    number = _NUMBERED.match(text, line)
    if number is None:
        return False
    item = _NUMBERED.match(text, start, line)
    follows = item is not None and int(number[1]) == int(item[1]) + 1
    return follows or _STOPPED.search(text[max(start, line - _SHORT) : line]) is not None


def _ends(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether the sentence that began at `start` ends with this stop and what closes with it."""
    end = found.end()
    if end == len(text):
        return True
    if _inside_brackets(text, start, found):
        return False
    after = _end(_SPACE, text, end)
    if after == len(text):
        return True
    if found["closers"] in _CLOSED and text[after].isalnum() and _LEFT_OUT.match(text, found.start() - 1):
        return False
    if _CHINESE_STOP.search(found["stop"]) and (after == end or found["stop"].strip("…")):
        return after > end or _ends_chinese(text, start, found)
    return _ends_before(text, start, found, after) if after > end else _ends_unspaced(text, start, found)


def _inside_brackets(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether the stop stands before the end of brackets that opened in the middle of the sentence."""
    if not any(bracket in found["closers"] for bracket in ")）"):
        return False
    near = text[max(start, found.start() - _NEAR) : found.start()]
    opened = max(near.rfind("("), near.rfind("（"))
    return opened > max(near.rfind(")"), near.rfind("）")) and opened > _end(_OPENERS, near, 0) - 1


def _ends_chinese(text: str, start: int, found: re.Match[str]) -> bool:
    """A Chinese stop with no space after it."""
    stop, closers, end = found["stop"], found["closers"], found.end()
    if (_CHINESE_QUOTE_GOES_ON if closers else _CHINESE_GOES_ON).match(text, end) or "》" in closers or "〉" in closers:
        return False
    if not stop.strip("…"):
        return bool(closers) or text[end] in "“「『"
    if stop == "．":
        return not text[end].isdigit() and not _only_number(text, start, found.start())
    return True


def _ends_unspaced(text: str, start: int, found: re.Match[str]) -> bool:
    """Another stop with no space after it: in Chinese text, or where a page lost the space ("he left.The talks")."""
    stop, closers, end = found["stop"], found["closers"], found.end()
    if _CHINESE.match(text, end):
        if (_CHINESE_QUOTE_GOES_ON if closers else _CHINESE_GOES_ON).match(text, end):
            return False
        in_chinese = _CHINESE.match(text, found.start() - 1) if found.start() > start else None
        return stop[-1] in "!?" or in_chinese is not None
    if stop != "." or closers or not _CAPITALISED.match(text, end):
        return False
    return _LOST_SPACE.search(text[max(start, found.start() - _SHORT) : found.start()]) is not None


def _ends_before(text: str, start: int, found: re.Match[str], after: int) -> bool:
    """A stop and white space. What comes `after` decides, and for a full stop also the word before it."""
    stop, closers = found["stop"], found["closers"]
    word = _end(_OPENERS, text, after)
    letter = text[word : word + 1]
    if letter.islower() and not text[word + 1 : word + 2].isupper():  # "iPhone" may begin a sentence
        return False
    if letter in (".", ",", ";", ":", "!", "?", "…"):
        return False
    dashed = _DASHED.match(text, found.end()) if letter in ("—", "–", "-") else None
    if dashed and text[dashed.end()].islower():
        return False
    if stop in ("...", "…"):  # a pause, or, where no word is before it, words left out
        said = found.start() > start and not text[found.start() - 1].isspace()
        return said and not _I.match(text, word)
    if stop != ".":
        return not (closers and _QUOTE_GOES_ON.match(text, after))
    return not _abbreviated(text, start, found.start(), word)


def _only_number(text: str, start: int, stop: int) -> bool:
    """Whether nothing but a number stands before the stop: "2. The parties agree."."""
    return stop - start < _SHORT and _ONLY_NUMBER.match(text[start:stop]) is not None


def _abbreviated(text: str, start: int, stop: int, after: int) -> bool:
    """Whether the full stop at `stop` belongs to the word before it, and the sentence goes on at `after`."""
    before = text[max(start, stop - _SHORT) : stop]
    if _only_number(text, start, stop) or before.endswith(". "):  # ". . ." leaves words out
        return True
    found = _LAST_WORD.search(before)
    if found is None:
        ordinal = _ORDINAL.search(before)
        return ordinal is not None and (ordinal["any"] is None or _ORDERED.match(text, after) is not None)
    word = found[0]
    if word in _LEADING or (word in _NUMBERING and _NUMBER.match(text, after)):
        return True
    if word.isupper() and word.capitalize() in _LEADING and _CAPITALS.match(text, after):  # "MR. SMITH"
        return True
    if word in _WEEKDAYS and _MONTH.match(text, after):
        return True
    if word in _CLOCK:
        return _AFTER_CLOCK.match(text, after) is not None
    starter = _STARTER.match(text, after)
    if len(word) == 1 and word.islower():
        return _PARTED.match(text, after) is not None or _PARTED_END.search(before) is not None
    if len(word) == 1:
        if _LETTERED.search(before) or _JOINED.search(before):
            return False
        surname = starter is not None and starter[0] in _SURNAMES
        return starter is None or (surname and _NO_SURNAME.match(text, after) is None)
    return starter is None and (word in _TRAILING or _ACRONYM.match(word) is not None)
