"""The cast and a fortnight of life, for the demo and the tests; nobody here is real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable


def load(say: Callable[[str], None] = print) -> None:
    """Load the invented service once; at every later start only fill up the rota."""
    from cms.example import (  # noqa: PLC0415 - models come after Django is ready
        directory,
        endings,
        feedback,
        fortnight,
        groups,
        joining,
        my_data,
        newcomers,
        own_say,
        phones,
        rota,
        sessions,
        social,
        texts,
        waiting,
    )
    from cms.site import load_site  # noqa: PLC0415
    from peer import clock  # noqa: PLC0415
    from peer.models import SupportGroup  # noqa: PLC0415

    if not SupportGroup.objects.exists():
        say("  two groups, their people and their phones …")
        with clock.at(clock.now() - dt.timedelta(days=60)):
            made = groups.load_groups()
            groups.load_cast(made)
            groups.load_members(made)
            phones.load_phones()
        say("  the pages of the public site …")
        load_site()
        directory.load_directory()
        directory.load_signposts()
        rota.fill()
        say("  500 people who wait …")
        endings.load_endings(made)
        waiting.load_waiting_list()
        waiting.load_families()
        say("  a fortnight of talk …")
        fortnight.load_talk(made)
        joining.load_joining(made["lantern"])
        newcomers.load_newcomers(made)
        sessions.load_sessions(made)
        own_say.load_own_say()
        my_data.load_my_data()
        say("  what people said, and what was done …")
        feedback.load_feedback()
        social.load_social()
        texts.load_texts()
    rota.fill()
