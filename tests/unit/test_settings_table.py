"""The table of settings: every row names what there is, and accepts its own default."""

from __future__ import annotations

import pytest

from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.settings.table import SECTIONS, SETTINGS, STEPS, in_section, settings_view


@pytest.mark.parametrize("key", SETTINGS)
def test_a_row_is_complete_and_accepts_its_default(key: str) -> None:
    row = SETTINGS[key]
    assert row.key == key
    assert row.checked(row.default) == row.default
    assert bool(row.section) == bool(row.label)
    assert row.section in {"", *SECTIONS}
    assert row.wizard is None or row.wizard.step in STEPS


def test_fields_keep_the_order_of_the_table_unless_placed() -> None:
    keys = [row.key.partition(".")[2] for row in in_section("display")]
    assert keys == ["language", "text_size", "theme", "sound", "customer"]


def test_a_wrong_value_names_its_setting() -> None:
    with pytest.raises(InvalidInputError, match="one of: system, light, dark, contrast") as caught:
        SETTINGS["display.theme"].checked("pink")
    assert caught.value.field == "display.theme"


def test_named_settings_are_typed() -> None:
    view = settings_view({"display.sound": "off", "gateway.desks_on_this_key": "50"})
    assert (view.has_sound, view.text_percent, view.theme) == (False, 100, "system")
    assert view.requests_per_minute == 1
