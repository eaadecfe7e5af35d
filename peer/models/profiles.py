"""What somebody wants us to know, told once, with a say over who may read each part (S59)."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from peer import clock, screening
from peer.models.people import Person, User
from peer.states import AppendOnly, AppendOnlyQuerySet

HELP_STAYS = dt.timedelta(hours=24)


class ProfileNoteQuerySet(AppendOnlyQuerySet):
    """What people told us once, as far as the viewer may know of it."""

    def visible_to(self, user: User) -> ProfileNoteQuerySet:
        """Keep one's own alone; staff read by `shown_at`, part by part, where its writer says so."""
        return self.filter(person=user.person_id, person__isnull=False)

    def newest(self) -> ProfileNoteQuerySet:
        """Keep the newest word on each part of each person, drafts too."""
        return self.filter(pk__in=self.model.objects.values("person", "part").annotate(last=Max("pk")).values("last"))

    def saved(self) -> ProfileNoteQuerySet:
        """Keep the newest finished word on each part of each person."""
        done = self.model.objects.filter(is_draft=False)
        return self.filter(pk__in=done.values("person", "part").annotate(last=Max("pk")).values("last"))

    def worrying(self) -> ProfileNoteQuerySet:
        """Keep the newest words that may mean harm, for the hours in which somebody reads them (U3)."""
        since = clock.now() - HELP_STAYS
        return self.newest().exclude(level="").filter(at__gte=since).order_by("is_draft", "-pk")

    def shown_at(self, place: str, person: Person) -> list[ProfileNote]:
        """List what a person lets be read at one place, in the order of the page: their yes is the right."""
        all_of_them: ProfileNoteQuerySet = self.model.objects.filter(person=person)
        rows = {row.part: row for row in all_of_them.saved().filter(**{f"for_{place}": True})}
        return [rows[part] for part in ProfileNote.Part.values if part in rows and rows[part].words]


class ProfileNote(AppendOnly):
    """One part as somebody wrote it at one time; a change is a new row, so nothing they said is lost."""

    class Part(models.TextChoices):
        """What one may tell."""

        HELPS = "helps", _("What helps me")
        KNOW = "know", _("What I want people to know")
        TALK = "talk", _("How to talk with me")
        SAFE_WAYS = "safe_ways", _("Safe ways to reach me")
        NEEDS = "needs", _("What I need to be able to take part")

    class Place(models.TextChoices):
        """Who may read a part, each asked apart."""

        HELLO = "hello", _("Whoever rings to say hello")
        SESSIONS = "sessions", _("Whoever leads a meeting of my group")
        HANDOVER = "handover", _("The next team, if I move on")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="profile_notes")
    part = models.CharField(max_length=10, choices=Part.choices)
    words = EncryptedTextField(null=True, blank=True)
    for_hello = models.BooleanField(default=False)
    for_sessions = models.BooleanField(default=False)
    for_handover = models.BooleanField(default=False)
    is_draft = models.BooleanField(default=False)
    level = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField(default=clock.now)

    objects = ProfileNoteQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "part", "-id"], name="profile_latest")]

    def __str__(self) -> str:
        return f"{self.part} of person {self.person_id}"

    def is_own(self, user: User) -> bool:
        """Tell whether `user` wrote this."""
        return user.person_id is not None and self.person_id == user.person_id

    def read_by(self) -> dt.datetime:
        """Say by when a clinician has read worrying words."""
        return self.at + dt.timedelta(minutes=screening.due_minutes(screening.Level(self.level)))

    def readers(self) -> list[str]:
        """Name in words who may read it."""
        return [str(place.label) for place in self.Place if getattr(self, f"for_{place.value}")]
