"""A box to write in, and a title for a new subject."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from peer import content_notes, finding


class ReplyForm(forms.Form):
    """Words for a thread; how long they may be is the action's to say, so that nothing typed is lost."""

    body = forms.CharField(
        label=_("What would you like to say?"),
        widget=forms.Textarea(attrs={"rows": 8}),
        strip=False,
        error_messages={"required": _("The box is empty. Write something first.")},
    )
    content_note = forms.ChoiceField(
        label=_("Does it talk about something hard?"),
        help_text=_("Others see this first, and choose if they open it."),
        choices=content_notes.choices,
        required=False,
    )

    def fields_written(self) -> SafeString:
        """Write the fields; those of a box that nobody has written in yet are the same for everybody."""
        return _fields(self) if self.is_bound or self.initial else _empty_fields(type(self), get_language())


class ThreadForm(ReplyForm):
    """A title and the first words."""

    title = forms.CharField(
        label=_("What is it about?"),
        help_text=_("A few words."),
        error_messages={"required": _("Give it a few words as a title, so that people know what it is about.")},
    )
    field_order = ("title", "body")


def _fields(form: forms.Form) -> SafeString:
    return format_html_join("", "{}", ((field.as_field_group(),) for field in form.visible_fields()))


@cache
def _empty_fields(box: type[ReplyForm], _language: str | None) -> SafeString:
    return _fields(box())


def change_form(*args: Any, with_title: bool, **kwargs: Any) -> ReplyForm:
    """Give the form that fits a post: with the title where it can still change."""
    return ThreadForm(*args, **kwargs) if with_title else ReplyForm(*args, **kwargs)


class FindForm(forms.Form):
    """Words to look for, and from where to go on."""

    words = forms.CharField(
        label=_("Which words?"),
        min_length=finding.SHORTEST,
        max_length=finding.LONGEST,
        error_messages={
            "required": _("Type a word to look for."),
            "min_length": _("Type three letters or more."),
            "max_length": _("That is too long. Try one or two words."),
        },
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
