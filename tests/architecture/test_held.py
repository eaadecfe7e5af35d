"""Every table with a way to a person, and every column of it, says what it is for and whether people see it (G29)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import models

from peer import held
from peer.models import Person, User
from tests.architecture.test_texts import wrong_words
from tests.make import make_person

TABLES = held.tables()


def test_every_table_that_leads_to_a_person_is_classified() -> None:
    told = {*TABLES, *held.elsewhere()}
    assert held.leading() - told == set(), "these lead to people: say in peer/held.toml what they are for"


def test_no_row_of_the_table_speaks_of_what_is_not_there() -> None:
    for label in {*TABLES, *held.elsewhere()}:
        assert apps.get_model(label)
    assert set(TABLES) <= held.leading()
    assert set(TABLES) & set(held.elsewhere()) == set()


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_column_is_classified_once(table: held.Held) -> None:
    assert held.columns(table.model) - table.classified() == set(), "say in peer/held.toml whether people see these"
    there = {column.name for column in table.model._meta.get_fields() if column.concrete}
    assert table.classified() <= there
    parts = [*table.yours, *table.others, *table.withheld, *table.inner]
    assert len(parts) == len(set(parts)), "in two parts"


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_row_has_a_purpose_a_heading_and_an_end(table: held.Held) -> None:
    assert table.heading in held.headings()
    assert table.why in held.purposes()
    assert table.title
    assert all(table.withheld.values()), "each with its reason"
    assert bool(table.because) == (table.erase is held.Erase.LAW)
    assert {*table.keeps, *table.instead, *table.null, *table.masked} <= {
        column.name for column in table.model._meta.get_fields() if column.concrete
    }


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_its_ways_lead_to_a_person(table: held.Held) -> None:
    try:
        assert not table.rows(make_person(), erasing=True).exclude(pk=None).exists() or table.label == "peer.Person"
        for lookups in (table.yours, table.others):
            list(table.rows(make_person()).select_related(*held.joined(lookups)))
    except FieldError as problem:
        pytest.fail(str(problem))


def test_every_purpose_has_words_and_a_lawful_basis() -> None:
    assert all(row["words"] and row["basis"] for row in held.purposes().values())


def test_a_table_of_work_leads_to_an_account_alone() -> None:
    of_people = {apps.get_model(label) for label in TABLES} - {User}
    wrong = [
        f"{label}.{column.name}"
        for label in held.work()
        for column in apps.get_model(label)._meta.get_fields()
        if column.concrete and column.is_relation and column.related_model in of_people
    ]
    assert wrong == [], "these lead to those who use the service"


def test_the_words_are_those_of_young_people() -> None:
    said = [*held.headings().values(), *(row["words"] for row in held.purposes().values())]
    for table in TABLES.values():
        said += [table.title, *table.yours.values(), *table.others.values()]
    assert [wrong for words in said for wrong in wrong_words(words)] == []


def test_the_lint_sees_a_new_table_and_a_new_column() -> None:
    class Unclassified(models.Model):
        person = models.ForeignKey(Person, on_delete=models.CASCADE)
        secret = models.TextField()

        class Meta:
            app_label = "peer"

    try:
        assert "peer.Unclassified" in held.leading() - {*TABLES, *held.elsewhere()}
        assert held.columns(Unclassified) == {"secret"}
    finally:
        del apps.all_models["peer"]["unclassified"]
        apps.clear_cache()
        Person._meta._expire_cache()
