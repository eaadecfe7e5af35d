"""The cast: whoever an act sheet may be about has an address and a usual doctor, all invented."""

from __future__ import annotations

import pytest

from cms.example.cast import CAST, Player


@pytest.mark.parametrize("player", [player for player in CAST if player.is_young], ids=lambda player: player.handle)
def test_the_young_people_of_the_cast_have_an_address_and_a_usual_doctor(player: Player) -> None:
    assert " NF" in player.address
    assert player.doctor
