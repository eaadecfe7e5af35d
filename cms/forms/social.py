"""Forms of what we say in public: words, pictures with words of their own, a moderator's answer; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cms import networks
from cms.cards import MOST
from cms.models import Photo
from cms.models.social import private_collections
from peer import clock

LONGEST = 5000
ALT_HELP = _("For people who cannot see it. Say what matters in it: “Two friends laugh on a wall. It is raining.”")


def _words(label: Any, *, rows: int, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": _("Write a few words first."),
            "max_length": _("That is a little long. Please keep it under %(limit_value)d letters."),
        },
        **more,
    )


def _alt() -> forms.CharField:
    field = _words(_("What does the picture show?"), rows=2, most=400, help_text=ALT_HELP)
    field.error_messages["required"] = str(_("Say what the picture shows. Nothing goes out without these words."))
    return field


def our_pages() -> list[tuple[str, str]]:
    """List the pages of ours that a post may lead to: those everybody may read."""
    fixed = [
        (reverse("directory-index"), _("Find other help")),
        (reverse("feedback-give"), _("Tell us what you think")),
    ]
    live = Page.objects.live().public().filter(depth__gt=1).order_by("path").specific(defer=True)
    return [*((page.url, page.title) for page in live if page.url), *((href, str(title)) for href, title in fixed)]


class WordsForm(forms.Form):
    """What is said, where, with which link and when."""

    words = _words(_("The words"), rows=6, most=LONGEST, help_text=_("As you would say it to a friend."))
    short_words = _words(
        _("A shorter form"),
        rows=3,
        most=500,
        required=False,
        help_text=_("Only where a network takes fewer letters. X takes 280, Bluesky 300."),
    )
    networks = forms.MultipleChoiceField(
        label=_("Where is it meant for?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one place.")},
    )
    link = forms.ChoiceField(label=_("A page of ours it leads to"), required=False)
    go_out_on = forms.DateField(
        label=_("When should it go out?"),
        required=False,
        help_text=_("Leave this empty for: as soon as a young person said yes."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write a day, such as 21 May 2027.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["networks"]
        places.choices = [(key, network.name) for key, network in networks.every().items()]
        link: Any = self.fields["link"]
        link.choices = [("", _("No link")), *our_pages()]
        kept = (kwargs.get("initial") or {}).get("link")
        if kept and kept not in dict(link.choices):
            link.choices.append((kept, kept))

    def clean_go_out_on(self) -> Any:
        """Refuse a day that is over, unless it stood there before."""
        day = self.cleaned_data["go_out_on"]
        if day and day < clock.today() and day != self.initial.get("go_out_on"):
            raise forms.ValidationError(_("Choose today or a day to come."))
        return day


class CardForm(forms.Form):
    """The words of a card, and what it says to somebody who cannot see it."""

    words = _words(
        _("The words on the card"), rows=3, most=MOST, help_text=_("One or two short sentences. We draw them for you.")
    )
    alt = _alt()


class PhotoForm(forms.Form):
    """A photo from our own library, and what it shows."""

    photo = forms.ModelChoiceField(
        Photo.objects.none(), label=_("Which photo?"), error_messages={"required": _("Choose a photo first.")}
    )
    alt = _alt()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["photo"]
        open_ones = Photo.objects.exclude(collection__in=private_collections())
        choice.queryset = open_ones.order_by("-created_at")


class AltForm(forms.Form):
    """What a picture says to somebody who cannot see it."""

    alt = _alt()


class ReleaseForm(forms.Form):
    """Yes, to exactly what was on the page."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class AnswerForm(ReleaseForm):
    """A change or a no, in kind words."""

    words = _words(_("Your words to whoever wrote it"), rows=3, most=1000)


class WithdrawForm(forms.Form):
    """Why it is taken back."""

    words = _words(_("Why? The others read this."), rows=2, most=500)
