"""What a public page costs: few questions, little to load, and nothing from another host."""

from __future__ import annotations

import pytest
from django.test import Client

from cms.bench.parts import site_run
from cms.bench.parts.weight import weigh

pytestmark = pytest.mark.django_db
MORE = {"YouSaidPage": 13}  # a list of what people said, another of what is late, and their figures
MOST_QUESTIONS, MOST_KB, MOST_SCRIPT_KB = 12, 150, 35


def test_each_kind_of_page_asks_few_questions_and_is_light(site_tree: None) -> None:
    paths = site_run.fill(0) | {"search": "/search/?words=sleep", "openness": "/openness/", "feedback": "/feedback/"}
    client = Client(headers=site_run.BYPASS)
    questions = {name: site_run.count(client, path) for name, path in paths.items()}
    weights = {name: weigh(client, path) for name, path in paths.items()}
    assert {name: count for name, count in questions.items() if count > MORE.get(name, MOST_QUESTIONS)} == {}
    assert {name: weight for name, weight in weights.items() if weight["page"] > MOST_KB} == {}
    assert {name: weight for name, weight in weights.items() if weight["script"] > MOST_SCRIPT_KB} == {}
    assert len(paths) >= 14
    assert min(weight["page"] for weight in weights.values()) > 10  # the sheets are counted


@pytest.mark.parametrize(
    "brought",
    [
        '<script src="https://elsewhere.example/x.js">',
        '<link rel="stylesheet" href="//elsewhere.example/x.css">',
        '<img src="http://elsewhere.example/x.png">',
        '<picture><source srcset="https://elsewhere.example/x.avif 320w"></picture>',
    ],
)
def test_what_another_host_would_bring_is_a_fault(brought: str) -> None:
    with pytest.raises(ValueError, match="another host"):
        weigh(_Saying(brought), "/")  # type: ignore[arg-type]


class _Saying:
    def __init__(self, html: str) -> None:
        self.content = html.encode()

    def get(self, _path: str) -> _Saying:
        return self
