"""The directory of an invented town: made once, and never written over what an editor changed."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from cms.models import DirectoryOrganisation, DirectoryService, DirectoryTerm, OpeningHours
from peer import clock
from peer.actions import signposts
from peer.models import Person, Signpost, User

SERVICES = tomllib.loads(Path(__file__).with_name("directory.toml").read_text())
PLAIN = (
    "name", "plain_summary", "about", "way_in", "opening", "phone", "email", "website", "address", "postcode",
    "access_note", "notice", "status", "cost", "cost_note",
)  # fmt: skip

POINTED = ("The Thursday Kitchen", "Talk Tuesday")


def load_directory() -> int:
    """Make the words, and the services where there is none yet; give how many there are."""
    terms: dict[str, DirectoryTerm] = {}
    for kind, words in SERVICES["terms"].items():
        for place, (name, also) in enumerate(words):
            made, _is_new = DirectoryTerm.objects.get_or_create(
                kind=kind, name=name, defaults={"also": also, "place": place}
            )
            terms[name] = made
    for row in SERVICES["organisations"]:
        owner, is_new = DirectoryOrganisation.objects.get_or_create(
            name=row["name"],
            defaults={"about": row.get("about", ""), "website": row.get("website", ""), "email": row.get("email", "")}
            | {"lived_experience": row.get("lived", False)},
        )
        if is_new:
            for told in row["services"]:
                _add(told, owner, terms)
    return DirectoryService.objects.count()


def _add(told: dict[str, Any], owner: DirectoryOrganisation, terms: dict[str, DirectoryTerm]) -> None:
    age_from, age_to = told.get("ages", (None, None))
    service = DirectoryService(
        organisation=owner,
        age_from=age_from,
        age_to=age_to,
        checked_on=clock.today() - dt.timedelta(days=told["checked"]),
        check_again_on=clock.today() + dt.timedelta(days=told["again"]),
        **{name: told[name] for name in PLAIN if name in told},
    )
    service.terms.set([terms[name] for name in told["terms"]])
    service.hours = [
        OpeningHours(day=day, opens=dt.time.fromisoformat(opens), closes=dt.time.fromisoformat(closes))
        for day, opens, closes in told.get("hours", [])
    ]
    service.full_clean(exclude=["organisation"])
    service.save()
    service.save_revision().publish()


def load_signposts() -> None:
    """Let Dr Lee have pointed Asha to two services: one of them helped, the other she has not tried."""
    lee, asha = (User.objects.get(handle=handle) for handle in ("dr_lee", "asha"))
    services = DirectoryService.objects.suggested().filter(name__in=POINTED)
    with clock.at(clock.now() - dt.timedelta(days=9)):
        why = "You said that evenings are long, and that you like to be with people without having to talk."
        person = Person.objects.get(user=asha)
        signposts.point(person, by=lee, services={one.key: one.name for one in services}, why=why)
    with clock.at(clock.now() - dt.timedelta(days=2)):
        signposts.say(Signpost.objects.get(person=person, title=POINTED[0]), by=asha, state=Signpost.State.HELPED)
