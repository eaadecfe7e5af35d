"""Every message as it would go: the list by what they are for, and one of them on its handset, mailbox or paper."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from notifications import catalogue, messages, preview, routing
from notifications.catalogue import CHANNELS, Message, Section
from notifications.forms.preview import PreviewForm
from notifications.languages import LANGUAGES
from notifications.models import ContactPoint
from notifications.preview import Preview, Receiver
from notifications.purposes import PURPOSES
from peer import clock, gate, readability
from peer.methods import require_safe
from peer.models import Person, User
from peer.roles import Perm

MOST_FOUND = 10
WAYS: dict[str, Promise] = {
    routing.SMS: lazy("Text"),
    routing.CALL: lazy("Phone call"),
    routing.EMAIL: lazy("E-mail"),
    routing.LETTER: lazy("Letter"),
}


def _staff(request: HttpRequest) -> User:
    """Name who asks; whoever previews no message gets the 404 of a page that never was."""
    user = cast(User, request.user)
    if not gate.can(user, Perm.PREVIEW_MESSAGE, gate.SERVICE):
        raise Http404
    return user


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List every message there is, by what it is for."""
    _staff(request)
    every = catalogue.every().values()
    sections = [(section.label, [_entry(one) for one in every if one.section == section]) for section in Section]
    return render(request, "notifications/preview/index.html", {"sections": [one for one in sections if one[1]]})


def _entry(message: Message) -> dict[str, object]:
    return {
        "title": _title(message),
        "why": message.why(),
        "href": reverse("preview-detail", args=[message.purpose]),
        "ways": [WAYS[channel] for channel in CHANNELS if channel in message.words],
    }


def _title(message: Message) -> str:
    return str(message.title or PURPOSES.get(message.purpose) or message.why())


@require_safe
def detail(request: HttpRequest, purpose: str) -> HttpResponse:
    """Show one message as it would go; it is made in memory, and nothing of it is kept or sent."""
    user = _staff(request)
    message = catalogue.every().get(purpose)
    channel = request.GET.get("channel") or next((one for one in CHANNELS if message and one in message.words), "")
    if message is None or channel not in CHANNELS:
        raise Http404
    person = _person(request, user)
    receiver = _receiver(message, person, channel, user)
    form = _form(request, receiver, channel, user)
    language = form.cleaned_data["language"] if form.is_valid() and "language" in form.cleaned_data else ""
    chosen = {"channel": channel, "language": language, "whom": person.public_id if person else ""}
    context = {
        "title": _title(message),
        "why": message.why(),
        "form": form,
        "person": person,
        "found": _found(form, user, chosen),
        "most_found": MOST_FOUND,
        "tabs": _tabs(message, chosen),
        "invented_href": _href({**chosen, "whom": "", "language": ""}),
        "reaches": preview.where(receiver) if person else "",
        "now": clock.now(),
    }
    context |= _shown(message, receiver, channel, language or _own(receiver), user)
    return render(request, "notifications/preview/detail.html", context, status=422 if form.errors else 200)


def _person(request: HttpRequest, user: User) -> Person | None:
    """Find for whom it is, among the people one may see; who looked is written down, as with any record."""
    whom = request.GET.get("whom", "")
    if not whom:
        return None
    if not gate.can(user, Perm.READ_CASELOAD, gate.SERVICE):
        raise Http404
    person = get_object_or_404(Person.objects.visible_to(user).filter(deceased_at=None), public_id=whom)
    gate.looked(person, by=user, why="preview of a message")
    return person


def _receiver(message: Message, person: Person | None, channel: str, user: User) -> Receiver:
    if person is None:
        return preview.invented(message, channel)
    contacts = ContactPoint.objects.visible_to(user).filter(person=person).reachable()
    return preview.real(person, contacts, channel)


def _own(receiver: Receiver) -> str:
    return receiver.contact.language if receiver.contact.language in LANGUAGES else "en"


def _form(request: HttpRequest, receiver: Receiver, channel: str, user: User) -> PreviewForm:
    asked = {
        "q": request.GET.get("q", ""),
        "language": request.GET.get("language") or _own(receiver),
        "channel": channel,
        "whom": request.GET.get("whom", ""),
    }
    return PreviewForm(asked, may_find=gate.can(user, Perm.READ_CASELOAD, gate.SERVICE))


def _found(form: PreviewForm, user: User, chosen: dict[str, str]) -> list[dict[str, object]] | None:
    """List the people of that name or reference; None where nobody was looked for."""
    words = form.cleaned_data.get("q", "").split() if form.is_valid() else []
    if not words:
        return None
    people = _called(Person.objects.visible_to(user).filter(deceased_at=None), words)
    people = people.prefetch_related("referrals", "young_people__young_person__referrals")
    return [
        {
            "name": one.full_name(),
            "about": _about(one),
            "href": _href({**chosen, "whom": one.public_id, "language": ""}),
        }
        for one in people.order_by("given_name", "family_name", "pk")[:MOST_FOUND]
    ]


def _about(person: Person) -> str:
    """Tell people of one name apart: by what they are, and by their own or their child's reference."""
    children = [row.young_person for row in person.young_people.all()]
    references = [one.reference for known in (person, *children) for one in known.referrals.all()]
    return " · ".join([person.get_kind_display(), *(one.given_name for one in children), *references])


def _called(people: QuerySet[Person], words: list[str]) -> QuerySet[Person]:
    """Keep whom each word names, or whose own or child's request has it as a reference."""
    for word in words:
        name = Q(given_name__icontains=word) | Q(family_name__icontains=word)
        own = Q(referrals__reference__istartswith=word)
        child = Q(young_people__young_person__referrals__reference__istartswith=word)
        people = people.filter(name | own | child)
    return people.distinct()


def _href(chosen: dict[str, str]) -> str:
    return "?" + urlencode({key: value for key, value in chosen.items() if value})


def _tabs(message: Message, chosen: dict[str, str]) -> list[dict[str, object]]:
    """Give every way, those that the message goes by first."""
    order = sorted(CHANNELS, key=lambda one: one not in message.words)
    return [
        {"title": WAYS[one], "href": _href({**chosen, "channel": one}), "current": one == chosen["channel"]}
        for one in order
    ]


def _shown(message: Message, receiver: Receiver, channel: str, language: str, user: User) -> dict[str, Any]:
    """Give the message, and the figures beside it; where it has no words for this way, a sentence says so."""
    try:
        shown = preview.show(message, receiver, channel, language, by=user)
    except messages.MissingWords:
        ways = ", ".join(str(WAYS[one]) for one in CHANNELS if one in message.words)
        return {"missing": _("This message never goes this way. It goes by: %(ways)s.") % {"ways": ways}}
    return {
        "shown": shown,
        "sender": preview.sender(channel),
        "lang": language if messages.is_written(channel, message.words[channel], language) else "en",
        "untold": _untold(message, channel, language),
        "facts": [{"key": key, "value": value} for key, value in _facts(shown) if value],
        "hints": shown.measure.reading.hints,
        "today": clock.today(),
    }


def _untold(message: Message, channel: str, language: str) -> str:
    if messages.is_written(channel, message.words[channel], language):
        return ""
    return _("Nobody has written these words in %(language)s yet. They go out in English.") % {
        "language": LANGUAGES[language]
    }


# ── Figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _facts(shown: Preview) -> list[tuple[str, str]]:
    measure = shown.measure
    return [
        (_("Alphabet"), _alphabet(shown)),
        (_("Length"), _length(shown)),
        (_("Segments"), _segments(shown)),
        (_("Time"), _("about %(count)d seconds") % {"count": measure.seconds} if measure.seconds else ""),
        (_("Cost"), _cost(shown)),
        (_("Reading age"), _age(measure.reading)),
    ]


def _alphabet(shown: Preview) -> str:
    measure = shown.measure
    if not measure.alphabet:
        return ""
    if measure.alphabet == "basic":
        return _("Basic")
    return _("Wide, for: %(marks)s. A segment holds fewer.") % {"marks": " ".join(measure.wide[:10])}


def _length(shown: Preview) -> str:
    length = shown.measure.length
    if length is None:
        return ""
    return ngettext("%(count)d character", "%(count)d characters", length) % {"count": length}


def _segments(shown: Preview) -> str:
    count = shown.measure.segments
    return (
        "" if count is None else _("%(count)d of at most %(most)d") % {"count": count, "most": messages.MOST_SEGMENTS}
    )


def _cost(shown: Preview) -> str:
    pence = shown.measure.pence
    if shown.channel == routing.LETTER:
        return _("Paper and a stamp")
    if pence is None:
        return _("Nothing to us: they ring")
    return _("%(pence)sp") % {"pence": f"{pence:.1f}".removesuffix(".0")} if pence else _("Nothing")


def _age(reading: readability.Reading) -> str:
    if reading.age is None:
        words = {"count": reading.words, "least": readability.SHORTEST}
        return _("%(count)d words: too few to say. It takes %(least)d.") % words
    aim = "" if reading.is_plain else " " + _("Aim for %(aim)d or less.") % {"aim": readability.AIM}
    return _("%(age)d years.") % {"age": reading.age} + aim
