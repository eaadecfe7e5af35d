"""`manage.py draw_states`: docs/states.md, the tables of moves as drawings."""

from __future__ import annotations

from cms import drawings
from cms.management.drawn import DrawnCommand


class Command(DrawnCommand):
    """Draw every table of moves."""

    help = "Write docs/states.md from the tables of moves."
    page = "states.md"
    draw = staticmethod(drawings.states)
