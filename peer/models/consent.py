"""What somebody agreed to, in which exact words; the latest row counts (safety C1–C4)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from django.db import models

from peer import clock
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import AppendOnly, AppendOnlyQuerySet

TABLE = Path(__file__).parent.with_name("consent.toml")


@dataclass(frozen=True)
class Wording:
    """The exact words of one question, their version, what they cover, and the hash that an answer keeps (C2)."""

    words: str
    version: str
    covers: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """Give the words line by line, for a page."""
        return self.words.strip().splitlines()

    @property
    def text_hash(self) -> str:
        """Hash words and version."""
        return hashlib.sha256(f"{self.version}\n{self.words.strip()}".encode()).hexdigest()


@cache
def wording(purpose: str) -> Wording:
    """Read the current words of one purpose from consent.toml."""
    row = tomllib.loads(TABLE.read_text())[purpose]
    return Wording(words=row["words"], version=row["version"], covers=tuple(row.get("covers", ())))


class ConsentWords(AppendOnly):
    """The words of one question as they once stood, so that an answer can always be read with what was asked (C2)."""

    text_hash = models.CharField(max_length=64, unique=True)
    version = models.CharField(max_length=20)
    words = models.TextField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "consent words"

    def __str__(self) -> str:
        return f"version {self.version} ({self.text_hash[:8]})"

    @classmethod
    def keep(cls, asked: Wording) -> None:
        """Keep the words that somebody is answering."""
        cls.objects.get_or_create(text_hash=asked.text_hash, defaults={"version": asked.version, "words": asked.words})


class ConsentQuerySet(AppendOnlyQuerySet):
    """Answers, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> ConsentQuerySet:
        """Keep one's own; for clinicians all (matrix row 22)."""
        return self if user.may_in_service(Role.CLINICIAN) else self.filter(person__user=user)

    def say(self, person: Person, purpose: str, *, given: bool, basis: str, by: User | None) -> Consent:
        """Write down one answer to the words as they stand now."""
        asked = wording(purpose)
        ConsentWords.keep(asked)
        row: Consent = self.create(
            person=person,
            purpose=purpose,
            given=given,
            basis=basis,
            by=by,
            text_hash=asked.text_hash,
            version=asked.version,
            covers=list(asked.covers) if given else [],
        )
        return row

    def answers(self, person: Any, purpose: str) -> ConsentQuerySet:
        """Keep what one person, or that of an outer row, answered to one purpose, the latest first."""
        return self.filter(person=person, purpose=purpose).order_by("-id")

    def last_word(self, person: Person, purpose: str) -> Consent | None:
        """Find the last answer, or None where nobody has answered."""
        return self.answers(person, purpose).first()

    def holds(self, person: Person, purpose: str) -> bool:
        """Tell whether the latest answer is a yes to the words as they stand now (C4)."""
        last = self.last_word(person, purpose)
        return bool(last and last.given and last.text_hash == wording(purpose).text_hash)

    def refuses(self, person: int, purpose: str) -> bool:
        """Tell whether the latest answer of the person with this key is a no; where nobody has answered it is not."""
        return self.answers(person, purpose).values_list("given", flat=True).first() is False

    def scopes(self, people: Iterable[int], purpose: str) -> dict[int, frozenset[str]]:
        """Give what the latest answer of each of these people covers, in one statement; a no covers nothing."""
        rows = self.filter(person__in=people, purpose=purpose).order_by("id")
        return {person: frozenset(covers) for person, covers in rows.values_list("person_id", "covers")}


class Consent(AppendOnly):
    """One yes or no of one person, for one purpose."""

    class Purpose(models.TextChoices):
        """Each is asked apart; none implies another (safety C1)."""

        JOIN = "join", "Join a group"
        LIMITS = "limits", "What is private and when it is not"
        POST = "post", "Write in a group"
        MIXED = "mixed", "A group of young people and parents together"
        TEXTS = "texts", "Texts to me"
        PARENT_TOLD = "parent_told", "A parent is told about the group"
        PARENT_NEWS = "parent_news", "A parent hears news of the wait"
        FEEDBACK = "feedback", "My feedback is published"
        RESEARCH = "research", "Asked about studies"

    ABOUT_PARENTS: ClassVar[tuple[str, ...]] = (Purpose.PARENT_TOLD, Purpose.PARENT_NEWS)

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    given = models.BooleanField()
    basis = models.CharField(max_length=40)
    text_hash = models.CharField(max_length=64, blank=True)
    version = models.CharField(max_length=20, blank=True)
    covers = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "purpose", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.purpose}: {'yes' if self.given else 'no'}"
