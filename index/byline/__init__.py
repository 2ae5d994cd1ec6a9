"""The publication facts that an article states about itself, and its text without the page's furniture.

`facts` reads a page of plain text, `facts_below` the paragraphs below a title, and `marked` a web page. `markup` says
which part of a web page is believed before another.

The rules are general: labels ("By", "发布时间："), dates, names of sections, and lines around an article ("Share"). A
line is taken for one of these as a whole, never as a part. A fact that is not stated is None. So is one that reads two
ways (7/8/2020).
"""

from index.byline.credits import signed as signed
from index.byline.dates import when as when
from index.byline.languages import language as language
from index.byline.languages import plausible as plausible
from index.byline.markup import marked as marked
from index.byline.names import joined as joined
from index.byline.page import facts as facts
from index.byline.page import facts_below as facts_below
from index.byline.printed import PageFacts as PageFacts
