"""Libraries that need not be there."""

from __future__ import annotations

import importlib
from typing import Any


def needed(module: str, by: str) -> Any:
    """A module of a library.

    Args:
        module: Its name, such as `"matplotlib.pyplot"`.
        by: What needs it, for the message.

    Raises:
        ImportError: If the library is not installed; the message says how to install it.
    """
    library = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name != library:
            raise
        raise ImportError(f"`{by}` needs {library}, which is not installed: `pip install {library}`") from None
