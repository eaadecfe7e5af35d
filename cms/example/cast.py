"""Who plays in the demo and the journeys: numbers are Ofcom's for drama, no postcode begins with NF, nobody is real."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from peer.models import Person
from peer.roles import Role


@dataclass(frozen=True)
class Player:
    """One invented person: who they are, what they may do, and why you would sign in as them."""

    handle: str
    given_name: str
    family_name: str
    kind: str
    try_this: str
    age: int = 35
    mobile: str = ""
    landline: str = ""
    email: str = ""
    word: str = ""
    service_roles: tuple[Role, ...] = ()
    group_roles: dict[str, Role] = field(default_factory=dict)
    name_here: str = ""
    address: str = ""
    doctor: str = ""

    @property
    def called(self) -> str:
        """Give the name everybody calls them by: Dr Lee, and Asha, whose name in the group is hers alone."""
        return self.name_here if self.name_here.startswith("Dr ") else self.given_name

    @property
    def full_name(self) -> str:
        """Give the whole name, as it stands on their card and on their phone."""
        title = "Dr " if self.called.startswith("Dr ") else ""
        return f"{title}{self.given_name} {self.family_name}"

    @property
    def number(self) -> str:
        """Give the number of the phone they hold."""
        return self.mobile or self.landline

    @property
    def is_young(self) -> bool:
        """Tell whether this is a young person, whose age matters to the story."""
        return self.kind == Person.Kind.YOUNG_PERSON

    @property
    def born_on(self) -> dt.date:
        """Give a birth date that makes the person `age` years old all through this year's demo."""
        return dt.date(dt.date.today().year - self.age - 1, 12, 31)  # noqa: DTZ011 - a believable date, not a timer


YOUNG, PARENT, STAFF = Person.Kind.YOUNG_PERSON, Person.Kind.PARENT_CARER, Person.Kind.STAFF
BOTH = ("lantern", "harbour")

CAST = (
    Player(
        "asha", "Asha", "Rahman", YOUNG, "Reads and writes in Lantern, the group for 14 and 15 year olds.",
        age=15, mobile="+447700900101", group_roles={"lantern": Role.YOUNG_PERSON}, name_here="Fern",
        address="14 Foxglove Way, Northfields NF2 4QT", doctor="Dr Hollis, Elm Road Surgery",
    ),
    Player(
        "noor", "Noor", "Hadley", YOUNG, "Waits, and was just offered Lantern: reply YES, NO or ASK on her phone.",
        age=15, mobile="+447700900102",
        address="Flat 3, 27 Canal Street, Northfields NF1 7LD", doctor="Dr Penrose, Canal Street Health Centre",
    ),
    Player(
        "tess", "Tess", "Okoro", YOUNG, "Is new in Harbour, and Ben has said hello. Lantern does not exist for her.",
        age=16, mobile="+447700900103", group_roles={"harbour": Role.YOUNG_PERSON}, name_here="Tide",
        address="8 Tanners Row, Northfields NF3 2HB", doctor="Dr Hollis, Elm Road Surgery",
    ),
    Player(
        "ravi", "Ravi", "Menon", YOUNG, "Was asked to leave Lantern last week. Open Lantern: why, and a second look.",
        age=15, mobile="+447700900107", group_roles={"lantern": Role.YOUNG_PERSON}, name_here="Drift",
        address="33 Weavers Court, Northfields NF1 5TD", doctor="Dr Penrose, Canal Street Health Centre",
    ),
    Player(
        "lily", "Lily", "Arden", YOUNG, "Her help has started: five weeks are left in Harbour to say goodbye.",
        age=17, mobile="+447700900108", group_roles={"harbour": Role.YOUNG_PERSON}, name_here="Skylark",
        address="12 Station Parade, Northfields NF3 6RE", doctor="Dr Quist, Market Hill Surgery",
    ),
    Player(
        "omar", "Omar", "Vance", YOUNG, "Has an account and no group. He can find Lantern and ask to join.",
        age=15, mobile="+447700900104",
        address="51 Priory Gardens, Northfields NF2 9SW", doctor="Dr Bhatt, Priory Medical Centre",
    ),
    Player(
        "skye", "Skye", "Brandt", YOUNG, "Has said yes to Harbour and waits for the day when several start together.",
        age=16, mobile="+447700900107",
        address="4 Larch Close, Northfields NF2 6RD", doctor="Dr Quist, Market Hill Surgery",
    ),
    Player(
        "ivo", "Ivo", "Vance", YOUNG, "Is 13 and waits. News goes to his mother Rosa.", age=13, mobile="+447700900106",
        address="8 Orchard Lane, Northfields NF3 2AB", doctor="Dr Bhatt, Priory Medical Centre",
    ),
    Player(
        "mo", "Mo", "Adeyemi", YOUNG, "Is 17 and checks posts, on a phone, between two lessons.",
        age=17, mobile="+447700900111", group_roles=dict.fromkeys(BOTH, Role.PEER_MODERATOR), name_here="Mo",
        address="6 Orchard Rise, Northfields NF1 3PE", doctor="Dr Penrose, Canal Street Health Centre",
    ),
    Player(
        "zara", "Zara", "Lind", YOUNG, "Is 18 and the second key: first posts need two readers.",
        age=18, mobile="+447700900112", group_roles=dict.fromkeys(BOTH, Role.PEER_MODERATOR), name_here="Zara",
        address="19 Market Hill, Northfields NF1 1AA", doctor="Dr Quist, Market Hill Surgery",
    ),
    Player(
        "ben", "Ben", "Castell", STAFF, "Leads both groups. He waited himself, once.",
        age=22, mobile="+447700900113", group_roles=dict.fromkeys(BOTH, Role.PEER_FACILITATOR), name_here="Ben",
    ),
    Player(
        "pat", "Pat", "Rahman", PARENT, "Is Asha’s parent: news by text, and nothing of the group.",
        mobile="+447700900121",
        word="Bluebell",
        address="14 Foxglove Way, Northfields NF2 4QT",
    ),
    Player(
        "lena", "Lena", "Hadley", PARENT, "Is Noor’s mother. She has a landline, so news rings.",
        landline="+442079460122",
        word="Marmalade",
        address="Flat 3, 27 Canal Street, Northfields NF1 7LD",
    ),
    Player(
        "rosa", "Rosa", "Vance", PARENT, "Is Ivo’s mother. News goes by e-mail first, then by text, call and letter.",
        mobile="+447700900123", email="rosa.vance@example.org",
        word="Kettle",
    ),
    Player(
        "dr_lee", "Jin", "Lee", STAFF, "Is the clinician on call now. A worrying post reaches this phone.",
        mobile="+447700900131", service_roles=(Role.CLINICIAN,),
        group_roles=dict.fromkeys(BOTH, Role.CLINICIAN), name_here="Dr Lee",
    ),
    Player(
        "dr_okafor", "Ada", "Okafor", STAFF, "Is the second clinician, tried when Dr Lee does not answer.",
        mobile="+447700900132", service_roles=(Role.CLINICIAN,),
        group_roles=dict.fromkeys(BOTH, Role.CLINICIAN), name_here="Dr Okafor",
    ),
    Player(
        "kim", "Kim", "Duarte", STAFF, "Looks after 500 families: the list, the calls, the rota.",
        mobile="+447700900141", service_roles=(Role.CO_ORDINATOR,),
    ),
    Player(
        "sam", "Sam", "Iqbal", STAFF, "Runs the service: answers feedback, publishes it, reads the record.",
        mobile="+447700900142", service_roles=(Role.SERVICE_MANAGER,),
    ),
    Player(
        "nell", "Nell", "Achebe", STAFF, "Looks after safety: keeps back what would endanger somebody.",
        mobile="+447700900144", service_roles=(Role.SAFEGUARDING_LEAD,),
    ),
    Player(
        "gwen", "Gwen", "Ferris", STAFF, "Keeps both groups running: hours, cover and its gaps. No post opens for her.",
        mobile="+447700900145", group_roles=dict.fromkeys(BOTH, Role.GROUP_ADMINISTRATOR), name_here="Gwen",
    ),
    Player(
        "nia", "Nia", "Sorrel", YOUNG, "Is 17 and drafts public pages. They go out when two people have looked.",
        age=17, mobile="+447700900114", service_roles=(Role.YOUNG_EDITOR,),
        address="2 Mill Row, Northfields NF2 8KD", doctor="Dr Bhatt, Priory Medical Centre",
    ),
    Player(
        "eve", "Eve", "Marsh", STAFF, "Writes the public pages, with the reading age beside the words.",
        mobile="+447700900143", service_roles=(Role.EDITOR,),
    ),
)  # fmt: skip

PLAYERS = {player.handle: player for player in CAST}

LANTERN = [
    "Ziggy",
    "Marlow",
    "Juno",
    "Pip",
    "Otter",
    "Wren",
    "Sol",
    "Kit",
    "Bee",
    "Moss",
    "River",
    "Echo",
    "Plum",
    "Indigo",
]
HARBOUR = [
    "Nova",
    "Quill",
    "Lark",
    "Rook",
    "Ash",
    "Hazel",
    "Sage",
    "Vale",
    "Onyx",
    "Reef",
    "Cosmo",
    "Finch",
    "Blue",
    "Rain",
]
MEMBERS = {"lantern": LANTERN, "harbour": HARBOUR}
