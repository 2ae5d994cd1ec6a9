"""Rules of a site's robots.txt for programs (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protego import Protego

PRODUCT = "Byline"  # the name that a robots.txt knows the program by
_READ = 512_000  # bytes of a robots.txt that are read, as much as RFC 9309 asks for


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one robots.txt."""

    parsed: Protego

    def allow(self, address: str) -> bool:
        return bool(self.parsed.can_fetch(address, PRODUCT))

    @property
    def delay(self) -> float:
        """Seconds between two requests that it asks for; 0 where it does not ask."""
        return float(self.parsed.crawl_delay(PRODUCT) or 0)


def rules(data: bytes) -> RobotsRules:
    """The rules in the bytes of a robots.txt. What is not a rule in it is passed over."""
    from protego import Protego

    return RobotsRules(Protego.parse(data[:_READ].decode("utf-8-sig", "replace")))
