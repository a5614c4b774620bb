"""When a host that refuses, or fails, may be asked again.

Two ways of leaving a host alone. A host that refuses (429, 503) is paused within the run: for as long as it says, else
for 1, 2, 4, ... seconds, and afterwards it is asked at longer intervals, which each good answer shortens. A host that
fails again and again, or refuses for longer than a run waits, rests: nothing more of it is asked in the run, and
nothing before its rest is over. Then one request tries it; its answer brings the host back, its failure a longer rest.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

from newscrawl.manners.retry_after import LONGEST

FIRST_PAUSE = 1.0
"""Seconds after a first refusal that says nothing of how long; doubled with each further one in a row."""
LONGEST_PAUSE = 120.0
FAILURE_WINDOW = 30 * 60.0
"""Seconds after which a failure no longer counts."""
FIRST_REST = timedelta(minutes=30)
"""Doubled with each further rest in a row. Less than an hour, so that an hourly run tries the host."""
LONGEST_REST = timedelta(hours=4)
"""So far a rest grows by itself: what the host's feeds name meanwhile is lost when they have named more since."""

_LEAST_SLOWED = 1.0
_EASING = 0.9
_MOST_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Patience:
    """What a run puts up with from one host."""

    seconds: float
    """Of pauses, all of a run together."""
    failures: int
    """In a row, within FAILURE_WINDOW, before it rests; 0: it never does for failures."""
    longest_delay: float
    """Most seconds between requests to a host that refused."""


@dataclass(slots=True)
class Host:
    """What a run knows of one host's temper. Times are seconds of a monotonic clock."""

    patience: Patience
    rests: int = 0
    """Rests in a row, at the run's start and in it. An answer does not end the row while the run lasts: where
    robots.txt answers and pages hang, the next rest is longer."""
    resting: bool = False
    """Whether it is to be asked nothing more in this run."""
    is_back: bool = False
    """Whether it has answered in this run."""
    delay: float = 0.0
    """Least seconds between requests, beside what other rules ask for."""
    paused_until: float = 0.0
    refusals: int = 0
    """In a row."""
    _waited: float = 0.0
    _failures: deque[float] = field(default_factory=deque)

    @property
    def on_trial(self) -> bool:
        """Whether one request is to try it before others are made."""
        return self.rests > 0 and not self.resting and not self.is_back

    @property
    def in_trouble(self) -> bool:
        """Whether it failed or refused last."""
        return bool(self._failures or self.refusals)

    def answered(self) -> None:
        """It gave an answer that is neither refusal nor failure."""
        self.is_back = True
        self.refusals = 0
        self._failures.clear()
        eased = self.delay * _EASING
        self.delay = eased if eased >= _LEAST_SLOWED else 0.0

    def refused(self, at: float, asked: float | None) -> bool:
        """It refused, asking for `asked` seconds; whether a pause will do: else it is to rest.

        The second refusal in a row and those after it pause the host as long as if it had asked for nothing, where
        that is longer.
        """
        self.refusals += 1
        growing = min(FIRST_PAUSE * (1 << min(self.refusals - 1, _MOST_DOUBLINGS)), LONGEST_PAUSE)
        pause = growing if asked is None else asked if self.refusals == 1 else max(asked, growing)
        until = max(self.paused_until, at + pause)
        waited = self._waited + until - max(self.paused_until, at)
        if self.on_trial or waited > self.patience.seconds:
            return False
        self._waited, self.paused_until = waited, until
        self.delay = min(max(self.delay, _LEAST_SLOWED) * 2, self.patience.longest_delay)
        return True

    def failed(self, at: float) -> bool:
        """It did not answer, or with an error of its own; whether it may be asked again: else it is to rest."""
        self._failures.append(at)
        while self._failures[0] <= at - FAILURE_WINDOW:
            self._failures.popleft()
        return not self.on_trial and (not self.patience.failures or len(self._failures) < self.patience.failures)

    def rest(self, asked: float | None = None) -> timedelta:
        """Put it to rest; for how long, which is no less than the `asked` seconds."""
        self.resting = True
        growing = FIRST_REST * (1 << min(self.rests, _MOST_DOUBLINGS))
        self.rests += 1
        return min(max(min(growing, LONGEST_REST), timedelta(seconds=asked or 0.0)), timedelta(seconds=LONGEST))
