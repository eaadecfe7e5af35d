"""Saying something back to a decision, and answering that; nothing here saves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.forms.data_requests import box


class SayBackForm(forms.Form):
    """Asks what somebody thinks of a decision about them."""

    words = box(_("What do you want to say about it?"))


class AnswerReplyForm(forms.Form):
    """Asks for the answer."""

    words = box(
        _("Your answer. The person reads it."),
        help_text=_("Plain and warm. Say what changes, or why it does not."),
        missing=_("Write an answer. They read it."),
    )
