"""Which JSON-LD node is the page's article, and what its values say."""

from __future__ import annotations

from newscrawl.extraction import jsonld

URL = "https://news.example/story/17"
TITLE = "The bridge is open to lorries"


def node(headline: str, **claims: object) -> jsonld.Node:
    return {"@type": "NewsArticle", "headline": headline, **claims}


def test_the_node_that_claims_the_page_s_url_goes_first() -> None:
    near, far = node("Else", mainEntityOfPage={"@id": URL + "#top"}), node(TITLE, url="https://news.example/9")
    assert jsonld.article_node([far, near], [URL], [TITLE]) is near


def test_a_canonical_url_is_a_page_s_url_too() -> None:
    own = node("Else", url="https://news.example/bridge")
    assert jsonld.article_node([node("Other"), own], [URL, "https://news.example/bridge"], [TITLE]) is own


def test_another_article_s_node_is_not_believed() -> None:
    far = node("Shops by the harbour stay open at night", url="https://news.example/story/9")
    assert jsonld.article_node([far], [URL], [TITLE]) == {}


def test_another_url_of_the_same_story_is_believed() -> None:
    moved = node(TITLE, url="https://news.example/old/17")
    assert jsonld.article_node([moved], [URL], [f"{TITLE} - River Voice"]) is moved


def test_of_silent_nodes_the_one_like_the_page_s_title() -> None:
    other, own = node("Shops by the harbour stay open at night"), node(TITLE)
    assert jsonld.article_node([other, own], [URL], [TITLE]) is own


def test_persons_by_type_and_by_the_id_of_a_reference() -> None:
    assert jsonld.is_person({"@type": ["Person", "Organization"], "name": "Ann Lee"})
    assert jsonld.is_person({"@id": "https://news.example/#/schema/person/7f"})
    assert not jsonld.is_person({"@id": "https://news.example/#organization"})
    assert not jsonld.is_person("Ann Lee")


def test_a_reference_is_no_image() -> None:
    image = {"@id": "https://news.example/story/17#primaryimage"}
    full = {**image, "@type": "ImageObject", "url": "https://news.example/i.jpg"}
    assert list(jsonld.image_urls([image])) == []
    assert list(jsonld.image_urls(jsonld.resolved(image, [full]))) == ["https://news.example/i.jpg"]
