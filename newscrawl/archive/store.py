"""An S3-compatible store of closed files: what is put there once is never changed again.

obstore speaks to it. Endpoint, region and credentials are those of the standard AWS environment variables.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from newscrawl.exceptions import ArchiveError, ConfigurationError

MOST_BYTES = 5 * 1024**3
"""Of one object: S3 takes no more in one request, and only one request is all or nothing."""

_MARKER = "newscrawl.txt"
_MARKED = b"WARC files of newscrawl and their indexes. Written once, never changed.\n"
_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT")
_CHUNK = 1 << 20
_LISTING_SECONDS = 60.0
_RETRIES = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
_CLIENT = {"connect_timeout": timedelta(seconds=10), "allow_http": True}
# A time limit between bytes read would count the sending of a gigabyte as silence.
_READING = {**_CLIENT, "timeout": timedelta(hours=2), "read_timeout": timedelta(seconds=60)}
_WRITING = {**_CLIENT, "timeout": timedelta(hours=2)}


class Store:
    """The objects below a URL such as s3://bucket/prefix, each a file by its bare name. For any thread.

    Every method raises ArchiveError when the store cannot be reached or does not do as it is asked, and
    FileNotFoundError for an object that is not there.
    """

    def __init__(self, url: str) -> None:
        """Raises ConfigurationError for a URL that is none of a store, or where obstore is missing."""
        try:
            # Here, since only who names a store should load it.
            import obstore
            from obstore.exceptions import BaseError
            from obstore.store import S3Store
        except ImportError as error:
            raise ConfigurationError(f"{url} needs obstore ({error}); install it: pip install obstore") from error
        self.url = url.rstrip("/")
        scheme, _, place = self.url.partition("://")
        if scheme != "s3" or not place.partition("/")[0]:
            raise ConfigurationError(f"{url} names no store; write s3://BUCKET/PREFIX")
        self._obstore, self._error = obstore, BaseError
        _require_endpoint()
        try:
            self._reading = S3Store.from_url(self.url, client_options=_READING, retry_config=_RETRIES)  # type: ignore[arg-type]
            self._writing = S3Store.from_url(self.url, client_options=_WRITING, retry_config=_RETRIES)  # type: ignore[arg-type]
        except BaseError as error:
            raise ConfigurationError(f"{url} names no store: {_first_line(error)}; write s3://BUCKET/PREFIX") from error
        self._sizes: dict[str, int] = {}
        self._listed_at: float | None = None

    def require_usable(self) -> None:
        """Raises ConfigurationError where the store does not answer, has no such bucket, refuses us, or would let an
        object be overwritten. It leaves a small object of its own behind.
        """
        try:
            self.sizes()
            self._create(_MARKER, _MARKED)
            if self._create(_MARKER, _MARKED):
                raise ConfigurationError(
                    f"the store {self.url} lets one object overwrite another (it ignores If-None-Match); "
                    "use one that keeps conditional writes"
                )
        except ArchiveError as error:
            raise ConfigurationError(
                f"{error}; check NEWSCRAWL_ARCHIVE_STORE and the environment: AWS_ENDPOINT_URL, AWS_REGION, "
                "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"
            ) from error

    def sizes(self) -> dict[str, int]:
        """Bytes of each object by its name, asked for now."""
        with self._telling("cannot list"):
            # Not what lies deeper, which is others'.
            listed = self._obstore.list_with_delimiter(self._reading)
            sizes = {one["path"]: one["size"] for one in listed["objects"]}
        self._sizes, self._listed_at = sizes, time.monotonic()
        return dict(sizes)

    def holds(self, name: str) -> bool:
        """Whether there is an object of this name. Who asks often is answered from a listing, at most a minute old."""
        if name not in self._sizes and not self._listed_lately():
            # Before, so that a store that is down is not asked for every page.
            self._listed_at = time.monotonic()
            self.sizes()
        return name in self._sizes

    def read(self, name: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """What stands at each offset and length of an object, in one call; less where it ends before."""
        with self._telling(f"cannot read {name} from"):
            found = self._obstore.get_ranges(
                self._reading,
                name,
                starts=[offset for offset, _ in ranges],
                lengths=[length for _, length in ranges],
            )
            return [bytes(one) for one in found]

    def stream(self, name: str) -> tuple[int, Iterator[bytes]]:
        """Bytes of an object, and what it holds in pieces of about a megabyte."""
        with self._telling(f"cannot read {name} from"):
            answer = self._obstore.get(self._reading, name)
            return answer.meta["size"], self._pieces(name, answer)

    def put(self, path: Path) -> bool:
        """Have the store hold a file of at most MOST_BYTES under its name, and look that it does; False when it has
        another of that name.
        """
        size = path.stat().st_size
        with path.open("rb") as file:
            if size:
                with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
                    self._create(path.name, content)
            else:
                self._create(path.name, b"")
        if not self.has_same(path):
            return False
        self._sizes[path.name] = size
        return True

    def remove(self, name: str) -> None:
        """Have the store hold no object of this name. Only what was pruned is removed."""
        try:
            with self._telling(f"cannot remove {name} from"):
                self._obstore.delete(self._writing, name)
        except FileNotFoundError:
            pass
        self._sizes.pop(name, None)

    def has_same(self, path: Path) -> bool:
        """Whether the store's object of a file's name holds the same bytes; False when there is none."""
        try:
            with self._telling(f"cannot look at {path.name} in"):
                held = self._obstore.head(self._reading, path.name)
        except FileNotFoundError:
            return False
        if held["size"] != path.stat().st_size:
            return False
        if (held["e_tag"] or "").strip('"') == _md5(path):
            return True
        # Stores that encrypt, and those that took it in parts, name something else there.
        _, pieces = self.stream(path.name)
        state = hashlib.sha256()
        for piece in pieces:
            state.update(piece)
        with path.open("rb") as file:
            return state.digest() == hashlib.file_digest(file, "sha256").digest()

    def _create(self, name: str, content: Any) -> bool:
        """Put an object whole, unless there is one of its name: then False."""
        from obstore.exceptions import AlreadyExistsError

        with self._telling(f"cannot put {name} into"):
            try:
                self._obstore.put(self._writing, name, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
            except FileNotFoundError as error:
                raise ArchiveError(f"the store {self.url} has no such bucket: {_first_line(error)}") from error
            return True

    def _pieces(self, name: str, answer: Any) -> Iterator[bytes]:
        with self._telling(f"cannot read {name} from"):
            for piece in answer.stream(min_chunk_size=_CHUNK):
                yield bytes(piece)

    def _listed_lately(self) -> bool:
        return self._listed_at is not None and time.monotonic() - self._listed_at < _LISTING_SECONDS

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise FileNotFoundError(f"{what} the store {self.url}: {_first_line(error)}") from error
        except self._error as error:
            raise ArchiveError(f"{what} the store {self.url}: {_first_line(error)}") from error


def _require_endpoint() -> None:
    # Anything else ends in a panic of the library's.
    for name in _ENDPOINTS:
        value = os.environ.get(name)
        if value is not None and not value.startswith(("http://", "https://")):
            raise ConfigurationError(f"{name}={value} is no URL; write https://HOST, or unset it")


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _first_line(error: Exception) -> str:
    """Without the library's view of its own insides, and the XML of the answer."""
    return str(error).partition("\n\nDebug source")[0].replace("\n", " ")
