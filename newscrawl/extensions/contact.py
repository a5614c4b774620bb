"""Telling webmasters in the user agent where to reach those who crawl."""

from __future__ import annotations

from scrapy.settings import BaseSettings


class Contact:
    """A Scrapy add-on that adds NEWSCRAWL_CONTACT to our user agent; one that the user has set stays as it is."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Called once for each crawl, when every setting is known."""
        contact, user_agent = settings["NEWSCRAWL_CONTACT"], settings["USER_AGENT"]
        if contact and user_agent.endswith("(news archive)"):
            settings.set("USER_AGENT", f"{user_agent[:-1]}; +{contact})", priority="project")
