from __future__ import annotations

import json
import subprocess
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pyarrow import parquet

from newscrawl.exporting import graph as graph_export
from newscrawl.items import plain
from newscrawl.storage import exports, graph
from newscrawl.storage.database import Database
from newscrawl.storage.exports import Selection
from newscrawl.storage.graph import Edge, Node
from newscrawl.urls import article_id
from tests.environments import programs_of
from tests.exporting.stored import NAILS

_NAMESPACE = "{http://graphml.graphdrawing.org/xmlns}"
_READ = """
import json, sys
import networkx
graph = networkx.read_graphml(sys.argv[1])
print(json.dumps([graph.is_directed(), dict(graph.nodes(data=True)), [list(edge) for edge in graph.edges(data=True)]]))
"""


def whole(database: Database, **fields: Any) -> tuple[list[Node], list[Edge]]:
    with exports.snapshot(database) as session:
        selection = Selection(**fields)
        return list(graph.nodes(session, selection)), list(graph.edges(session, selection))


def data(told: Node | Edge, *structure: str) -> dict[str, Any]:
    return {name: value for name, value in plain(told).items() if value is not None and name not in structure}


@pytest.mark.slow
def test_networkx_reads_it_back(archive: Database, tmp_path: Path) -> None:
    nodes, edges = whole(archive)
    file = tmp_path / "links.graphml"
    with file.open("wb") as target:
        assert graph_export.write_graphml(target, nodes, edges) == (len(nodes), len(edges))
    python = programs_of(Path(__file__).with_name("readers.txt")) / "python"
    read = subprocess.run([python, "-c", _READ, file], capture_output=True, text=True, check=True)
    directed, read_nodes, read_edges = json.loads(read.stdout)
    assert directed is True
    assert read_nodes == {node.id: data(node, "id") for node in nodes}
    assert NAILS in [node.get("headline") for node in read_nodes.values()]
    expected = [[edge.source, edge.target, data(edge, "source", "target")] for edge in edges]
    assert sorted(read_edges, key=json.dumps) == sorted(expected, key=json.dumps)


def test_graphml_declares_what_it_uses(archive: Database) -> None:
    nodes, edges = whole(archive)
    file = BytesIO()
    graph_export.write_graphml(file, nodes, edges)
    root = etree.fromstring(file.getvalue())
    assert [child.tag for child in root][-1] == f"{_NAMESPACE}graph"
    declared = {key.get("id"): key.get("for") for key in root.iter(f"{_NAMESPACE}key")}
    ids = [node.get("id") for node in root.iter(f"{_NAMESPACE}node")]
    assert len(set(ids)) == len(ids) == len(nodes)
    for kind in ("node", "edge"):
        for element in root.iter(f"{_NAMESPACE}{kind}"):
            keys = [part.get("key") for part in element]
            assert {declared[key] for key in keys} == {kind}
            assert len(set(keys)) == len(keys)
    for edge in root.iter(f"{_NAMESPACE}edge"):
        assert {edge.get("source"), edge.get("target")} <= set(ids)


def test_what_xml_cannot_hold_is_marked() -> None:
    file = BytesIO()
    graph_export.write_graphml(file, [Node(id="a", kind="article", headline="a\x00b\x1bc\ufffe")], [])
    (told,) = [part.text for part in etree.fromstring(file.getvalue()).iter(f"{_NAMESPACE}data")][1:]
    assert told == "a\ufffdb\ufffdc\ufffd"


def test_parquet_has_two_tables(archive: Database, tmp_path: Path) -> None:
    nodes, edges = whole(archive)
    assert graph_export.write_parquet(tmp_path / "links.parquet", nodes, edges) == (len(nodes), len(edges))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["links.edges.parquet", "links.nodes.parquet"]
    read_nodes = parquet.read_table(tmp_path / "links.nodes.parquet").to_pylist()
    read_edges = parquet.read_table(tmp_path / "links.edges.parquet").to_pylist()
    assert read_edges == [plain(edge) for edge in edges]
    assert [node["id"] for node in read_nodes] == [node.id for node in nodes]
    assert Counter(node["published_at_precision"] for node in read_nodes) == Counter(
        {None: 4, "instant": 1, "local": 1, "day": 1}
    )


def test_neither_table_stands_alone(archive: Database, tmp_path: Path) -> None:
    nodes, _ = whole(archive)

    def broken() -> Any:
        raise RuntimeError("the database is gone")
        yield

    with pytest.raises(RuntimeError):
        graph_export.write_parquet(tmp_path / "links.parquet", nodes, broken())
    assert list(tmp_path.iterdir()) == []


def test_node_of_an_unarchived_url_has_the_id_that_its_article_will_have(archive: Database) -> None:
    nodes, _ = whole(archive)
    (unresolved,) = [node for node in nodes if node.kind == "url"]
    assert unresolved.id == str(article_id("news.example/never"))
