"""Writes random graphs in each format of NetworkX, and reads what comes back: see networkx.rs.

    networkx_files.py write FOLDER    graphs, and what each of them is, as JSON
    networkx_files.py check FOLDER    whether what was written again is the same
    networkx_files.py                 whether NetworkX is there, and new enough: since 3.4, links are called `edges` in JSON
"""

import json
import os
import random
import sys

import networkx as nx

WORDS = ["Zürich", "a-b", "x_1", "n.0", "50%", "a:b", "it's", "Ω", "node", "graph", "source", "7up", "-4.5", "α→β", "e-mail@x"]
TEXTS = ["New York", 'say "hi"', "<&>", "comma, inc", "#1", "100 %", "semi;colon", "two  blanks", "São Paulo", "(0, 1)", "'q'"]


def graph(seed):
    choose = random.Random(seed)
    kind = choose.choice(["numbers", "any numbers", "words", "texts", "tuples"])
    n = choose.randint(2, 12)
    labels = {
        "numbers": list(range(n)),
        "any numbers": choose.sample(range(1, 1000), n),
        "words": choose.sample(WORDS, n),
        "texts": choose.sample(TEXTS, min(n, len(TEXTS))),
        "tuples": [(i // 4, i % 4) for i in range(n)],
    }[kind]
    n = len(labels)
    directed = choose.random() < 0.25
    built = nx.DiGraph() if directed else nx.Graph()
    built.add_nodes_from(labels)
    links = [(i, choose.randrange(i)) for i in range(1, n)]
    links += [tuple(choose.sample(range(n), 2)) for _ in range(choose.randint(0, 2 * n))]
    weights = choose.choice(["none", "int", "float"])
    for a, b in links:
        data = {"none": {}, "int": {"weight": choose.randint(-5, 99)}, "float": {"weight": choose.uniform(-1, 1e6)}}[weights]
        built.add_edge(labels[a], labels[b], **data)
    return kind, directed, built


def written(kind, directed, built):
    """Each format that can hold the graph, as NetworkX reads it too: its name, its ending, its writer."""
    yield "graphml", "graphml", nx.write_graphml
    yield "gml", "gml", lambda g, path: nx.write_gml(g, path, stringizer=str)
    yield "gexf", "gexf", nx.write_gexf
    # It does not read the quotes that it writes in names.
    if not any({'"', "'"} & set(str(node)) for node in built):
        yield "pajek", "net", lambda g, path: nx.write_pajek(nx.relabel_nodes(g, str), path)
    for name, data in [("links", nx.node_link_data), ("adjacency", nx.adjacency_data), ("cytoscape", nx.cytoscape_data)]:
        if name != "cytoscape" or kind not in ("tuples", "texts"):
            yield name, "json", lambda g, path, data=data: json.dump(data(g), open(path, "w"))
    if kind != "texts" and not directed:
        yield "edges", "edgelist", nx.write_edgelist
        yield "adjacencies", "adjlist", nx.write_adjlist
        if nx.get_edge_attributes(built, "weight"):
            yield "weighted", "edges", nx.write_weighted_edgelist
    if kind == "numbers" and not directed:
        yield "graph6", "g6", nx.write_graph6
        yield "sparse6", "s6", nx.write_sparse6


def title(node):
    return str(node).replace(", ", ",") if str(node).startswith("(") else str(node)


def essence(built, weights=True):
    """What has to stay: names, links, weights."""
    links = []
    for a, b, weight in built.edges(data="weight", default=1):
        ends = [title(a), title(b)]
        links.append([*(ends if built.is_directed() else sorted(ends)), float(weight) if weights else 1.0])
    return {"directed": built.is_directed(), "nodes": sorted(map(title, built)), "links": sorted(links)}


READERS = {
    "edges": lambda path: nx.read_edgelist(path, data=[("weight", float)]),
    "adjlist": nx.read_adjlist,
    "graphml": nx.read_graphml,
    "gml": nx.read_gml,
    "json": lambda path: nx.node_link_graph(json.load(open(path)), edges="edges"),
    "g6": nx.read_graph6,
}


def write(folder):
    expected = {}
    for seed in range(100):
        kind, directed, built = graph(seed)
        for name, ending, writer in written(kind, directed, built):
            file = f"{seed}-{name}.{ending}"
            writer(built, os.path.join(folder, file))
            without = name in ("adjacencies", "graph6", "sparse6")
            expected[file] = essence(built, not without)
    with open(os.path.join(folder, "expected"), "w") as file:
        json.dump(expected, file)


def check(folder):
    expected = json.load(open(os.path.join(folder, "expected")))
    checked, wrong = 0, []
    for file in sorted(os.listdir(os.path.join(folder, "again"))):
        first, ending = file.rsplit("+", 1)
        try:
            found = essence(READERS[ending](os.path.join(folder, "again", file)), ending not in ("adjlist", "g6"))
        except Exception as error:
            wrong.append(f"{file}: {error!r}")
            continue
        right = dict(expected[first])
        if ending in ("adjlist", "g6"):
            right["links"] = [[a, b, 1.0] for a, b, _ in right["links"]]
        if ending == "edges":
            # Numbers may stand for names that a list has no place for.
            words = not any(set(" #%,;()[]{}\"'") & set(name) for name in right["nodes"])
            if not words:
                found["links"] = len(found["links"])
                right["links"] = len(right["links"])
                found["nodes"], right["nodes"] = len(found["nodes"]), len(right["nodes"])
        if found != right:
            wrong.append(f"{file}: {found}\nis not\n{right}")
        checked += 1
    if wrong:
        sys.exit("\n".join(wrong[:20]))
    print(checked)


if [int(number) for number in nx.__version__.split(".")[:2]] < [3, 4]:
    sys.exit(f"NetworkX {nx.__version__} is older than 3.4")
if sys.argv[1:]:
    {"write": write, "check": check}[sys.argv[1]](sys.argv[2])
