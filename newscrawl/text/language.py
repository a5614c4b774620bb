"""Language tags as pages write them."""

import re

# Codes that pages still send, and the tags that replaced them (IANA language subtag registry).
_REPLACED = {"iw": "he", "in": "id", "ji": "yi"}
_TAG = re.compile(r"^\s*([a-z]{2,3})(?:[-_][a-z0-9]+)*\s*$", re.IGNORECASE)


def primary_language(tag: str | None) -> str | None:
    """The BCP 47 primary language of a tag such as `ar-EG` or `ar_EG`; None for what is no tag."""
    match = _TAG.match(tag or "")
    if not match:
        return None
    code = match[1].lower()
    return _REPLACED.get(code, code)
