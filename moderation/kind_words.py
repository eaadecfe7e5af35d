"""Ready-made beginnings for a moderator who is short of words; young people own this list (safety P11)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moderation.models import ModerationDecision, Rule

Kind = ModerationDecision.Kind


@dataclass(frozen=True)
class Starter:
    """One ready-made beginning and what it is for."""

    key: str
    label: Promise
    words: Promise
    rule: str


RETURN = (
    Starter(
        "private",
        gettext_lazy("It says who or where somebody is"),
        gettext_lazy(
            "Thank you for writing this. Could you take out the part that says who or where you are? "
            "We keep names, schools and numbers out, so that everyone stays safe here."
        ),
        Rule.PRIVATE,
    ),
    Starter(
        "kinder",
        gettext_lazy("It could hurt somebody"),
        gettext_lazy(
            "I can hear that you feel strongly about this. Could you say it so that it does not hurt "
            "the person who reads it? I would love to share it then."
        ),
        Rule.TREATED,
    ),
    Starter(
        "detail",
        gettext_lazy("It tells too much about getting hurt"),
        gettext_lazy(
            "Thank you for trusting us with this. Could you tell us how it felt, and leave out what "
            "exactly happened? Some details can be hard for others here."
        ),
        Rule.SAFE,
    ),
)
DECLINE = (
    Starter(
        "hurts",
        gettext_lazy("It puts somebody down"),
        gettext_lazy(
            "I have read this twice, and I cannot share it, because it puts somebody down. You are still "
            "welcome here, and you can write something new whenever you like."
        ),
        Rule.TREATED,
    ),
    Starter(
        "harm",
        gettext_lazy("It says how people get hurt"),
        gettext_lazy(
            "I cannot share this, because it says how people get hurt, and somebody here could copy it. "
            "It is not that you did wrong by telling us."
        ),
        Rule.SAFE,
    ),
    Starter(
        "somebody",
        gettext_lazy("It is about somebody else’s private life"),
        gettext_lazy(
            "I cannot share this, because it tells something about another person that is theirs to tell. "
            "You can always write about yourself."
        ),
        Rule.PRIVATE,
    ),
)


def for_author(kind: str, *, words: str, rule: str) -> str:
    """Put together what the author is told: the kind words, the rule, and what they can do next (safety P11)."""
    parts = [words.strip()]
    if rule:
        parts.append(_("This is about: %(rule)s.") % {"rule": Rule(rule).label})
    if kind == Kind.RETURN:
        parts.append(_("Your words are kept. Change what you like and send it again."))
    elif kind in {Kind.REJECT, Kind.REMOVE, Kind.HIDE}:
        parts.append(
            _("Do you think we got this wrong? Ring %(phone)s, and somebody else will read it again.")
            % {"phone": settings.SERVICE_PHONE}
        )
    return "\n\n".join(part for part in parts if part)
