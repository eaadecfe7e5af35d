"""What a decision needs: the version that was read, and kind words where there is a no."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation import highlights
from moderation import kind_words as starters
from moderation.models import Rule
from peer import content_notes
from peer.models import Post

OWN_WORDS = 1_000


class DecisionForm(forms.Form):
    """Every decision is about exactly the words that were read (P3)."""

    content_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    template_name_label = ""

    def __init__(self, *args: Any, post: Post | None = None, **kwargs: Any) -> None:
        if post is not None:
            kwargs.setdefault("initial", {"content_hash": post.content_hash})
        super().__init__(*args, **kwargs)


class ApproveForm(DecisionForm):
    """Yes; each marked part is ticked, and a word of thanks may go with it (P9)."""

    cleared = forms.TypedMultipleChoiceField(
        label=_("Look at each marked part"),
        widget=forms.CheckboxSelectMultiple,
        coerce=int,
        error_messages={"required": _("Look at each marked part, and tick that you did.")},
        help_text=_("Tick it when you have looked, and it is fine."),
    )
    content_note = forms.ChoiceField(
        label=_("Does it talk about something hard?"),
        help_text=_("Others see this first, and choose if they open it. If you add a note, we tell them."),
        choices=content_notes.choices,
        required=False,
    )
    kind_words = forms.CharField(label=_("A word for them"), max_length=200, required=False)

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, post=post, **kwargs)
        self.initial.setdefault("content_note", post.content_note)
        if not post.findings:
            del self.fields["cleared"]
            return
        texts = {"title": post.thread.title, "body": post.body}
        self.fields["cleared"].choices = [  # type: ignore[attr-defined]
            (number, f"“{highlights.quote(texts[found.get('part', 'body')], found)}” – {highlights.label(found)}")
            for number, found in enumerate(post.findings)
        ]


class NoForm(DecisionForm):
    """No, in kind words: a ready-made beginning, one's own words, or both (P11)."""

    starters: tuple[starters.Starter, ...] = ()
    starter = forms.ChoiceField(label=_("Words to begin with"), required=False, widget=forms.RadioSelect)
    own_words = forms.CharField(
        label=_("Your own words"),
        required=False,
        max_length=OWN_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("They read exactly this. You can use it alone or after the beginning."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, str | Promise]] = [(one.key, one.words) for one in self.starters]
        self.fields["starter"].choices = [*choices, ("", _("No, I write my own"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Put the words together; without any there is no decision."""
        cleaned = super().clean() or {}
        chosen = next((one for one in self.starters if one.key == cleaned.get("starter")), None)
        words = [str(chosen.words) if chosen else "", cleaned.get("own_words", "").strip()]
        cleaned["kind_words"] = "\n\n".join(part for part in words if part)
        cleaned["rule"] = cleaned.get("rule") or (chosen.rule if chosen else "")
        if not cleaned["kind_words"] and "own_words" not in self.errors:
            self.add_error("own_words", _("Choose a beginning or write a few words, so that they know why."))
        return cleaned


class ReturnForm(NoForm):
    """Could you change one thing?"""

    starters = starters.RETURN


class DeclineForm(NoForm):
    """We can't share this, and why."""

    starters = starters.DECLINE
    rule = forms.ChoiceField(
        label=_("Which rule is it about?"), choices=[("", _("As the beginning says")), *Rule.choices], required=False
    )
    field_order = ("content_hash", "starter", "own_words", "rule")

    def clean(self) -> dict[str, Any]:
        """A no cites a rule."""
        cleaned = super().clean()
        if cleaned["kind_words"] and not cleaned["rule"]:
            self.add_error("rule", _("Say which rule it is about."))
        return cleaned


class PassOnForm(DecisionForm):
    """Leave it to somebody else; no reason is asked."""


class MoveUpForm(DecisionForm):
    """Worried: the clinician on call reads it."""

    level = forms.ChoiceField(
        label=_("Could somebody be in danger now?"),
        choices=[
            ("red", _("Yes, or I’m not sure. Ring the clinician now")),
            ("amber", _("No, but they should read it")),
        ],
        initial="red",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, post: Post | None = None, **kwargs: Any) -> None:
        super().__init__(*args, post=post, **kwargs)
        self.initial.setdefault("level", "red")
