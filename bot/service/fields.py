"""Data from outside in which each field is known, so that no limit gets lost by a slip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from index.invalid import nearest


class KnownFields(BaseModel):
    """A field that it does not have is an error, which names the nearest one and all that there are."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _spelled(cls, given: Any) -> Any:
        # Before the fields are read: a name that is misspelt is told, not that it is missing.
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for name in given if isinstance(given, Mapping) else ():
            if name not in cls.model_fields and name not in known:
                near = nearest(str(name), known)
                meant = f" (did you mean {near}?)" if near else ""
                raise ValueError(f"{name} is not known{meant}; known: {', '.join(known) or 'none'}")
        return given
