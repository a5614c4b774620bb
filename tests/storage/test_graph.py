from __future__ import annotations

from typing import Any

from newscrawl.storage import exports, graph
from newscrawl.storage.database import Database
from newscrawl.storage.exports import Selection
from newscrawl.storage.graph import Edge, Node
from tests.exporting.stored import fill
from tests.storage.test_articles import TEXT, article, store


def whole(database: Database, **fields: Any) -> tuple[dict[str, Node], list[Edge]]:
    with exports.snapshot(database) as session:
        selection = Selection(**fields)
        nodes = list(graph.nodes(session, selection))
        return {node.id: node for node in nodes}, list(graph.edges(session, selection))


def name(node: Node) -> str:
    return node.url.rpartition("/")[2] if node.url else f"«{node.headline}»"


def told(nodes: dict[str, Node], edges: list[Edge]) -> list[tuple[str, str, str, int | None, str | None]]:
    return [
        (name(nodes[edge.source]), name(nodes[edge.target]), edge.kind, edge.position, edge.resolved_by)
        for edge in edges
    ]


def test_nodes_are_articles_and_what_is_not_archived(database: Database) -> None:
    fill(database)
    nodes, _ = whole(database)
    assert [(node.kind, name(node), node.source) for node in nodes.values()] == [
        ("article", "target", "news"),
        ("article", "naming", "news"),
        ("article", "copy", "other"),
        ("article", "change", "news"),
        ("article", "late", "news"),
        ("url", "never", None),
        ("headline", "«لا أحد»", "news"),
    ]


def test_edges_say_how_their_target_is_known(database: Database) -> None:
    fill(database)
    nodes, edges = whole(database)
    assert told(nodes, edges) == [
        ("naming", "target", "related", 1, "url"),
        ("naming", "target", "related", 2, "alias"),
        ("naming", "late", "related", 3, "headline"),
        ("naming", "never", "related", 4, None),
        ("naming", "«لا أحد»", "related", 5, None),
        ("late", "«لا أحد»", "related", 1, None),
        ("copy", "target", "duplicate_of", None, None),
    ]
    assert (edges[2].placement, edges[2].label, edges[2].headline) == ("aside", "اقرأ أيضاً", "المتأخر")


def test_what_the_chosen_articles_name_is_there_though_it_was_not_chosen(database: Database) -> None:
    fill(database)
    nodes, edges = whole(database, sources=["other"])
    assert [name(node) for node in nodes.values()] == ["target", "copy"]
    assert told(nodes, edges) == [("copy", "target", "duplicate_of", None, None)]


def test_only_the_current_reading_has_edges(database: Database) -> None:
    fill(database)
    store(database, article("https://news.example/naming", text=f"{TEXT} بلا روابط", headline="بلا"), "run-2")
    nodes, edges = whole(database)
    assert [edge for edge in told(nodes, edges) if edge[0] == "naming"] == []
    assert "never" not in [name(node) for node in nodes.values()]
