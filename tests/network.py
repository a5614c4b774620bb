"""`python -m tests.network crawl news ...`: scrapy in a small internet.

TEST_NAMES="name=address ..." says what names resolve to, TEST_ROUTE="address=loopback address ..." where public
addresses lead. Only calls of the operating system are replaced; every line of the crawl's own runs as it is.
"""

from __future__ import annotations

import os
import socket
from typing import Any

_resolve = socket.getaddrinfo
_resolve_one = socket.gethostbyname
_connect = socket.socket.connect_ex


def _table(variable: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in os.environ.get(variable, "").split())


def replace_the_network() -> None:
    """From now on, names and addresses lead where TEST_NAMES and TEST_ROUTE say."""
    names, route = _table("TEST_NAMES"), _table("TEST_ROUTE")

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        return _resolve(names.get(str(host), host), *args, **kwargs)

    def gethostbyname(host: str) -> str:
        return _resolve_one(names.get(host, host))

    def connect_ex(self: socket.socket, address: Any) -> int:
        if isinstance(address, tuple):
            address = (route.get(address[0], address[0]), *address[1:])
        return _connect(self, address)

    socket.getaddrinfo = getaddrinfo
    socket.gethostbyname = gethostbyname
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    from scrapy.cmdline import execute

    replace_the_network()
    execute()
