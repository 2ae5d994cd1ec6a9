"""Files and folders to articles: `read`. One module a format; `files` knows which reads what."""

from index.load.files import SUFFIXES as SUFFIXES
from index.load.files import read as read
