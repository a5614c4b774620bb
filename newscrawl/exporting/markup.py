"""Text that XML can hold."""

from __future__ import annotations

import re

# XML 1.0, production 2: every other character is one that no escape can express.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """The text with U+FFFD for each character that XML 1.0 forbids."""
    return _ILLEGAL.sub("\ufffd", text)
