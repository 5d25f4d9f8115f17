"""Writes networkx.json and graphs/: what NetworkX says of graphs that `nodes` makes too, and graphs as NetworkX writes them.

    pip install networkx==3.6.1 pydot==4.0.1 lxml && python networkx_facts.py

Nothing here runs in the tests; they read what this wrote.
"""

import json
from pathlib import Path

import networkx as nx
import pydot
from networkx.readwrite import json_graph

HERE = Path(__file__).parent
GRAPHS = HERE / "graphs"


def by_number(graph, number):
    return nx.relabel_nodes(graph, {node: number(node) for node in graph})


def grid(rows, columns, periodic=False):
    return by_number(nx.grid_2d_graph(rows, columns, periodic=periodic), lambda at: at[0] * columns + at[1])


def grid3d(layers, rows, columns):
    # NetworkX's last number of the dimensions is the first of the node.
    return by_number(nx.grid_graph((columns, rows, layers)), lambda at: (at[0] * rows + at[1]) * columns + at[2])


def hypercube(dimension):
    bits = lambda node: sum(bit << place for place, bit in enumerate(node)) if dimension > 1 else int(node)
    return by_number(nx.hypercube_graph(dimension), bits)


def caterpillar(spine, leaves):
    """NetworkX has no caterpillar: leaves are attached to its path."""
    graph = nx.path_graph(spine)
    for node in range(spine):
        for leaf in range(leaves):
            graph.add_edge(node, spine + node * leaves + leaf)
    return graph


def cycle(n):
    return nx.cycle_graph(n)


LINKS = ("0-1", "0-1,0-2,1-2", "4-1,0-3,3-2,2-4", "5-0,1-4,0-2,2-1,3-5,5-4,1-3")

FIXED = {
    **{f"ring:{n}": cycle(n) for n in (3, 4, 8, 9)},
    "oriented-ring:8": cycle(8),
    **{f"path:{n}": nx.path_graph(n) for n in (1, 2, 10)},
    **{f"star:{n}": nx.star_graph(n - 1) for n in (1, 2, 9)},
    **{f"complete:{n}": nx.complete_graph(n) for n in (1, 2, 5, 9)},
    **{f"complete-bipartite:{a},{b}": nx.complete_bipartite_graph(a, b) for a, b in ((1, 1), (3, 4), (5, 2))},
    **{f"wheel:{n}": nx.wheel_graph(n) for n in (4, 5, 8)},
    **{f"grid:{r}x{c}": grid(r, c) for r, c in ((1, 1), (1, 6), (6, 1), (2, 2), (2, 5), (5, 2), (3, 3), (4, 5))},
    **{f"grid3d:{l}x{r}x{c}": grid3d(l, r, c) for l, r, c in ((1, 1, 2), (2, 3, 4), (3, 2, 2))},
    **{f"torus:{r}x{c}": grid(r, c, periodic=True) for r, c in ((3, 3), (3, 4), (4, 4), (5, 3), (5, 6))},
    **{f"hypercube:{d}": hypercube(d) for d in (1, 2, 3, 4, 6)},
    **{f"binary-tree:{n}": nx.full_rary_tree(2, n) for n in (1, 2, 6, 15)},
    "caterpillar:5,2": caterpillar(5, 2),
    "caterpillar:1,4": caterpillar(1, 4),
    "caterpillar:4,0": caterpillar(4, 0),
    **{f"lollipop:{a},{b}": nx.lollipop_graph(a, b) for a, b in ((5, 4), (3, 1), (4, 0))},
    **{f"barbell:{a},{b}": nx.barbell_graph(a, b) for a, b in ((4, 2), (3, 0), (2, 5))},
    "circulant:12,1,3": nx.circulant_graph(12, [1, 3]),
    "circulant:8,1,4": nx.circulant_graph(8, [1, 4]),
    "circulant:10,3,7": nx.circulant_graph(10, [3, 7]),
    "circulant:7,2,3": nx.circulant_graph(7, [2, 3]),
    "petersen": nx.petersen_graph(),
    **{f"links:{links}": nx.parse_edgelist(links.replace("-", " ").split(","), nodetype=int) for links in LINKS},
    "karate": nx.karate_club_graph(),
}


def facts(spec, graph):
    return {
        "spec": spec,
        "nodes": graph.number_of_nodes(),
        "links": graph.number_of_edges(),
        "degrees": sorted(degree for _, degree in graph.degree()),
        "diameter": nx.diameter(graph),
        "radius": nx.radius(graph),
        "bipartite": nx.is_bipartite(graph),
        "edges": sorted([min(a, b), max(a, b), data.get("weight", 1)] for a, b, data in graph.edges(data=True)),
    }


def table():
    return {
        "made_by": f"networkx_facts.py with networkx {nx.__version__}",
        "graphs": [facts(spec, graph) for spec, graph in FIXED.items()],
    }


def write_all(name, graph):
    """One graph in each format; those that keep no weights are told by their suffix in the test."""
    nx.write_edgelist(graph, GRAPHS / f"{name}.edges")
    nx.write_weighted_edgelist(graph, GRAPHS / f"{name}_weighted.edges")
    nx.write_adjlist(graph, GRAPHS / f"{name}.adjlist")
    nx.write_graphml_xml(graph, GRAPHS / f"{name}.graphml")
    nx.write_gml(graph, GRAPHS / f"{name}.gml", stringizer=str)
    for key in ("links", "edges"):
        document = json_graph.node_link_data(graph, edges=key)
        (GRAPHS / f"{name}_{key}.json").write_text(json.dumps(document) + "\n")
    nx.nx_pydot.write_dot(graph, GRAPHS / f"{name}.dot")


def main():
    rows = ",\n".join("  " + json.dumps(row) for row in table()["graphs"])
    (HERE / "networkx.json").write_text(f'{{"made_by": {json.dumps(table()["made_by"])}, "graphs": [\n{rows}\n]}}\n')

    GRAPHS.mkdir(exist_ok=True)
    write_all("karate", nx.karate_club_graph())
    families = nx.Graph(nx.florentine_families_graph())
    nx.set_edge_attributes(families, {edge: 1 + place / 4 for place, edge in enumerate(families.edges)}, "weight")
    # The names of two families are made to need quotes and entities.
    families = nx.relabel_nodes(families, {"Medici": "Medici & Söhne", "Pazzi": 'the "Pazzi"'})
    for name, write in {
        "families.graphml": nx.write_graphml_xml,
        "families.gml": nx.write_gml,
        "families.dot": nx.nx_pydot.write_dot,
    }.items():
        write(families, GRAPHS / name)
    document = json_graph.node_link_data(families, edges="edges")
    (GRAPHS / "families.json").write_text(json.dumps(document) + "\n")
    nx.write_edgelist(nx.grid_2d_graph(3, 4), GRAPHS / "grid_tuples.edges")
    nx.write_adjlist(nx.grid_2d_graph(3, 4), GRAPHS / "grid_tuples.adjlist")
    (GRAPHS / "grid_tuples.json").write_text(
        json.dumps(json_graph.node_link_data(nx.grid_2d_graph(3, 4), edges="edges")) + "\n"
    )
    nx.write_gml(nx.grid_2d_graph(3, 4), GRAPHS / "grid_tuples.gml", stringizer=str)
    nx.write_graph6(nx.petersen_graph(), GRAPHS / "petersen.g6")
    nx.write_graph6(nx.karate_club_graph(), GRAPHS / "karate.g6", header=False)
    nx.write_graph6(nx.path_graph(70), GRAPHS / "path70.g6")
    (GRAPHS / "families.expected.json").write_text(
        json.dumps(
            {
                "families": [[a, b, data["weight"]] for a, b, data in families.edges(data=True)],
                "grid_tuples": [[str(a), str(b), 1] for a, b in nx.grid_2d_graph(3, 4).edges],
            },
            ensure_ascii=False,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
