"""Classes as students write them, in `mistakes/`, each beside the whole error that it gives: `NAME.py` and `NAME.txt`.

UPDATE=1 python -m pytest tests/test_mistakes_of_students.py    # writes the errors anew, to be read
"""

import os
import sys
import types
from pathlib import Path

import pytest

import distnodes as nodes

CASES = sorted((Path(__file__).parent / "mistakes").glob("*.py"))


def test_there_are_many():
    assert len(CASES) >= 20


@pytest.mark.filterwarnings("ignore::distnodes.ProtocolWarning")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_all_that_is_wrong_is_said_at_once(case, monkeypatch):
    module = types.ModuleType(case.stem)
    module.__file__ = str(case)
    monkeypatch.setitem(sys.modules, case.stem, module)
    with pytest.raises(nodes.ProtocolError) as wrong:
        exec(compile(case.read_text(), str(case), "exec"), vars(module))
    said = str(wrong.value).replace(f"{case.parent}/", "") + "\n"
    expected = case.with_suffix(".txt")
    if "UPDATE" in os.environ:
        expected.write_text(said)
    assert said == expected.read_text()
