from __future__ import annotations

import base64
import hashlib

import pytest

from newscrawl.archive.digests import agrees, digest, normal_digest

SHA1 = hashlib.sha1(b"news", usedforsecurity=False)
BASE32 = base64.b32encode(SHA1.digest()).decode()


def test_a_digest_is_of_the_pieces_joined() -> None:
    assert digest(b"ne", b"ws") == "sha256:" + hashlib.sha256(b"news").hexdigest()


@pytest.mark.parametrize("stated", [f"sha1:{BASE32}", f"SHA-1:{BASE32.lower()}", f"sha1:{SHA1.hexdigest().upper()}"])
def test_a_digest_is_known_in_every_base(stated: str) -> None:
    assert normal_digest(stated) == f"sha1:{SHA1.hexdigest()}"
    assert agrees(stated, b"ne", b"ws") is True
    assert agrees(stated, b"other") is False


@pytest.mark.parametrize("stated", [None, "", "sha1:", "sha1:!!", "sha1:خبر", "crc32:abcd", "sha256:ABCD", BASE32])
def test_what_is_no_known_digest_is_not_judged(stated: str | None) -> None:
    assert normal_digest(stated) is None
    assert agrees(stated, b"news") is None
