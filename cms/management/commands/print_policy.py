"""`manage.py print_policy`: docs/who-may.md, the policy as tables."""

from __future__ import annotations

from cms import drawings
from cms.management.drawn import DrawnCommand


class Command(DrawnCommand):
    """Print who may do what."""

    help = "Write docs/who-may.md from peer/who_may.toml."
    page = "who-may.md"
    draw = staticmethod(drawings.policy)
