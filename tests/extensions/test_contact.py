from __future__ import annotations

import pytest
from scrapy.settings import Settings

from newscrawl import settings as ours
from newscrawl.extensions.contact import Contact


def user_agent(**by_command_line: str) -> str:
    settings = Settings()
    settings.setmodule(ours)
    settings.setdict(by_command_line, priority="cmdline")
    Contact().update_settings(settings)
    return str(settings["USER_AGENT"])


@pytest.mark.parametrize("contact", ["desk@news.example", "https://news.example/bot"])
def test_contact_stands_in_the_user_agent(contact: str) -> None:
    assert user_agent(NEWSCRAWL_CONTACT=contact) == f"{ours.USER_AGENT[:-1]}; +{contact})"


def test_without_contact_the_user_agent_is_still_true() -> None:
    assert user_agent().startswith("newscrawl/")


def test_the_user_s_own_user_agent_stays() -> None:
    assert user_agent(USER_AGENT="my archive", NEWSCRAWL_CONTACT="desk@news.example") == "my archive"
