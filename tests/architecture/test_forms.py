"""Forms: no box of words without an end, and a day that is already known stands in its field."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms

BOUND_BY_THE_ACT = {"ReplyForm.body", "ThreadForm.body"}  # peer/actions/talk.py counts the letters and says how many
SAMPLES = {"EveryField.words"}  # the style page's own


def fields() -> Iterator[tuple[str, forms.Field]]:
    """Give each field of our forms, as `Form.field`."""
    for package in ("peer.forms", "moderation.forms", "notifications.forms", "cms.forms"):
        for found in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            module = importlib.import_module(found.name)
            for name, form in vars(module).items():
                if isinstance(form, type) and issubclass(form, forms.BaseForm) and form.__module__ == module.__name__:
                    yield from ((f"{name}.{field}", known) for field, known in form.base_fields.items())


BOXES = [(name, one) for name, one in fields() if isinstance(one.widget, forms.Textarea)]
DAYS = [(name, one) for name, one in fields() if isinstance(one, forms.DateField)]


@pytest.mark.parametrize(("name", "box"), BOXES, ids=[name for name, _box in BOXES])
def test_a_box_of_words_has_an_end(name: str, box: forms.CharField) -> None:
    assert box.max_length or name in BOUND_BY_THE_ACT | SAMPLES


@pytest.mark.parametrize(("name", "day"), DAYS, ids=[name for name, _day in DAYS])
def test_a_day_that_is_known_stands_in_its_field_as_browsers_read_it(name: str, day: forms.DateField) -> None:
    assert 'value="2027-05-28"' in day.widget.render("day", dt.date(2027, 5, 28))
