"""Who is told of incidents, each by a URL: mail (smtp), a webhook (http), any service that Apprise knows.

What is told is the same for all: when incidents begin, and when they end. A notifier blocks, and is called in a thread.
"""

from __future__ import annotations

import hashlib
import json
import logging
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Any
from urllib.error import URLError
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from urllib.request import Request, urlopen

from newscrawl.exceptions import ConfigurationError
from newscrawl.health.judging import Incident
from newscrawl.monitoring.report import incident_as_json

_SECONDS = 20.0
_MAIL_PORTS = {"smtp": 25, "smtps": 465}
_WEBHOOKS = ("http", "https")


class NotNotified(Exception):
    """A notifier could not be reached, or refused; what it was to be told is told again after the next run."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is told."""

    subject: str
    text: str
    document: dict[str, Any]
    """The same for machines."""


@dataclass(frozen=True, slots=True)
class Notifier:
    """Somebody who is told."""

    name: str
    """Scheme and host: what a log may show of a URL that holds a password."""
    digest: str
    """By which the database knows whom it has told."""
    send: Callable[[Message], None]
    """Raises NotNotified. Blocks for some 20 seconds at most."""


def notifiers(urls: str | None) -> list[Notifier]:
    """The notifiers of URLs with spaces between.

    Raises ConfigurationError for what is none.
    """
    return [_notifier(url) for url in (urls or "").split()]


def message(began: Sequence[Incident], ended: Sequence[Incident], outlets: str) -> Message:
    """What is told of incidents that began and ended; `outlets` names the crawl."""
    parts = [f"{len(some)} {word}" for some, word in ((began, "new"), (ended, "over")) if some]
    lines = [line for incident in began for line in _told(incident, "NEW")]
    lines += [line for incident in ended for line in _told(incident, "OVER")]
    document = {
        "crawl": outlets,
        "began": [incident_as_json(incident) for incident in began],
        "ended": [incident_as_json(incident) for incident in ended],
    }
    return Message(f"newscrawl ({outlets}): {', '.join(parts)}", "\n".join(lines).strip() + "\n", document)


def _told(incident: Incident, word: str) -> list[str]:
    finding = incident.finding
    what = f"{word}: {finding.source or 'disk'}: {finding.kind.replace('_', ' ')} since {finding.since}"
    if incident.ended_at is not None:
        return [f"{what}, ended {incident.ended_at:%Y-%m-%d}", ""]
    return [f"{what} ({finding.severity})", f"  {finding.figures}", f"  What to do: {finding.remedy}", ""]


def _notifier(url: str) -> Notifier:
    parts = urlsplit(url)
    if "://" not in url:
        raise ConfigurationError(
            "NEWSCRAWL_NOTIFY: a part of it is no URL; write smtp://, https:// or one of Apprise's, with spaces between"
        )
    digest = hashlib.sha256(url.encode()).hexdigest()[:16]
    name = f"{parts.scheme}://{(parts.netloc.rpartition('@')[2] or '...')[:40]}"
    if parts.scheme in _MAIL_PORTS:
        return Notifier(name, digest, _mail(parts, name))
    if parts.scheme in _WEBHOOKS:
        return Notifier(name, digest, lambda message: _post(url, message))
    # Of other services the host is the secret.
    name = f"{parts.scheme}://..."
    return Notifier(name, digest, _service(url, name))


def _mail(parts: SplitResult, name: str) -> Callable[[Message], None]:
    query = parse_qs(parts.query)
    sender, recipients = query.get("from", []), query.get("to", [])
    if (
        not parts.hostname
        or len(sender) != 1
        or not recipients
        or not all("@" in one for one in (*sender, *recipients))
    ):
        raise ConfigurationError(
            f"NEWSCRAWL_NOTIFY: {name} names no mail server, sender and recipient; write "
            "smtp://[USER:PASSWORD@]HOST[:PORT]/?from=crawler@example.org&to=desk@example.org"
        )
    host, user, password = parts.hostname, unquote(parts.username or ""), unquote(parts.password or "")
    port = parts.port or _MAIL_PORTS[parts.scheme]

    def send(message: Message) -> None:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = message.subject, sender[0], ", ".join(recipients)
        mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="newscrawl.invalid")
        mail.set_content(message.text)
        tls = ssl.create_default_context()
        try:
            with (
                smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=tls)
                if parts.scheme == "smtps"
                else smtplib.SMTP(host, port, timeout=_SECONDS)
            ) as server:
                is_private = parts.scheme == "smtps" or _is_loopback(host)
                server.ehlo()
                if parts.scheme == "smtp" and server.has_extn("starttls"):
                    server.starttls(context=tls)
                    is_private = True
                if user and not is_private:
                    raise NotNotified("the server offers no TLS, and the password would be sent in the open; use smtps")
                if user:
                    server.login(user, password)
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise NotNotified(str(error)) from error

    return send


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _post(url: str, message: Message) -> None:
    body = json.dumps({"subject": message.subject, "text": message.text, **message.document}, ensure_ascii=False)
    request = Request(
        url, body.encode(), {"Content-Type": "application/json; charset=utf-8", "User-Agent": "newscrawl"}
    )
    try:
        with urlopen(request, timeout=_SECONDS) as answer:
            answer.read(1)
    except (URLError, OSError, ValueError) as error:
        raise NotNotified(str(error)) from error


def _service(url: str, name: str) -> Callable[[Message], None]:
    if find_spec("apprise") is None:
        raise ConfigurationError(
            f"NEWSCRAWL_NOTIFY: {name} needs Apprise: `.venv/bin/python -m pip install apprise`; "
            "mail (smtp://) and webhooks (https://) do without"
        )
    # Some 0.3 s and 20 MB, for those who use it.
    from apprise import Apprise

    service = Apprise()
    log = logging.getLogger("apprise")
    # It would name the URL that it does not know, password and all.
    log.disabled = True
    is_known = service.add(url)
    log.disabled = False
    if not is_known:
        raise ConfigurationError(
            f"NEWSCRAWL_NOTIFY: {name} is no URL that Apprise knows, such as slack://TOKEN/#channel or "
            "tgram://BOT-TOKEN/CHAT; see Apprise's documentation"
        )

    def send(message: Message) -> None:
        if not service.notify(title=message.subject, body=message.text):
            raise NotNotified("the service refused or could not be reached; Apprise's lines in the log say more")

    return send
