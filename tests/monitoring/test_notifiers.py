"""Against real servers on loopback: SMTP by aiosmtpd, HTTP by the standard library."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from newscrawl.exceptions import ConfigurationError
from newscrawl.health.judging import Incident
from newscrawl.monitoring.notifiers import NotNotified, message, notifiers
from tests.monitoring.test_report import FINDING, NOW

# Apprise's doing, when it is loaded.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

BEGAN = Incident(number=1, finding=FINDING, began_at=NOW, seen_at=NOW)
ENDED = Incident(number=2, finding=FINDING, began_at=NOW, seen_at=NOW, ended_at=NOW)
MESSAGE = message([BEGAN], [ENDED], "الأرشيف")


class Mailbox:
    """Takes mail, or refuses it."""

    def __init__(self, refusal: str | None = None) -> None:
        self.refusal, self.taken = refusal, list[Any]()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope)
        return self.refusal or "250 taken"


class FreePort(Controller):
    """On a port that the system gives."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def smtp_server(mailbox: Mailbox) -> Iterator[int]:
    controller = FreePort(mailbox, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def web_server(status: int = 204) -> Iterator[tuple[int, list[tuple[str, Any]]]]:
    posted: list[tuple[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.headers["Content-Type"], json.loads(body)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1], posted
        server.shutdown()
        thread.join()


def test_mail_says_what_began_and_what_is_over() -> None:
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        (notifier,) = notifiers(f"smtp://127.0.0.1:{port}/?from=crawl@x.example&to=desk@x.example&to=b@x.example")
        notifier.send(MESSAGE)
    (envelope,) = mailbox.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("crawl@x.example", ["desk@x.example", "b@x.example"])
    mail = message_from_bytes(envelope.content, policy=policy.default)
    assert mail["Subject"] == "newscrawl (الأرشيف): 1 new, 1 over"
    text = mail.get_content()
    assert "NEW: post: coverage drop since 2026-03-03 (warning)" in text
    assert FINDING.figures in text
    assert "What to do: look at it" in text
    assert "OVER: post: coverage drop since 2026-03-03, ended 2026-03-06" in text


def test_mail_that_is_refused_was_not_told() -> None:
    with smtp_server(Mailbox("554 no")) as port:
        (notifier,) = notifiers(f"smtp://127.0.0.1:{port}/?from=a@x.example&to=b@x.example")
        with pytest.raises(NotNotified, match="554"):
            notifier.send(MESSAGE)


def test_password_that_the_server_does_not_ask_for_was_not_told() -> None:
    with smtp_server(Mailbox()) as port:
        (notifier,) = notifiers(f"smtp://user:secret@127.0.0.1:{port}/?from=a@x.example&to=b@x.example")
        with pytest.raises(NotNotified) as caught:
            notifier.send(MESSAGE)
    assert "secret" not in str(caught.value)


def test_webhook_gets_the_incidents_as_json() -> None:
    with web_server() as (port, posted):
        (notifier,) = notifiers(f"http://127.0.0.1:{port}/hook?token=secret")
        notifier.send(MESSAGE)
    ((kind, body),) = posted
    assert kind.startswith("application/json")
    assert body["subject"] == MESSAGE.subject
    assert [one["number"] for one in body["began"]] == [1]
    assert [one["number"] for one in body["ended"]] == [2]
    assert body["began"][0]["figures"] == FINDING.figures


@pytest.mark.parametrize("status", [404, 500])
def test_webhook_that_answers_with_an_error_was_not_told(status: int) -> None:
    with web_server(status) as (port, _):
        (notifier,) = notifiers(f"http://127.0.0.1:{port}/hook")
        with pytest.raises(NotNotified, match=str(status)):
            notifier.send(MESSAGE)


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/", "smtp://127.0.0.1:{}/?from=a@x.example&to=b@x.example"])
def test_server_that_is_not_there_was_not_told(url: str) -> None:
    with web_server() as (port, _):
        pass
    (notifier,) = notifiers(url.format(port))
    with pytest.raises(NotNotified, match="refused"):
        notifier.send(MESSAGE)


@pytest.mark.parametrize(
    "url",
    ["smtp://mail.example", "smtp://mail.example/?from=a@b&to=desk", "smtps:///?from=a@b&to=c@d", "nosuch://x", "mail"],
)
def test_what_is_no_notifier_is_told_at_the_start(url: str) -> None:
    with pytest.raises(ConfigurationError, match="NEWSCRAWL_NOTIFY"):
        notifiers(url)


def test_several_by_spaces_each_by_a_name_without_its_secrets() -> None:
    several = notifiers("  http://u:secret@one.example/hook/token smtp://u:secret@two.example/?from=a@b&to=c@d ")
    assert [one.name for one in several] == ["http://one.example", "smtp://two.example"]
    assert len({one.digest for one in several}) == 2
    assert notifiers(None) == notifiers("") == []


def test_services_are_apprise_s() -> None:
    pytest.importorskip("apprise", reason="an optional dependency")
    with web_server(200) as (port, posted):
        (notifier,) = notifiers(f"json://127.0.0.1:{port}/hook")
        notifier.send(MESSAGE)
        assert posted[0][1]["title"] == MESSAGE.subject
    assert notifier.name == "json://..."
    with pytest.raises(NotNotified):
        notifier.send(MESSAGE)
