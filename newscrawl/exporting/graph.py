"""The graph of related links as GraphML, or as Parquet in two files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, get_args, get_type_hints

from lxml import etree

from newscrawl.exporting.markup import legal
from newscrawl.exporting.output import replacing
from newscrawl.items import plain
from newscrawl.storage.graph import Edge, Node

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_SCHEMA = "http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def write_graphml(file: BinaryIO, nodes: Iterable[Node], edges: Iterable[Edge]) -> tuple[int, int]:
    """Write a directed graph, piece by piece, and say how many nodes and edges it has."""
    counts = [0, 0]
    with etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        schema = {f"{{{_INSTANCE}}}schemaLocation": f"{_NAMESPACE} {_SCHEMA}"}
        with xml.element(_tag("graphml"), schema, nsmap={None: _NAMESPACE, "xsi": _INSTANCE}):
            for kind, data in (("node", _OF_NODES), ("edge", _OF_EDGES)):
                for name, told in data.items():
                    attributes = {"id": f"{kind}_{name}", "for": kind, "attr.name": name, "attr.type": told}
                    with xml.element(_tag("key"), attributes):
                        pass
            with xml.element(_tag("graph"), edgedefault="directed"):
                for node in nodes:
                    with xml.element(_tag("node"), id=node.id):
                        _write_data(xml, "node", _OF_NODES, node)
                    xml.write("\n")
                    counts[0] += 1
                for edge in edges:
                    with xml.element(_tag("edge"), source=edge.source, target=edge.target):
                        _write_data(xml, "edge", _OF_EDGES, edge)
                    xml.write("\n")
                    counts[1] += 1
    return counts[0], counts[1]


def names_of_parquet(target: Path) -> tuple[Path, Path]:
    """The files of nodes and of edges for a name that ends in .parquet."""
    return target.with_suffix(".nodes.parquet"), target.with_suffix(".edges.parquet")


def write_parquet(target: Path, nodes: Iterable[Node], edges: Iterable[Edge]) -> tuple[int, int]:
    """Write both files, and say how many rows each has; neither is there before both are whole.

    Raises ConfigurationError when pyarrow is not installed.
    """
    from newscrawl.exporting.parquet import write_rows

    of_nodes, of_edges = names_of_parquet(target)
    with replacing(of_nodes) as node_file, replacing(of_edges) as edge_file:
        return (
            write_rows(node_file, nodes, get_type_hints(Node)),
            write_rows(edge_file, edges, get_type_hints(Edge)),
        )


def _write_data(xml: Any, kind: str, names: Iterable[str], told: Node | Edge) -> None:
    for name in names:
        value = plain(getattr(told, name))
        if value is not None:
            with xml.element(_tag("data"), key=f"{kind}_{name}"):
                xml.write(legal(str(value)))


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _data(told: type, structure: frozenset[str]) -> dict[str, str]:
    """The fields that are data, and their types in GraphML's words; the others it has attributes for."""
    hints = {name: hint for name, hint in get_type_hints(told).items() if name not in structure}
    return {name: "int" if int in get_args(hint) else "string" for name, hint in hints.items()}


_OF_NODES = _data(Node, frozenset({"id"}))
_OF_EDGES = _data(Edge, frozenset({"source", "target"}))
