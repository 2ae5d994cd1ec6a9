"""Articles that a Ray cluster reads, splits and embeds, in the order in which one machine would.

The cluster writes nothing. What it made comes back to the one writer, `Index.add`. That decides what is new and what is
a copy, and makes itself what it lacks. So work that is done twice, as after a lost worker, is written once.
"""

from __future__ import annotations

import logging
import pickle
import socket
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from index.errors import ClusterFailed, ClusterUnreachable, RayMissing, ShownError
from index.ingest.ingest import Given as Given
from index.ingest.ingest import checked
from index.ingest.passages import Made, Recipe, vectors_of
from index.load import FoundSource, Traversal, is_address, read_file
from index.quiet import quiet
from index.types import Article, Visit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Digests = NDArray[np.uint64]  # (n,), sorted: the beginnings of the digests of articles
    Rows = dict[str, NDArray[np.object_]]  # in one column pickled values, so that no text is changed on the way

LOCAL, AUTO = "local", "auto"
FILES = 16  # that one task reads
ROWS = 16  # articles that are embedded together
BLOCK = 4 * 2**20  # bytes that are handed on at once: a long file is embedded while it is read
# Of a processor. A reader and an embedder share one: reading is quick beside embedding.
READER, EMBEDDER = 0.25, 0.75
CONNECTING = 10.0  # seconds
HEXADECIMAL = 16  # digits of a digest that are compared


@contextmanager
def cluster(address: str) -> Iterator[None]:
    """Uses a cluster while the block lasts. `local` is one of this machine's own, `auto` the one that runs on this
    machine; else it is at `HOST:PORT`. Raises RayMissing, ClusterUnreachable; ClusterFailed in the block.
    """
    quiet()  # before Ray is imported: it would count its users
    try:
        import ray
        from ray.exceptions import RayError
    except ImportError as error:
        raise RayMissing from error
    _connect(ray, address)
    try:
        yield
    except RayError as error:
        raise ClusterFailed(str(error).strip().splitlines()[-1]) from error
    finally:
        ray.shutdown()


def _connect(ray: Any, address: str) -> None:
    own = {"include_dashboard": False} if address == LOCAL else {}
    try:
        if address not in (LOCAL, AUTO):
            _reach(address)
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **own)
    except (OSError, ValueError, RuntimeError) as error:
        raise ClusterUnreachable(address, str(error).strip().splitlines()[0].rstrip(".")) from error


def _reach(address: str) -> None:
    """Raises OSError where nobody listens at `HOST:PORT`; Ray would wait for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError("an address is HOST:PORT, as `ray start` prints it")
    socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECTING).close()


def read(traversal: Traversal, recipe: Recipe, digests: Iterable[str]) -> Generator[Given]:
    """The readings of a traversal, as `index.load.read` gives it, and new articles with their passages and vectors.

    Within `cluster` only, and closed there: else Ray would go on with it. Of articles whose digests are among `digests`
    nothing is made. Files are read on the cluster, which has to see them under the same paths; addresses are fetched
    here, since hosts are asked one page at a time.
    """
    steps = list(traversal.steps())
    files = [step for step in steps if isinstance(step, FoundSource) and not is_address(step.source)]
    with closing(_rows(files, recipe, _beginnings(digests))) as rows:
        for step in steps:
            if not isinstance(step, FoundSource):
                yield step
            elif is_address(step.source):
                yield from traversal.read(step)
            else:
                yield from _one_file(rows, traversal)


def _one_file(rows: Iterator[bytes], traversal: Traversal) -> Iterator[Given]:
    """The next rows, up to the end of a visit."""
    for row in rows:
        item, went_by = pickle.loads(row)
        if isinstance(item, ShownError):
            raise item
        traversal.progress(went_by)
        yield traversal.as_given(item)
        if isinstance(item, Visit):
            return


def _rows(files: Sequence[FoundSource], recipe: Recipe, digests: Digests) -> Generator[bytes]:
    """Pickled pairs of an item and the bytes of its file that went by, in the order of `files`."""
    if not files:
        return
    import ray
    from ray.data import ActorPoolStrategy, DataContext, from_items

    context = DataContext.get_current()
    context.execution_options.preserve_order = True
    context.target_max_block_size = BLOCK
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    most = max(1, int(ray.cluster_resources().get("CPU", 1)))
    read = from_items([{"row": pickle.dumps(each)} for each in files], override_num_blocks=-(-len(files) // FILES))
    made = read.flat_map(_read, num_cpus=READER).map_batches(
        _Maker,
        fn_constructor_args=(pickle.dumps(recipe), ray.put(digests)),
        batch_size=ROWS,
        num_cpus=EMBEDDER,
        compute=ActorPoolStrategy(min_size=1, max_size=most),
    )
    rows = iter(made.iter_rows())
    try:
        for row in rows:
            yield row["row"]
    finally:
        rows.close()  # which ends the work on the cluster


def _read(row: dict[str, bytes]) -> Iterator[dict[str, bytes]]:
    """The items of one file, read on the cluster."""
    went_by = [0]
    for item in read_file(pickle.loads(row["row"]), went_by.append):
        yield {"row": pickle.dumps((item, sum(went_by)))}
        went_by.clear()


class _Maker:
    """Makes passages and vectors: on the cluster, with the embedder loaded once a process."""

    def __init__(self, recipe: bytes, digests: Any) -> None:
        import ray

        self._recipe: Recipe = pickle.loads(recipe)
        self._digests: Digests = ray.get(digests)

    def __call__(self, batch: Rows) -> Rows:
        import numpy as np

        items, went_by = zip(*map(pickle.loads, batch["row"]), strict=True)
        try:
            given = self._made(items)
        except ShownError as error:  # another class of it may not come through pickle
            given = [ShownError(str(error)), *items[1:]]
        rows = np.empty(len(items), dtype=object)
        rows[:] = [pickle.dumps(pair) for pair in zip(given, went_by, strict=True)]
        return {"row": rows}

    def _made(self, items: Sequence[Any]) -> list[Any]:
        """The items, with `Made` in the place of new articles."""
        new = [(item, self._recipe.passages(item)) for item in items if isinstance(item, Article) and self._new(item)]
        vectors, done = vectors_of(new, self._recipe.embedder), 0
        made = dict[int, Made]()
        for article, passages in new:
            made[id(article)] = Made(article, passages, vectors[done : done + len(passages)])
            done += len(passages)
        return [made.get(id(item), item) for item in items]

    def _new(self, article: Article) -> bool:
        """Whether an article may be taken in, and is not known."""
        mark = checked(article)
        if not isinstance(mark, str):
            return False
        sought = int(mark[:HEXADECIMAL], 16)
        place = int(self._digests.searchsorted(self._digests.dtype.type(sought)))
        return place == len(self._digests) or int(self._digests[place]) != sought


def _beginnings(digests: Iterable[str]) -> Digests:
    """64 bits of each digest. Where two agree by chance, the writer makes what is missing."""
    import numpy as np

    return np.sort(np.fromiter((int(each[:HEXADECIMAL], 16) for each in digests), dtype=np.uint64))
