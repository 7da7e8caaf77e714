"""Numbers and amounts in Hindi words: every number up to 99 has its own word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import PAISE_PER_RUPEE

if TYPE_CHECKING:
    from desktop_app.domain.money import Money

_TO_99 = (
    "शून्य एक दो तीन चार पाँच छह सात आठ नौ "
    "दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस "
    "बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस "
    "तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस "
    "चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास "
    "पचास इक्यावन बावन तिरेपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ "
    "साठ इकसठ बासठ तिरेसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर "
    "सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उनासी "
    "अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी "
    "नब्बे इक्यानबे बानबे तिरानबे चौरानबे पचानबे छियानबे सत्तानबे अट्ठानबे निन्यानबे"
).split()
_SCALES = ((10_000_000, "करोड़"), (100_000, "लाख"), (1_000, "हज़ार"), (100, "सौ"))


def number_in_hindi(number: int) -> str:
    """Return a non-negative whole number in Hindi words: सौ, हज़ार, लाख, करोड़.

    Raises:
        ValueError: the number is negative.
    """
    if number < 0:
        raise ValueError("words are for amounts that are not negative")
    if number < len(_TO_99):
        return _TO_99[number]
    size, name = next((size, name) for size, name in _SCALES if number >= size)
    head, rest = divmod(number, size)
    tail = f" {number_in_hindi(rest)}" if rest else ""
    return f"{number_in_hindi(head)} {name}{tail}"


def amount_in_hindi_words(amount: Money) -> str:
    """Return an amount in Hindi words as on a cheque: `ग्यारह हज़ार आठ सौ रुपये मात्र`.

    Raises:
        ValueError: the amount is negative.
    """
    if amount.paise < 0:
        raise ValueError("words are for amounts that are not negative")
    rupees, paise = divmod(amount.paise, PAISE_PER_RUPEE)
    parts: list[str] = []
    if rupees or not paise:
        parts.append(f"{number_in_hindi(rupees)} {'रुपया' if rupees == 1 else 'रुपये'}")
    if paise:
        parts.append(f"{number_in_hindi(paise)} {'पैसा' if paise == 1 else 'पैसे'}")
    return f"{' और '.join(parts)} मात्र"
