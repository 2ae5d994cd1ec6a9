"""The publication facts that a news page states about itself, and its text without the page's furniture.

`facts` reads a page of plain text, `marked` a web page; `index.byline.markup` says whose word goes before whose. The
rules are general: labels ("By", "Source:", "发布时间："), dates, names of sections, and lines that pages put around an
article ("Share", "Photo: …", "All rights reserved"). A line is taken for one of these as a whole, never as a part.
What is not stated is None, and what reads two ways (7/8/2020) is not guessed.
"""

from index.byline.dates import when as when
from index.byline.languages import language as language
from index.byline.languages import plausible as plausible
from index.byline.markup import marked as marked
from index.byline.names import joined as joined
from index.byline.page import facts as facts
from index.byline.printed import Facts as Facts
