"""What somebody said yes to, purpose by purpose, with the very words, for their page and a clinician's (C2, S69)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from peer import adults
from peer.actions.consents import BY_A_PRESS
from peer.models import Consent, ConsentWords, Person
from peer.models.consent import wording

Purpose = Consent.Purpose

TITLES: dict[str, Promise] = {
    Purpose.JOIN: _("Being in a group"),
    Purpose.LIMITS: _("What is private, and when it is not"),
    Purpose.POST: _("Writing in a group"),
    Purpose.TEXTS: _("Texts to you"),
    Purpose.PARENT_TOLD: _("Telling a parent or carer that you are in a group"),
    Purpose.PARENT_NEWS: _("Telling a parent or carer news about your wait"),
    Purpose.FEEDBACK: _("Showing what you told us"),
    Purpose.RESEARCH: _("Asking you about studies"),
}


class Answer(StrEnum):
    """Where one question stands."""

    YES = "yes"
    NO = "no"
    AGAIN = "again"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Asked:
    """One purpose: the words as they stand, the last answer, and the words it was given to where they were others."""

    purpose: str
    title: Promise
    lines: list[str]
    text_hash: str
    last: Consent | None
    answer: Answer
    old_lines: list[str]
    before: list[Consent]
    by_a_press: bool

    @property
    def is_given(self) -> bool:
        """Tell whether there is a yes to take back."""
        return self.last is not None and self.last.given

    @property
    def is_in_new_words(self) -> bool:
        """Tell whether the last answer was to other words than these."""
        return self.last is not None and self.last.text_hash != self.text_hash


def of(person: Person) -> list[Asked]:
    """List every purpose that this person is asked about, in two statements."""
    said: dict[str, list[Consent]] = defaultdict(list)
    for row in person.consents.order_by("-pk").select_related("by"):
        said[row.purpose].append(row)
    old = [rows[0].text_hash for rows in said.values()]
    words = dict(ConsentWords.objects.filter(text_hash__in=old).values_list("text_hash", "words"))
    return [_asked(purpose, said[purpose], words, person) for purpose in TITLES if _is_asked(purpose, person)]


def own_again(person: Person) -> list[Asked]:
    """List what one press does not give and somebody of 16 is asked anew: a group, and what is private (C7)."""
    return [one for one in of(person) if one.answer is Answer.AGAIN and not one.by_a_press]


def _is_asked(purpose: str, person: Person) -> bool:
    return person.kind == Person.Kind.YOUNG_PERSON or purpose not in Consent.ABOUT_PARENTS


def _asked(purpose: str, said: list[Consent], words: dict[str, str], person: Person) -> Asked:
    now, last = wording(purpose), said[0] if said else None
    changed = last is not None and last.text_hash != now.text_hash
    return Asked(
        purpose=purpose,
        title=TITLES[purpose],
        lines=now.lines,
        text_hash=now.text_hash,
        last=last,
        answer=_answer(last, changed=changed, person=person),
        old_lines=words.get(last.text_hash, "").strip().splitlines() if last is not None and changed else [],
        before=said[1:],
        by_a_press=purpose in BY_A_PRESS,
    )


def _answer(last: Consent | None, *, changed: bool, person: Person) -> Answer:
    """Say where a question stands: new words are asked again (C4), and from 16 what rested on less than age (C7)."""
    if last is None:
        return Answer.NOT_ASKED
    if not last.given:
        return Answer.NO
    rested_on_more = last.basis in {"parent", "competent"} and adults.is_sixteen(person)
    return Answer.AGAIN if changed or rested_on_more else Answer.YES
