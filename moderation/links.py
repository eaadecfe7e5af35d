"""The signed link of one page to one person: it can take an escalation in hand, and shows nothing (E5)."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from moderation.models import Escalation, EscalationStep
from peer.models import User

SALT = "moderation.page"
HOURS = 12


def for_step(step: EscalationStep) -> str:
    """Make the address for the text of a page: good for its person alone, for twelve hours."""
    token = signing.dumps([step.pk, step.user_id], salt=SALT, compress=True)
    return f"{settings.PUBLIC_BASE_URL}{reverse('escalations-link', args=[token])}"


def read(token: str) -> tuple[Escalation, User]:
    """Read a link back; `BadSignature` for a forged or old one, `LookupError` when its step is gone."""
    step_id, user_id = signing.loads(token, salt=SALT, max_age=HOURS * 3600)
    step = EscalationStep.objects.select_related("escalation", "user").filter(pk=step_id, user_id=user_id).first()
    if step is None or step.user is None:
        raise LookupError(token)
    return step.escalation, step.user
