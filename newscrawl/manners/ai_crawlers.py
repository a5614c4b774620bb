"""Names under which robots.txt speaks to crawlers that gather texts for the training of AI.

As of 2026-11-23. A selection from the community's list github.com/ai-robots-txt/ai.robots.txt: those that gather for
training, or for corpora that serve it, not those that answer one user's question or build an index of links. What their
operators say of them: OpenAI (GPTBot), Anthropic (ClaudeBot; anthropic-ai and Claude-Web are its former names), Google
(Google-Extended, a name for robots.txt alone), Apple (Applebot-Extended, the same), Common Crawl (CCBot), Meta
(Meta-ExternalAgent, FacebookBot), Ai2 (AI2Bot, Ai2Bot-Dolma), Cohere (cohere-training-data-crawler; cohere-ai),
Webz.io (omgili, omgilibot, Webzio-Extended), ByteDance (Bytespider), Amazon (Amazonbot), Huawei (PanguBot), LAION
(LAIONDownloader, img2dataset), Diffbot, Timpi (Timpibot).
"""

from __future__ import annotations

AI_CRAWLERS: tuple[str, ...] = (
    "AI2Bot",
    "Ai2Bot-Dolma",
    "Amazonbot",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "Claude-Web",
    "ClaudeBot",
    "Diffbot",
    "FacebookBot",
    "GPTBot",
    "Google-Extended",
    "LAIONDownloader",
    "Meta-ExternalAgent",
    "PanguBot",
    "Timpibot",
    "Webzio-Extended",
    "anthropic-ai",
    "cohere-ai",
    "cohere-training-data-crawler",
    "img2dataset",
    "omgili",
    "omgilibot",
)
"""In the order of their names; the newest list lies under the address above."""
