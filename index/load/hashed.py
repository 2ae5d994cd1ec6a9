"""A file that is hashed while it is read, so that it need not be read twice."""

from __future__ import annotations

import hashlib
import io
from typing import Any

_BLOCK = 1 << 20  # bytes


def opened(path: str) -> Hashed:
    return Hashed(_Bytes(path))


class Hashed(io.BufferedReader):
    """A file open for reading, with the SHA-256 of all of it."""

    def __init__(self, file: _Bytes) -> None:
        super().__init__(file, _BLOCK)
        self._file = file

    @property
    def done(self) -> int:
        """How many of its bytes were read from the disk."""
        return self._file.done

    def hash(self) -> str:
        """The digest of the whole file, in hexadecimal; what was not read yet is read. The place is the beginning."""
        self.seek(self._file.done)
        while self.read(_BLOCK):
            pass
        self.seek(0)
        return self._file.digest.hexdigest()


class _Bytes(io.FileIO):
    """The bytes of a file, which are hashed as they first go by, in their order."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.digest = hashlib.sha256()
        self.done = 0  # bytes

    def readinto(self, buffer: Any, /) -> int:
        place = self.tell()
        read = super().readinto(buffer) or 0
        if place == self.done:
            self.digest.update(memoryview(buffer)[:read])
            self.done += read
        return read
