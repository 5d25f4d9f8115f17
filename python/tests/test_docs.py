"""The documentation runs: each page's Python blocks, in order, print what the page says.

How a block is marked says how it runs:

- ```` ```python ````: in one namespace for the page, as the cells of a notebook;
- ```` ```python file=NAME ````: it is a file, which later blocks import;
- ```` ```python run=NAME ````: it is a script, run by an interpreter of its own, as a run of processes needs it;
- ```` ```python test=NAME ````: it is a file of tests, run by pytest;
- ```` ```python needs=MODULE ````: left out where that module is not installed;
- ```` ```python no-run ````: it is only compiled.

A block ```` ```text ```` that follows is what is printed; `...` stands for anything, and `any-order` says that lines of
standard output and standard error come in any order.  `NODES_BLESS=1` writes what is printed into the pages.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib.util
import io
import linecache
import os
import re
import subprocess
import sys
import types
from pathlib import Path
from typing import NamedTuple

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["python.md", "from-nodes.md", "learning.md"]
FENCE = re.compile(r"^```(?P<mark>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
NOTEBOOK = Path(__file__).parents[1] / "examples" / "tour.ipynb"


class Block(NamedTuple):
    """A block of code, and what it prints."""

    line: int
    language: str
    marks: dict[str, str]
    body: str
    printed: Block | None
    start: int
    end: int


def blocks_of(text: str) -> list[Block]:
    found: list[Block] = []
    for match in FENCE.finditer(text):
        language, *words = (match["mark"] or "text").split()
        marks = dict(word.partition("=")[::2] for word in words)
        line = text.count("\n", 0, match.start()) + 2
        block = Block(line, language, marks, match["body"], None, match.start("body"), match.end("body"))
        follows = bool(found) and not text[found[-1].end + len("```") : match.start()].strip()
        if language == "text" and follows and found[-1].language == "python":
            found[-1] = found[-1]._replace(printed=block)
        else:
            found.append(block)
    return [block for block in found if block.language == "python"]


class Page:
    """A page that runs in a folder."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.module = types.ModuleType("page_" + name.partition(".")[0].replace("-", "_"))
        sys.modules[self.module.__name__] = self.module

    def run(self, block: Block) -> str:
        """What it prints; lines in any order are sorted."""
        for kind in ("file", "run", "test"):
            if kind in block.marks:
                (self.folder / block.marks[kind]).write_text(block.body)
        if "file" in block.marks:
            # Another module of that name may have been imported.
            sys.modules.pop(block.marks["file"].partition(".")[0], None)
            return ""
        if "run" in block.marks or "test" in block.marks:
            pytest_too = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if "test" in block.marks else []
            words = [sys.executable, *pytest_too, block.marks.get("run") or block.marks["test"]]
            path = os.pathsep.join(map(str, (Path(__file__).parents[1], DOCS.parent / "python" / "examples")))
            ended = subprocess.run(
                words,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": path},
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            if block.printed and "any-order" in block.printed.marks:
                return "".join(sorted((ended.stdout + ended.stderr).splitlines(keepends=True)))
            assert ended.returncode == 0, f"{self.name}:{block.line}: {ended.stdout}{ended.stderr}"
            return ended.stdout
        # As IPython does it, so that the language finds the source of a cell.
        source, name = "\n" * (block.line - 1) + block.body, f"{self.folder}/{self.name}[{block.line}]"
        code = compile(source, name, "exec")
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        if "no-run" in block.marks:
            return ""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(code, vars(self.module))
        return out.getvalue()

    def shown(self, block: Block) -> str:
        """What the page shows of it: without the folder, and without blanks at the ends of lines."""
        text = self.run(block).replace(f"{self.folder}/", "")
        return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


@pytest.mark.parametrize("name", PAGES)
def test_page(name, tmp_path, monkeypatch):
    for module in ("networkx", "pandas"):
        pytest.importorskip(module)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(NOTEBOOK.parent))
    monkeypatch.syspath_prepend(str(tmp_path))
    text = (DOCS / name).read_text()
    page, wrong, blessed = Page(name, tmp_path), [], []
    for block in blocks_of(text):
        if "needs" in block.marks and not importlib.util.find_spec(block.marks["needs"]):
            continue
        shown = page.shown(block)
        expected = block.printed.body if block.printed else ""
        if block.printed and "any-order" in block.printed.marks:
            expected = "".join(sorted(expected.splitlines(keepends=True)))
        same = doctest.OutputChecker().check_output(expected, shown, doctest.ELLIPSIS)
        if not same:
            wrong.append(f"{name}:{block.line} prints\n{shown}\nand not\n{expected}")
            if block.printed:
                blessed.append((block.printed, shown))
    if os.environ.get("NODES_BLESS") == "1":
        for printed, shown in reversed(blessed):
            text = text[: printed.start] + shown + text[printed.end :]
        (DOCS / name).write_text(text)
    assert not wrong, "\n\n".join(wrong)


def test_the_notebook_runs(tmp_path):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    for module in ("ipykernel", "matplotlib", "pandas"):
        pytest.importorskip(module)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    # What it shows is not stored.
    assert all(not cell.outputs and cell.execution_count is None for cell in codes)
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output["data"] for cell in codes for output in cell.outputs if "data" in output]
    pages = [data.get("text/html", "") for data in shown]
    # A run that is not recorded is a picture; one that is, and what a check has found, a page in a frame of its own.
    assert [page.count('sandbox="allow-scripts"') for page in pages if "<img" in page] == [0, 1, 1]
    # Figures by matplotlib.
    assert sum("image/png" in data for data in shown) == 2
    # Rows as a table.
    assert any('class="dataframe"' in data.get("text/html", "") for data in shown)
