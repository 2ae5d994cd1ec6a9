"""A few articles about a small town, made up for the tests of the page; one of them is hostile."""

from __future__ import annotations

from datetime import date

from index.types import Article, Kind

BRIDGE = Article(
    "bridge",
    "Vellmar's old bridge reopens",
    "The old bridge in Vellmar reopened on 3 May 2021 after two years of repairs. The repairs of the bridge cost "
    "4.2 million euros, a third more than planned.\n\nThe mayor, Ines Brandt, cut the ribbon. Buses will cross the "
    "bridge again from June.",
    url="https://news.example/bridge",
    author="Tom Okafor",
    outlet="Vellmar Courier",
    published=date(2021, 5, 4),
    kind=Kind.REPORT,
    language="en",
)
TRAM = Article(
    "tram",
    "Vellmar needs its tram back",
    "The town council should rebuild the tram that Vellmar tore up in 1962. A tram would carry more people than the "
    "bus lanes do. Every town of our size that rebuilt its tram has been glad of it.",
    url="javascript:alert(document.domain)",
    author="Ada Lind",
    outlet="Vellmar Courier",
    published=date(2021, 6, 1),
    kind=Kind.OPINION,
    language="en",
)
# Its title, author and text try to be an image, a link, a script, a form, a formula, a template and the end of a mark.
HOSTILE = Article(
    "hostile",
    "<img src=http://evil.example/title.png onerror=window.pwned=1> ![x](http://evil.example/t.png)",
    "The harbour of Vellmar <img src=x onerror=window.pwned=1><script>window.pwned=1</script> closed in April 2019 "
    "with ![a picture](http://evil.example/a.png) and [a link](http://evil.example/b) and </mark></section>"
    "<form action=http://evil.example><input></form> and $$\\href{http://evil.example}{x}$$ and ${window.pwned=1} "
    "and `code`.\n\n# A heading\n\n<iframe src=http://evil.example></iframe>\n\n- a list",
    url='https://news.example/"><script>window.pwned=1</script>',
    author="<b>Mallory</b>",
    outlet='"><svg onload=window.pwned=1>',
    published=date(2019, 4, 2),
    kind=Kind.REPORT,
    language="en",
)
ARTICLES = (BRIDGE, TRAM, HOSTILE)
