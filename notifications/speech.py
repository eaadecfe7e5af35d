"""The fixed sentences of a call in somebody's own language: a person's recording, else the network's voice (U16)."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from notifications import languages, messages
from notifications.languages import ENGLISH, Played, Sentence, Voiced
from notifications.models import Recording

NAMES = ("greeting", "interpreter", "interpreter_inbound", "interpreter_soon", "wrong_number", "machine", "goodbye")
NAMING = frozenset({"greeting", "machine"})


def sentence(name: str, language: str) -> Sentence:
    """Give one fixed sentence; what cannot be said in the language is said in English.

    The English words that name somebody are left out (empty): whoever asked says what comes instead.
    """
    own = in_own(name, languages.spoken(language))
    if own is not None:
        return own
    return "" if name in NAMING else messages.fill("call", name)


def in_own(name: str, language: str) -> Played | Voiced | None:
    """Give a sentence as it can be said in a language, or nothing; free text never comes this way."""
    if language == ENGLISH or name not in NAMES:
        return None
    recording = Recording.objects.live().filter(language=language, name=name).first()
    if recording is not None:
        return Played(settings.PUBLIC_BASE_URL + reverse("recordings-sound", args=[recording.token]))
    return languages.ALL[language].says(written(name, language))


def written(name: str, language: str) -> str:
    """Give the words of a fixed sentence, as they are read out and as somebody records them, offered or not."""
    return messages.fixed("call", name, language).text.format_map(messages.common())


def purpose(name: str, language: str) -> str:
    """Say what a fixed sentence is for."""
    return messages.fixed("call", name, language).purpose
