"""Forms of the directory: looking, telling about a mistake, answering, a file of services; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from cms.finding import LONGEST, Wanted
from cms.models import DirectoryCorrection, DirectoryService, DirectoryTerm
from cms.models.directory import OLDEST
from cms.open_referral.file import MOST_BYTES

ANY = {
    DirectoryTerm.Kind.AREA: _("Anywhere"),
    DirectoryTerm.Kind.NEED: _("Anything"),
    DirectoryTerm.Kind.HELP: _("Any kind"),
    DirectoryTerm.Kind.WAY_IN: _("Any way"),
    DirectoryTerm.Kind.ACCESS: _("Anything"),
    DirectoryTerm.Kind.LANGUAGE: _("Any language"),
}


class LookForm(forms.Form):
    """What somebody looks for: a few words, and the house's own terms."""

    words = forms.CharField(
        label=_("What are you looking for?"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={"max_length": _("Please use fewer words: %(limit_value)d letters at most.")},
    )
    age = forms.IntegerField(
        label=_("Age"),
        required=False,
        min_value=0,
        max_value=OLDEST,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),  # keeps what was typed, also where it is no number
        error_messages={
            "invalid": _("Write the age as a number, such as 15."),
            "min_value": _("Write the age as a number, such as 15."),
            "max_value": _("Write the age as a number, such as 15."),
        },
    )
    cost = forms.ChoiceField(
        label=_("Cost"), choices=[("", _("Any cost")), *DirectoryService.Cost.choices], required=False
    )
    lived_experience = forms.BooleanField(label=_("Led by people who have been through it"), required=False)

    field_order = ("words", "area", "age", "need", "help", "way_in", "cost", "access", "language", "lived_experience")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = list(DirectoryTerm.objects.all())
        for kind, nothing in ANY.items():
            known = [(term.slug, term.name) for term in self.terms if term.kind == kind]
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label, choices=[("", nothing), *known], required=False
            )
        self.order_fields(self.field_order)

    @property
    def is_narrow(self) -> bool:
        """Tell whether one of the fields that stand behind “more” is in use, or wrong."""
        behind = ("help", "way_in", "cost", "access", "language", "lived_experience")
        return any(self.data.get(name) or name in self.errors for name in behind)

    def wanted(self) -> Wanted:
        """Give what was asked for, without what could not be understood."""
        if not self.is_bound:
            return Wanted()
        self.is_valid()
        given = self.cleaned_data
        return Wanted(
            words=given.get("words", ""),
            terms=tuple((kind.value, given[kind.value]) for kind in ANY if given.get(kind.value)),
            age=given.get("age"),
            cost=given.get("cost", ""),
            lived_experience=given.get("lived_experience", False),
        )


class MistakeForm(forms.Form):
    """What is wrong, in the words of whoever saw it."""

    words = forms.CharField(
        label=_("What is wrong, or missing?"),
        help_text=_("For example: nobody answers that number any more. Please leave out names."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Write a few words about what is wrong."),
            "max_length": _("That is a little long. Please keep it under %(limit_value)d letters."),
        },
    )


class AnswerForm(forms.Form):
    """What came of it."""

    state = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[
            (state.value, state.label) for state in (DirectoryCorrection.State.MENDED, DirectoryCorrection.State.LEFT)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you found.")},
    )
    words = forms.CharField(
        label=_("In a sentence, for whoever told us"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write in a sentence what you did, or why it is right as it stands.")},
    )


class ServicesFileForm(forms.Form):
    """A file of services as Open Referral UK."""

    file = forms.FileField(
        label=_("The file of services"),
        help_text=_("Open Referral UK, as JSON: one service, one organisation, or a page of them."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages={"required": _("Choose the file first."), "empty": _("This file is empty.")},
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse what is too big."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                now("This file is %(size)s. It may be %(most)s at most.")
                % {"size": filesizeformat(file.size or 0), "most": filesizeformat(MOST_BYTES)}
            )
        return file
