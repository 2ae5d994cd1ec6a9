"""Files, folders and addresses to articles: `read`; what was sent: `uploaded`. One module a format, see `registry`."""

from index.load.files import FoundSource as FoundSource
from index.load.files import Traversal as Traversal
from index.load.files import is_address as is_address
from index.load.files import read as read
from index.load.files import read_file as read_file
from index.load.files import weigh as weigh
from index.load.record import given as given
from index.load.registry import SUFFIXES as SUFFIXES
from index.load.upload import plain_name as plain_name
from index.load.upload import uploaded as uploaded
