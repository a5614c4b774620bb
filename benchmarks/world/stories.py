"""What the outlets publish: when each story appears, is corrected and goes; and its words, the same every time."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from benchmarks.world.outlets import BEGIN, Outlet
from benchmarks.world.words import LANGUAGES, Language

# Share of a day's stories by the hour: little at night, most before noon, again in the evening.
_RHYTHM = (1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 9, 8, 8, 8, 7, 7, 7, 7, 7, 6, 5, 4, 2)
_WEEKENDS = {"ar": (4, 5), "fa": (3, 4), "en": (5, 6), "fr": (5, 6)}
_WEEKEND = 0.6
_FLOOD = 8
_TAKEN_OVER = 0.5


@dataclass(slots=True, kw_only=True)
class Story:
    """One story of an outlet."""

    outlet: Outlet
    number: int
    published: datetime
    corrections: list[datetime] = field(default_factory=list)
    deleted: datetime | None = None
    copy_of: Story | None = None

    @property
    def path(self) -> str:
        return f"/news/{self.published:%Y/%m/%d}/{self.number}-story"

    def changed(self, now: datetime) -> datetime:
        """When it last changed before that instant."""
        return max([self.published, *(at for at in self.corrections if at <= now)])

    def is_there(self, now: datetime) -> bool:
        """Whether its page answers at that instant."""
        return self.published <= now and (self.deleted is None or now < self.deleted)

    @property
    def original(self) -> Story:
        return self.copy_of or self

    def words(self, now: datetime) -> Words:
        """What it says at that instant."""
        return Words(self, sum(at <= now for at in self.corrections))


@dataclass(frozen=True)
class Words:
    """Headline, authors and paragraphs of a state of a story."""

    story: Story
    corrections: int

    @cached_property
    def headline(self) -> str:
        return self._language.headline(self._dice("headline"))

    @cached_property
    def author(self) -> str:
        return self._language.name(random.Random(f"author {self.story.outlet.number} {self.story.number}"))

    @cached_property
    def paragraphs(self) -> list[str]:
        dice = self._dice("body")
        several = [self._language.paragraph(dice) for _ in range(dice.randint(6, 10))]
        if self.story.copy_of is not None:
            # A desk that takes a text over cuts its end, and writes a sentence of its own.
            own = random.Random(f"desk {self.story.outlet.number} {self.story.number}")
            several[-1] = self._language.sentence(own)
        for correction in range(self.corrections):
            own = random.Random(f"correction {self.story.outlet.number} {self.story.number} {correction}")
            several[1 + correction % 3] = self._language.paragraph(own)
        return several

    @property
    def _language(self) -> Language:
        return LANGUAGES[self.story.outlet.language]

    def _dice(self, what: str) -> random.Random:
        original = self.story.original
        return random.Random(f"{what} {original.outlet.number} {original.number}")


def publish(outlets: Sequence[Outlet], days: int, seed: int) -> dict[int, list[Story]]:
    """By the outlet's number, everything that it publishes, in order."""
    stories: dict[int, list[Story]] = {}
    for outlet in sorted(outlets, key=lambda one: one.copies is not None):
        dice = random.Random(f"{seed} {outlet.number}")
        taken = iter(stories[outlet.copies] if outlet.copies is not None else ())
        several: list[Story] = []
        for published in sorted(_times(outlet, days, dice)):
            story = Story(outlet=outlet, number=1000 * outlet.number + len(several), published=published)
            if outlet.copies is not None and dice.random() < _TAKEN_OVER:
                source = next((one for one in taken if one.published > published - timedelta(hours=12)), None)
                if source is not None:
                    story.copy_of = source
                    story.published = max(published, source.published + timedelta(minutes=30))
            story.corrections = sorted(_corrections(story, dice))
            if dice.random() < outlet.deleted:
                story.deleted = max([story.published, *story.corrections]) + timedelta(hours=dice.expovariate(1 / 40))
            several.append(story)
        stories[outlet.number] = sorted(several, key=lambda one: one.published)
    return stories


def _times(outlet: Outlet, days: int, dice: random.Random) -> Iterator[datetime]:
    weekend = _WEEKENDS[outlet.language]
    # What a day has more than a weekend's, so that the mean is the outlet's.
    usual = 7 / (5 + 2 * _WEEKEND)
    for day in range(days):
        date = BEGIN + timedelta(days=day)
        factor = usual * (_WEEKEND if date.weekday() in weekend else 1)
        for hour, share in enumerate(_RHYTHM):
            at = date + timedelta(hours=hour)
            many = _FLOOD if outlet.suffers("flood", at) else 0 if outlet.suffers("silent", at) else 1
            for _ in range(_poisson(outlet.per_day * factor * many * share / sum(_RHYTHM), dice)):
                yield at + timedelta(seconds=dice.randrange(3600))


def _corrections(story: Story, dice: random.Random) -> Iterator[datetime]:
    last = story.published
    chance = story.outlet.corrected
    while dice.random() < chance:
        last += timedelta(hours=dice.lognormvariate(math.log(2), 1.3))
        chance = 0.3
        yield last.replace(microsecond=0)


def _poisson(mean: float, dice: random.Random) -> int:
    limit, product, number = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        number += 1
    return number
