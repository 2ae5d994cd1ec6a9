"""The publication facts that a news page prints about itself, and its text without the page's furniture.

The rules are general: labels ("By", "Source:", "发布时间："), dates, names of sections, and lines that pages put around
an article ("Share", "Photo: …", "All rights reserved"). A line is taken for one of these as a whole, never a part of
prose. What is not printed is None, and what reads two ways (7/8/2020) is not guessed.
"""

from index.byline.dates import when as when
from index.byline.languages import language as language
from index.byline.names import joined as joined
from index.byline.page import facts as facts
from index.byline.printed import Facts as Facts
