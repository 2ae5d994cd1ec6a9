"""Files, folders and addresses to articles: `read`. One module a format; `registry` knows which reads what."""

from index.load.files import read as read
from index.load.files import weigh as weigh
from index.load.registry import SUFFIXES as SUFFIXES
