"""The directory everyone can use: services near here, who runs them, and what people say is wrong (S5, S6, S103)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.forms import CheckboxSelectMultiple
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import DraftStateMixin, LockableMixin, RevisionMixin, WorkflowMixin

from cms.panels import ReadingPanel
from peer import clock, readability
from peer.models import User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

OLDEST = 120  # years
EVERYBODY = 100  # years: up to this age is up to any


class DirectoryTermQuerySet(models.QuerySet["DirectoryTerm"]):
    """Words of the directory: all of them are public."""

    def published(self) -> DirectoryTermQuerySet:
        """Keep them all, in the editors' order."""
        return self.order_by("kind", "place", "name", "pk")


class DirectoryTerm(models.Model):
    """One word of the house by which services are found; editors add to them, no programmer is needed."""

    class Kind(models.TextChoices):
        """What a word says of a service; each kind is a taxonomy of the open standard."""

        AREA = "area", _("Where")
        NEED = "need", _("What it helps with")
        HELP = "help", _("Kind of help")
        WAY_IN = "way_in", _("How to get in")
        ACCESS = "access", _("Access")
        LANGUAGE = "language", _("Language")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=60, help_text=_("A short word that a ten-year-old knows."))
    slug = models.SlugField(max_length=60, editable=False)
    also = models.CharField(
        _("also found by"), max_length=200, blank=True, help_text=_("Other words people look for, or postcode areas.")
    )
    place = models.PositiveSmallIntegerField(_("order"), default=50)

    objects = DirectoryTermQuerySet.as_manager()

    panels: ClassVar[list[Any]] = [FieldPanel("kind"), FieldPanel("name"), FieldPanel("also"), FieldPanel("place")]

    class Meta:
        ordering = ["kind", "place", "name"]
        verbose_name = _("directory word")
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="term_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the short address that the word had from the first."""
        self.slug = self.slug or slugify(self.name)[:60] or self.key.hex[:8]
        super().save(*args, **kwargs)


class DirectoryOrganisationQuerySet(models.QuerySet["DirectoryOrganisation"]):
    """Organisations, as far as the public may know of them."""

    def published(self) -> DirectoryOrganisationQuerySet:
        """Keep those with a service that is on the website."""
        return self.filter(pk__in=DirectoryService.objects.published().values("organisation"))


class DirectoryOrganisation(models.Model):
    """Who runs services."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    about = models.TextField(_("about them"), max_length=1000, blank=True)
    email = models.EmailField(blank=True)
    website = models.URLField(blank=True)
    lived_experience = models.BooleanField(
        _("led by people with lived experience"),
        default=False,
        help_text=_("The people who run it have been through this themselves."),
    )
    brought = models.JSONField(default=dict, blank=True, editable=False)  # as the last file had it

    objects = DirectoryOrganisationQuerySet.as_manager()

    panels: ClassVar[list[Any]] = [
        FieldPanel(name) for name in ("name", "about", "email", "website", "lived_experience")
    ]

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("organisation")

    def __str__(self) -> str:
        return self.name


class DirectoryServiceQuerySet(models.QuerySet["DirectoryService"]):
    """Services, as far as the public may know of them."""

    def published(self) -> DirectoryServiceQuerySet:
        """Keep what is on the website: approved, and not over."""
        shown = (DirectoryService.Status.ACTIVE, DirectoryService.Status.CLOSED_FOR_NOW)
        return self.filter(live=True, status__in=shown)

    def suggested(self) -> DirectoryServiceQuerySet:
        """Keep what we would point somebody to: open, and checked not too long ago."""
        return self.published().filter(status=DirectoryService.Status.ACTIVE, check_again_on__gte=clock.today())

    def overdue(self) -> DirectoryServiceQuerySet:
        """Keep what is on the website and should have been checked again by now, the longest overdue first."""
        due = Q(check_again_on__lt=clock.today()) | Q(check_again_on=None)
        return self.published().filter(due).order_by("check_again_on", "pk")

    def for_age(self, age: int) -> DirectoryServiceQuerySet:
        """Keep what takes people of this age, in years; no limit given is no limit."""
        young_enough = Q(age_to=None) | Q(age_to__gte=age)
        return self.filter(young_enough, Q(age_from=None) | Q(age_from__lte=age))

    def whole(self) -> DirectoryServiceQuerySet:
        """Read each service with its words and who runs it, in two statements."""
        return self.select_related("organisation").prefetch_related("terms")


class DirectoryService(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, ClusterableModel):
    """One service that helps: what it does, for whom, where, how to get in and when somebody last checked."""

    class Status(models.TextChoices):
        """Whether it runs, in the values of the open standard."""

        ACTIVE = "active", _("Open")
        CLOSED_FOR_NOW = "temporarily closed", _("Closed for now")
        INACTIVE = "inactive", _("Not running")
        DEFUNCT = "defunct", _("Ended")

    class Cost(models.TextChoices):
        """What it costs."""

        FREE = "free", _("Free")
        SOME = "some", _("Some of it costs money")
        PAID = "paid", _("Costs money")
        ASK = "ask", _("Ask them")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        DirectoryOrganisation, on_delete=models.PROTECT, related_name="services", verbose_name=_("run by")
    )
    name = models.CharField(max_length=120)
    plain_summary = models.TextField(
        _("plain summary"),
        max_length=300,
        help_text=_("What it is and who it is for, in one or two short sentences."),
    )
    about = models.TextField(_("what happens there"), max_length=2000, blank=True)
    terms = ParentalManyToManyField(DirectoryTerm, blank=True, related_name="services", verbose_name=_("found by"))
    age_from = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(
        _("to age"), null=True, blank=True, validators=[MaxValueValidator(OLDEST)]
    )
    cost = models.CharField(max_length=10, choices=Cost.choices, default=Cost.FREE)
    cost_note = models.CharField(_("what it costs"), max_length=200, blank=True)
    way_in = models.CharField(
        _("how to get in"), max_length=300, blank=True, help_text=_("What to do first, and what happens then.")
    )
    access_note = models.CharField(_("getting there and in"), max_length=300, blank=True)
    opening = models.CharField(
        _("when it is open"), max_length=200, blank=True, help_text=_("In words, with what is special.")
    )
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    website = models.URLField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    notice = models.CharField(_("what is different now"), max_length=300, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ACTIVE)
    checked_on = models.DateField(_("last checked on"), null=True, blank=True)
    check_again_on = models.DateField(
        _("check again by"), null=True, help_text=_("After this day it is no longer suggested to anybody.")
    )
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    brought = models.JSONField(default=dict, blank=True, editable=False)  # as the last file had it

    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="directory_service",
        for_concrete_model=False,
    )
    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="directory_service")
    mends = GenericRelation("cms.Mend")  # they go with the service

    objects = DirectoryServiceQuerySet.as_manager()

    panels: ClassVar[list[Any]] = [
        FieldPanel("name"),
        FieldPanel("plain_summary"),
        ReadingPanel(heading=_("How easy is this to read?")),
        FieldPanel("about"),
        FieldPanel("organisation"),
        FieldPanel("terms", widget=CheckboxSelectMultiple),
        FieldRowPanel([FieldPanel("age_from"), FieldPanel("age_to")]),
        MultiFieldPanel([FieldPanel("way_in"), FieldPanel("cost"), FieldPanel("cost_note")], heading=_("Getting in")),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("phone", "email", "website", "address", "postcode", "access_note")],
            heading=_("How to reach it"),
        ),
        FieldPanel("opening"),
        InlinePanel("hours", heading=_("Opening hours by day")),
        FieldPanel("status"),
        FieldPanel("notice"),
        FieldRowPanel([FieldPanel("checked_on"), FieldPanel("check_again_on")]),
    ]

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("directory service")
        indexes = [models.Index(fields=["live", "status", "check_again_on"], name="service_shown")]
        constraints = [
            models.CheckConstraint(
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_from__lte=F("age_to")), name="service_ages"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write down when what the public reads has changed."""
        if kwargs.get("update_fields") is None:
            self.changed_at = clock.now()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Refuse ages the wrong way round, with a sentence."""
        super().clean()
        if self.age_from is not None and self.age_to is not None and self.age_from > self.age_to:
            raise ValidationError({"age_to": _("The first age is higher than the last one.")})

    def get_absolute_url(self) -> str:
        """Give its page."""
        return reverse("directory-detail", args=[self.key])

    def plain_text(self) -> str:
        """Give all the words that people read, for the reading figures."""
        texts = (self.name, self.plain_summary, self.about, self.way_in, self.access_note, self.opening, self.notice)
        return "\n".join(text for text in texts if text)

    def reading(self) -> readability.Reading:
        """Measure how hard this is to read."""
        return readability.read(self.plain_text())

    def words(self, kind: str) -> list[str]:
        """Name its words of one kind, in the editors' order."""
        found = sorted((term for term in self.terms.all() if term.kind == kind), key=lambda term: term.place)
        return [term.name for term in found]

    def ages(self) -> str:
        """Say for whom it is, in a few words; files from elsewhere write a hundred and more where there is no end."""
        last = None if self.age_to is None or self.age_to >= EVERYBODY else self.age_to
        if self.age_from and last is not None:
            return _("Ages %(from)d to %(to)d") % {"from": self.age_from, "to": last}
        if self.age_from:
            return _("From age %(from)d") % {"from": self.age_from}
        return _("Up to age %(to)d") % {"to": last} if last is not None else str(_("All ages"))

    def is_old(self) -> bool:
        """Tell whether somebody should have checked it again by now."""
        return self.check_again_on is None or self.check_again_on < clock.today()

    def is_closed_for_now(self) -> bool:
        """Tell whether it does not take anybody in at the moment."""
        return self.status == self.Status.CLOSED_FOR_NOW


class OpeningHours(models.Model):
    """One stretch of a day of the week on which a service is open."""

    class Day(models.TextChoices):
        """The days, in the letters of the open standard."""

        MO = "MO", _("Monday")
        TU = "TU", _("Tuesday")
        WE = "WE", _("Wednesday")
        TH = "TH", _("Thursday")
        FR = "FR", _("Friday")
        SA = "SA", _("Saturday")
        SU = "SU", _("Sunday")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    service = ParentalKey(DirectoryService, on_delete=models.CASCADE, related_name="hours")
    day = models.CharField(max_length=2, choices=Day.choices)
    opens = models.TimeField()
    closes = models.TimeField()

    panels: ClassVar[list[Any]] = [FieldRowPanel([FieldPanel("day"), FieldPanel("opens"), FieldPanel("closes")])]

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.day} {self.opens:%H:%M}"


class CorrectionState(models.TextChoices):
    """Told; then mended, or found to be right."""

    TOLD = "told", _("Somebody reads it")
    MENDED = "mended", _("We put it right")
    LEFT = "left", _("We looked, and left it")


class DirectoryCorrectionQuerySet(models.QuerySet["DirectoryCorrection"]):
    """What people say is wrong, as far as the viewer may know of it."""

    def visible_to(self, user: User) -> DirectoryCorrectionQuerySet:
        """Keep all for clinicians; for those who keep the directory all but worrying words; else nothing (U5)."""
        if user.may_in_service(Role.CLINICIAN):
            return self
        if user.may_in_service(Role.EDITOR, Role.SERVICE_MANAGER):
            return self.filter(level="")
        return self.none()

    def published(self) -> DirectoryCorrectionQuerySet:
        """Keep what whoever holds the secret address may read: what came of it, never the words themselves."""
        return self.defer("words")

    def waiting(self) -> DirectoryCorrectionQuerySet:
        """Keep what nobody has answered, worrying words first, then the soonest due."""
        return self.filter(state=CorrectionState.TOLD).order_by("-level", "due_at", "pk")


class DirectoryCorrection(Stateful, Owed):
    """One thing somebody says is wrong in the directory, with no name on it."""

    State = CorrectionState

    MOVES: ClassVar[dict[str, set[str]]] = {State.TOLD: {State.MENDED, State.LEFT}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    service = models.ForeignKey(DirectoryService, on_delete=models.CASCADE, related_name="corrections")
    words = models.TextField()
    level = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.TOLD)
    answer = models.TextField(blank=True)
    told_at = models.DateTimeField(default=clock.now)
    form_nonce = models.CharField(max_length=40, unique=True, null=True, blank=True)

    objects = DirectoryCorrectionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="correction_due")]
        constraints = [
            one_of_states(CorrectionState, name="correction_state"),
            owed_unless("mended", "left", name="correction_owed"),
            models.CheckConstraint(condition=Q(state="told") | ~Q(answer=""), name="correction_answered"),
        ]

    def __str__(self) -> str:
        return f"correction {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page that tells whoever wrote it what came of it."""
        return reverse("directory-told", args=[self.public_id])

    def is_late(self) -> bool:
        """Tell whether its due time has passed while nobody has answered."""
        return self.state == self.State.TOLD and self.is_overdue(clock.now())
