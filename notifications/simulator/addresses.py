"""E-mail addresses as the network knows them: invented ones, whose domains belong to nobody."""

import re

from .numbers import exists, typed

INVENTED = re.compile(
    r"[a-z0-9._+='-]{1,64}@(?:example\.(?:com|net|org)|localhost|(?:[a-z0-9-]{1,63}\.){1,8}(?:example|test))"
)


def is_address(handset: str) -> bool:
    """Say whether a handset is a mailbox and no telephone."""
    return "@" in handset


def is_invented(address: str) -> bool:
    """Say whether an address can belong to nobody outside this machine."""
    return INVENTED.fullmatch(address) is not None


def is_reachable(handset: str) -> bool:
    """Say whether the network could have a phone or a mailbox of that name."""
    return is_invented(handset) if is_address(handset) else exists(handset)


def whose(raw: str) -> str:
    """Read a number or an address as people and web addresses give it; a plus may have been lost to a query."""
    return raw.strip().replace(" ", "+").lower() if is_address(raw) else typed(raw)
