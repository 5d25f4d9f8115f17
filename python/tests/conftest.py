"""What the tests of mistakes share."""

from collections.abc import Callable

import pytest

from distnodes import ProtocolError


def mistakes_in(define: Callable[[], object]) -> list[str]:
    """The texts of all mistakes in a protocol that a function defines."""
    with pytest.raises(ProtocolError) as caught:
        define()
    return [mistake.text for mistake in caught.value.mistakes]


def mistake_in(define: Callable[[], object]) -> str:
    """The text of the only mistake."""
    (text,) = mistakes_in(define)
    return text
