"""What the service says in public elsewhere, moderated by young people (S11, S12).

It lives in cms, which alone knows photos, pages and the public feed; whoever acted is told by news that peer has.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection, CollectionViewRestriction

from cms import networks, young_moderators
from cms.models.photos import Photo
from cms.networks import Network
from peer import clock, readability
from peer.models import User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import AppendOnly, AppendOnlyQuerySet, Owed, Stateful, one_of_states, owed_unless

FOLDER = "social"  # in the private storage
WRITERS = (Role.EDITOR, Role.YOUNG_EDITOR, Role.SERVICE_MANAGER)


class SocialState(models.TextChoices):
    """From the first words to the public, by one young person's yes."""

    DRAFT = "draft", _("Being written")
    WAITING = "waiting", _("Waiting for a young-person moderator")
    RETURNED = "returned", _("Something to change")
    RELEASED = "released", _("Released")
    DECLINED = "declined", _("Not released")
    WITHDRAWN = "withdrawn", _("Taken back")


class SocialPostQuerySet(models.QuerySet["SocialPost"]):
    """Social posts, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> SocialPostQuerySet:
        """Keep all for those who write them; for young people who check posts all that was ever sent; else nothing."""
        if user.may_in_service(*WRITERS):
            return self
        return self.filter(sent_at__isnull=False) if young_moderators.is_one(user) else self.none()

    def published(self) -> SocialPostQuerySet:
        """Keep what is public: released, its day has come, and no photo in it was taken out of sight; newest first."""
        return self.filter(shown_from__lte=clock.now()).released().order_by("-shown_from", "-pk")

    def released(self) -> SocialPostQuerySet:
        """Keep what may be posted by hand: released, whatever its day, with every photo still in sight."""
        hidden = ShareImage.objects.filter(
            Q(photo=None) | Q(photo__collection__in=private_collections()), kind=ShareImage.Kind.PHOTO
        )
        return self.filter(state=SocialState.RELEASED).exclude(images__in=hidden)

    def waiting(self) -> SocialPostQuerySet:
        """Keep what waits for a young person, the soonest due first."""
        return self.filter(state=SocialState.WAITING).order_by("due_at", "pk")

    def not_by(self, user: User) -> SocialPostQuerySet:
        """Leave out what somebody wrote or changed themselves: they never release it."""
        return self.exclude(steps__in=SocialStep.objects.filter(by=user, kind=SocialStep.Kind.WROTE))

    def to_mend(self) -> SocialPostQuerySet:
        """Keep what its writers have in hand, or what no young person read in time, the soonest due first."""
        late = Q(state=SocialState.WAITING, owner_role=Role.SERVICE_MANAGER)
        return self.filter(Q(state__in=[SocialState.DRAFT, SocialState.RETURNED]) | late).order_by("due_at", "pk")

    def late(self) -> SocialPostQuerySet:
        """Keep what no young person has read in time, and is not with the manager yet."""
        return self.waiting().filter(due_at__lte=clock.now()).exclude(owner_role=Role.SERVICE_MANAGER)

    def whole(self) -> SocialPostQuerySet:
        """Read each with its pictures and who said yes."""
        return self.select_related("released_by", "written_by", "owner").prefetch_related("images")


def private_collections() -> list[int]:
    """Name the collections that somebody has closed, and those below them."""
    closed = Collection.objects.filter(pk__in=CollectionViewRestriction.objects.values("collection"))
    return [below.pk for one in closed for below in one.get_descendants(inclusive=True)]


@dataclass(frozen=True)
class Copy:
    """The words as they are posted on one network, and how long they are there."""

    network: Network
    text: str
    length: int

    @property
    def fits(self) -> bool:
        """Tell whether the network takes it."""
        return self.length <= self.network.most


class SocialPost(Stateful, Owed):
    """One short post in the service's name: it leaves only by the yes of a young person who did not write it."""

    State = SocialState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.DRAFT: {State.WAITING, State.WITHDRAWN},
        State.WAITING: {State.RELEASED, State.RETURNED, State.DECLINED, State.WITHDRAWN},
        State.RETURNED: {State.WAITING, State.WITHDRAWN},
        State.RELEASED: {State.WAITING, State.WITHDRAWN},  # an edit goes back to waiting
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    words = models.TextField()
    short_words = models.TextField(blank=True)
    networks = models.JSONField(default=list)
    link = models.CharField(max_length=200, blank=True)  # below our own address
    go_out_on = models.DateField(null=True, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_hash = models.CharField(max_length=64, blank=True)
    shown_from = models.DateTimeField(null=True, blank=True)

    objects = SocialPostQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["-shown_from", "-id"], condition=Q(state="released"), name="social_public"),
            models.Index(fields=["state", "due_at"], name="social_due"),
        ]
        constraints = [
            one_of_states(SocialState, name="social_state"),
            owed_unless("released", "declined", "withdrawn", name="social_owed"),
            models.CheckConstraint(
                condition=~Q(state="released")
                | (
                    Q(released_by__isnull=False, released_at__isnull=False, shown_from__isnull=False)
                    & ~Q(released_hash="")
                    & ~Q(released_by=F("written_by"))
                ),
                name="social_released_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"social post {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give its page at the desk of those who read and write them."""
        return reverse("social-detail", args=[self.public_id])

    def permalink(self) -> str:
        """Give its public address, in whole."""
        return f"{settings.PUBLIC_BASE_URL}{reverse('social-post', args=[self.public_id])}"

    def first_words(self) -> str:
        """Give the words by which lists name it."""
        return str(Truncator(" ".join(self.words.split())).words(9))

    def full_link(self) -> str:
        """Give the whole address of the page it leads to."""
        return f"{settings.PUBLIC_BASE_URL}{self.link}" if self.link else ""

    def copy_for(self, network: Network) -> Copy:
        """Give the words for one network: the long ones where they fit, else the short ones."""
        link = self.full_link()
        words = self.words if network.takes(self.words, link) or not self.short_words else self.short_words
        return Copy(network, networks.text(words, link), network.length(words, link))

    def copies(self) -> list[Copy]:
        """Give the words for each network it is meant for."""
        return [self.copy_for(network) for key, network in networks.every().items() if key in self.networks]

    def reading(self) -> readability.Reading:
        """Measure how hard it is to read, pictures included."""
        texts = [self.words, self.short_words, *(image.card_words for image in self.images.all())]
        return readability.read("\n".join(text for text in texts if text))

    def fingerprint(self) -> str:
        """Fold everything that leaves into one value: words, where, link, day, each picture's bytes and its words."""
        pictures = [[image.pk, image.digest, image.alt, image.card_words] for image in self.images.all()]
        day = self.go_out_on.isoformat() if self.go_out_on else ""
        said = [self.words, self.short_words, sorted(self.networks), self.link, day, pictures]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def is_as_released(self) -> bool:
        """Tell whether words and pictures are still exactly those that a young person said yes to."""
        return self.state == self.State.RELEASED and self.released_hash == self.fingerprint()

    def is_late(self) -> bool:
        """Tell whether its due time has passed while somebody owes something."""
        return self.due_at is not None and self.is_overdue(clock.now())

    def is_taken(self) -> bool:
        """Tell whether somebody is reading it now."""
        return self.claimed_at is not None and self.claimed_at > clock.now() - CLAIM_LASTS

    def is_shown(self) -> bool:
        """Tell whether it is public by now."""
        return self.state == self.State.RELEASED and self.shown_from is not None and self.shown_from <= clock.now()


CLAIM_LASTS = dt.timedelta(minutes=30)


def _picture(_image: ShareImage, filename: str) -> str:
    """Give a name that tells nothing and cannot be guessed."""
    return f"{FOLDER}/{secrets.token_hex(16)}{PurePath(filename).suffix.lower()}"


class ShareImageQuerySet(models.QuerySet["ShareImage"]):
    """Pictures of social posts, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> ShareImageQuerySet:
        """Keep those of posts that this person may read."""
        return self.filter(post__in=SocialPost.objects.visible_to(user))

    def published(self) -> ShareImageQuerySet:
        """Keep those of posts that are public."""
        return self.filter(post__in=SocialPost.objects.published())

    def named(self, name: str) -> ShareImageQuerySet:
        """Keep the one with a file of this name, in either size."""
        return self.filter(Q(wide=f"{FOLDER}/{name}") | Q(square=f"{FOLDER}/{name}"))


class ShareImage(models.Model):
    """One picture of a social post in two sizes, as copies of its own, and its words for people who cannot see it."""

    class Kind(models.TextChoices):
        """Where it comes from."""

        CARD = "card", _("A card with words")
        PHOTO = "photo", _("A photo")

    post = models.ForeignKey(SocialPost, on_delete=models.CASCADE, related_name="images")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    card_words = models.CharField(max_length=160, blank=True)
    photo = models.ForeignKey(Photo, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    alt = models.CharField(max_length=400)
    wide = models.FileField(upload_to=_picture)
    square = models.FileField(upload_to=_picture)
    digest = models.CharField(max_length=64)

    objects = ShareImageQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(alt=""), name="share_image_has_words")]

    def __str__(self) -> str:
        return f"share image {self.pk}"

    def bytes_of(self, name: str) -> bytes:
        """Read the one of its two files that has this name; FileNotFoundError where it is gone."""
        file = self.wide if PurePath(str(self.wide.name)).name == name else self.square
        with file.open("rb") as opened:
            return bytes(opened.read())

    @property
    def wide_url(self) -> str:
        """Give the address of the wide one, which asks who may see it."""
        return reverse("social-picture", args=[PurePath(str(self.wide.name)).name])

    @property
    def square_url(self) -> str:
        """Give the address of the square one."""
        return reverse("social-picture", args=[PurePath(str(self.square.name)).name])


class SocialStep(AppendOnly):
    """One thing somebody did with a social post, by the name everybody knows them by."""

    class Kind(models.TextChoices):
        """What they did."""

        WROTE = "wrote", _("wrote this")
        SENT = "sent", _("sent it to be read")
        RELEASED = "released", _("said yes: it may go out")
        RETURNED = "returned", _("asked for a change")
        DECLINED = "declined", _("said no")
        WITHDREW = "withdrew", _("took it back")
        CLIMBED = "climbed", _("nobody read it in time: it is with the service manager too")

    post = models.ForeignKey(SocialPost, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["returned", "declined"]) | ~Q(words=""), name="social_no_has_words"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
