"""What messages are about, as people choose between them; what nobody may turn off has no topic."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """One switch on the page of preferences; its name is also the word after STOP (N10)."""

    NEWS = "news", _("News about the wait")
    GROUP = "group", _("Your group")
    SESSIONS = "sessions", _("Meetings and reminders")
    VOICE = "voice", _("What came of what you said")
