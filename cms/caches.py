"""Redis as a cache that no page depends on: while it does not answer, this process remembers by itself."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

REST = 5.0  # seconds in which a silent Redis is not asked again

_silent_until = 0.0


class RedisOrMemory(RedisCache):
    """Asks Redis; where it is silent, asks the memory of this process, empty at first, for a while."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache(f"instead of {server} {self.key_prefix}", params | {"OPTIONS": {}})

    def _ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        global _silent_until
        if time.monotonic() >= _silent_until:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except RedisError:
                log.warning("Redis does not answer; this process remembers by itself meanwhile")
                _silent_until = time.monotonic() + REST
                self._memory.clear()
        return getattr(self._memory, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Set a value where there is none."""
        return bool(self._ask("add", *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """Give a value, or the default."""
        return self._ask("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Set a value."""
        self._ask("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """Keep a value longer."""
        return bool(self._ask("touch", *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Forget a value."""
        return bool(self._ask("delete", *args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        """Give several values."""
        return self._ask("get_many", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        """Set several values."""
        return self._ask("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        """Forget several values."""
        self._ask("delete_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """Tell whether there is a value."""
        return bool(self._ask("has_key", *args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        """Count up."""
        return int(self._ask("incr", *args, **kwargs))

    def clear(self) -> None:
        """Forget everything."""
        self._ask("clear")
