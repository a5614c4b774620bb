"""What pages of articles are said not to be used for, as last met."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from newscrawl.storage.ends import End
from newscrawl.storage.schema import OptOutRow, table
from newscrawl.storage.story import Reserved

_OPT_OUTS = table(OptOutRow).c
_KNOWN = select(*table(OptOutRow).c).where(_OPT_OUTS.article_id.in_(bindparam("ids", expanding=True)))
_FORGET = delete(table(OptOutRow)).where(
    _OPT_OUTS.article_id == bindparam("id"),
    _OPT_OUTS.signal == bindparam("named"),
    _OPT_OUTS.stated_in == bindparam("place"),
)
_ADD = insert(table(OptOutRow))


def record(session: Session, ends: Iterable[End]) -> None:
    """Bring what is known of the articles in line with what these visits met; the last of an article counts."""
    met = {end.article_id: end for end in ends if end.article_id is not None and end.visit.opt_outs is not None}
    if not met:
        return
    connection = session.connection()
    known: dict[tuple[int, str, str], str] = {
        (row.article_id, row.signal, row.stated_in): row.text
        for row in connection.execute(_KNOWN, {"ids": sorted(met)})
    }
    now: dict[tuple[int, str, str], dict[str, Any]] = {
        (article_id, str(one.signal), one.stated_in): {"text": one.text, "since": end.now}
        for article_id, end in met.items()
        for one in end.visit.opt_outs or ()
    }
    gone = [key for key, text in known.items() if key not in now or now[key]["text"] != text]
    new = [key for key, row in now.items() if known.get(key) != row["text"]]
    if gone:
        connection.execute(_FORGET, [dict(zip(("id", "named", "place"), key, strict=True)) for key in gone])
    if new:
        named = ("article_id", "signal", "stated_in")
        connection.execute(_ADD, [dict(zip(named, key, strict=True)) | now[key] for key in new])


def of_article(session: Session, article_id: int) -> list[Reserved]:
    """What one article's page is said not to be used for."""
    columns = (_OPT_OUTS[name] for name in ("signal", "stated_in", "text", "since"))
    of_one = select(*columns).where(_OPT_OUTS.article_id == article_id).order_by(_OPT_OUTS.signal, _OPT_OUTS.stated_in)
    return [Reserved(**row._mapping) for row in session.execute(of_one)]
