"""The outlets of the world: their language, markup, discovery documents and habits, and what befalls them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""
_TIMEZONES = {"ar": "Africa/Cairo", "en": "Europe/London", "fr": "Europe/Paris", "fa": "Asia/Tehran"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that befalls an outlet from one instant to another."""

    kind: str
    """silent, down, refusing, template, flood or broken_feed."""
    begins: datetime
    ends: datetime

    def holds_at(self, moment: datetime) -> bool:
        """Whether it lasts at that instant."""
        return self.begins <= moment < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One outlet; its host is an address of its own on loopback."""

    number: int
    language: str
    markup: str
    """As `pages.MARKUPS` names it."""
    discovery: Sequence[str]
    """Paths of its feeds, sitemaps and section pages."""
    per_day: float
    """Articles on a mean day."""
    corrected: float = 0.1
    """Share of its articles that are corrected."""
    deleted: float = 0.01
    rotates: bool = False
    """Whether the read-also block names what is newest when the page is asked for, so that its bytes always change."""
    validators: str = "etag"
    """What its answers bear: etag, last_modified, both or none."""
    copies: int | None = None
    """Number of the outlet some of whose articles it takes over."""
    promises: bool = True
    """Whether its source file says what to expect."""
    incidents: Sequence[Incident] = field(default=())

    @property
    def source_id(self) -> str:
        return f"outlet_{self.number:02}"

    @property
    def name(self) -> str:
        titles = {"ar": "صحيفة المرفأ", "en": "The Quay Courier", "fr": "Le Phare", "fa": "روزنامه کوچه"}
        return f"{titles[self.language]} {self.number}"

    @property
    def address(self) -> str:
        return f"127.0.0.{10 + self.number}"

    @property
    def timezone(self) -> str:
        return _TIMEZONES[self.language]

    def suffers(self, kind: str, moment: datetime) -> bool:
        """Whether an incident of that kind lasts at that instant."""
        return any(one.kind == kind and one.holds_at(moment) for one in self.incidents)

    def suffers_between(self, begins: datetime, ends: datetime) -> bool:
        """Whether its pages cannot be had at some instant of these."""
        unreachable = [one for one in self.incidents if one.kind in ("down", "refusing")]
        return any(one.begins < ends and begins < one.ends for one in unreachable)

    @property
    def says_when_it_changes(self) -> bool:
        """Whether its pages stay the same bytes between changes, under a validator."""
        return self.validators != "none" and not self.rotates

    def source_file(self, home: str) -> str:
        """Its TOML file, where it is served at `home`."""
        keys: dict[str, list[str]] = {"feeds": [], "sitemaps": [], "sections": []}
        for path in self.discovery:
            kind = "sitemaps" if "sitemap" in path else "sections" if path == "/news" else "feeds"
            keys[kind].append(home + path)
        lists = [f"{key} = {urls!r}".replace("'", '"') for key, urls in keys.items() if urls]
        lines = [
            f'outlet = "{self.name}"',
            f'homepage = "{home}"',
            f'languages = ["{self.language}"]',
            f'timezone = "{self.timezone}"',
            *lists,
            "[articles]",
            "allow = ['/news/\\d{4}/\\d\\d/\\d\\d/']",
        ]
        if self.promises:
            lines += ["[expect]", f"articles_per_day = {self.per_day:g}", "authors = 0.8", "published_at = 0.95"]
        return "\n".join(lines) + "\n"


_MARKUPS = ("portal", "blog", "plain", "cards", "microdata")
_DISCOVERY = (
    ("/feed.xml",), ("/atom.xml",), ("/sitemap.xml",), ("/feed.xml", "/sitemap.xml"), ("/news",),
    ("/sitemaps.xml",), ("/feed.xml", "/news"),
)  # fmt: skip
_PER_DAY = (3, 6, 4, 9, 2, 12, 5, 7)
_VALIDATORS = ("etag", "both", "last_modified", "none")


def outlets(days: int, count: int = 30) -> list[Outlet]:
    """So many outlets in a world of so many days; what befalls them begins when the first third is over."""

    def lasting(kind: str, begins: float, lasts: float) -> Incident:
        began = BEGIN + timedelta(days=begins)
        return Incident(kind=kind, begins=began, ends=began + timedelta(days=lasts))

    third = days / 3
    befall = {
        5: [lasting("silent", third, days)],
        13: [lasting("down", third + 0.4, 2.5)],
        21: [lasting("template", third + 0.2, days)],
        29: [lasting("flood", third + 1, 1)],
        11: [lasting("broken_feed", third, 3)],
        3: [lasting("refusing", third + 0.5, 2)],
    }
    several = []
    for number in range(count):
        language = "ar" if number % 5 in (0, 1, 3) else ("en", "fr", "fa")[number // 5 % 3]
        several.append(
            Outlet(
                number=number,
                language=language,
                markup=_MARKUPS[number % len(_MARKUPS)],
                discovery=("/feed.xml",) if number == 11 else _DISCOVERY[number % len(_DISCOVERY)],
                per_day=_PER_DAY[number % len(_PER_DAY)],
                corrected=0.05 if number % 3 else 0.2,
                rotates=number % 4 == 2,
                validators=_VALIDATORS[number % len(_VALIDATORS)],
                copies=15 if number % 6 == 4 and language == "ar" and count > 15 else None,
                promises=number % 4 != 0,
                incidents=befall.get(number, ()),
            )
        )
    return several
