"""What a field was read from goes with what was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from newscrawl.items import Evidence

T = TypeVar("T")


@dataclass(frozen=True)
class Told(Generic[T]):
    """A value, and what tells it."""

    value: T
    evidence: Evidence


def first_told(claims: Iterable[tuple[Evidence, T | None]]) -> Told[T] | None:
    """The first claim that says something; claims come in the order in which they are believed."""
    return next((Told(value, evidence) for evidence, value in claims if value), None)
