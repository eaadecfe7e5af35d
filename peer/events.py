"""News travels upward: `emit` runs every handler at once, inside the transaction of the act that made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

News = TypeVar("News")

_handlers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def on(kind: type[News]) -> Callable[[Callable[[News], None]], Callable[[News], None]]:
    """Register a handler of one kind of news; handlers only write rows of their own package."""

    def register(handler: Callable[[News], None]) -> Callable[[News], None]:
        if handler not in _handlers[kind]:
            _handlers[kind].append(handler)
        return handler

    return register


def emit(news: object) -> None:
    """Tell every handler; if one fails, everything rolls back: no state without its message."""
    for handler in _handlers[type(news)]:
        handler(news)


def handlers(kind: type) -> tuple[Callable[[Any], None], ...]:
    """List who listens to a kind of news (for the tests that draw the map)."""
    return tuple(_handlers[kind])
