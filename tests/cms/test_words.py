"""The framework's own complaints are said in plain words."""

from __future__ import annotations

import pytest

from cms.forms.style import FILLED, EveryField

TYPED = FILLED | {"born_on": "03/05/2010"}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("words", "", "Please answer this one."),
        ("name", "x" * 31, "That’s too long: 31 characters. The most is 30."),
        ("way", "pigeon", "Please pick one from the list."),
        ("born_on", "soon", "That date doesn’t look right. Try it like 03/05/2010."),
    ],
)
def test_a_fault_is_told_in_plain_words_and_what_was_typed_stays(field: str, typed: str, said: str) -> None:
    form = EveryField(TYPED | {field: typed})
    assert form.errors == {field: [said]}
    assert form[field].value() == typed


def test_a_whole_form_has_nothing_to_change() -> None:
    assert EveryField(TYPED).errors == {}
