"""The twins of catalogue algorithms, in `examples/`."""

import importlib.util
from pathlib import Path

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in (HERE.parent / "examples").glob("*.py"))


def twin(name: str) -> type:
    """The protocol of an example."""
    spec = importlib.util.spec_from_file_location(name, HERE.parent / "examples" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: type = getattr(module, "".join(word.capitalize() for word in name.split("_")))
    return found
