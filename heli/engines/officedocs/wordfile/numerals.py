"""Numbers as word processors print them, by the names of ECMA-376 part 1, section 17.18.59."""

from __future__ import annotations

from functools import cache

from heli.engines.officedocs.sentences import load_data

ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
ROMAN_SMALL = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
GREATEST = 9_999
TABLES = {
    "ideographTraditional": "stems",
    "ideographZodiac": "branches",
    "decimalEnclosedCircle": "circled",
    "decimalEnclosedCircleChinese": "circled",
    "decimalEnclosedParen": "parenthesised",
    "decimalEnclosedFullstop": "full_stop",
    "ideographEnclosedCircle": "ideographic_circled",
}
COUNTING = {
    "chineseCounting",
    "chineseCountingThousand",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "japaneseCounting",
    "ideographLegalTraditional",
}
LEGAL = {"chineseLegalSimplified", "japaneseLegal"}
DIGITS = {"ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"}


@cache
def printed(number: int, form: str) -> str:
    """Return the number in the given form; an unknown form or too great a number prints as plain digits."""
    if not 0 <= number <= GREATEST or form in ("decimal", "decimalHalfWidth", ""):
        return str(number)
    data = load_data("numerals.toml")
    if form in TABLES:
        symbols = data[TABLES[form]]
        return str(symbols[number - 1]) if 1 <= number <= len(symbols) else str(number)
    if form in COUNTING:
        return _counted(number, data["counting"], data["counting_units"], short_ten=True)
    if form in LEGAL:
        return _counted(number, data["legal"], data["legal_units"], short_ten=False)
    if form in DIGITS:
        return "".join(data["counting"][int(digit)] for digit in str(number))
    return _western(number, form)


def _western(number: int, form: str) -> str:
    if form == "decimalZero":
        return f"{number:02d}"
    if form in ("decimalFullWidth", "decimalFullWidth2"):
        return "".join(chr(0xFF10 + int(digit)) for digit in str(number))
    if form in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman if form == "lowerRoman" else roman.upper()
    if form in ("lowerLetter", "upperLetter"):
        repeats, index = divmod(max(number, 1) - 1, 26)
        letters = chr(97 + index) * min(repeats + 1, 20)
        return letters if form == "lowerLetter" else letters.upper()
    return str(number)


def _roman(number: int) -> str:
    letters = ""
    for value, sign in ROMAN + ROMAN_SMALL:
        count, number = divmod(number, value)
        letters += sign * count
    return letters


def _counted(number: int, digits: str, units: list[str], *, short_ten: bool) -> str:
    if number == 0:
        return digits[0]
    text, gap = "", False
    figures = [int(figure) for figure in str(number)]
    for index, figure in enumerate(figures):
        unit = units[len(figures) - 1 - index]
        if figure == 0:
            gap = bool(text)
            continue
        text += (digits[0] if gap else "") + digits[figure] + unit
        gap = False
    ten = digits[1] + units[1]
    return text[1:] if short_ten and text.startswith(ten) else text
