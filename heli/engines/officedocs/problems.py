"""The one exception a reading may raise."""

from __future__ import annotations

from heli.engines.officedocs.sentences import sentence


class Unreadable(ValueError):
    """A file cannot be read; says what, where and what to do about it.

    `code` names the sentence in the data file, `params` fill it. `remedy` names another code whose remedy fits
    better than the code's own. `params["name"]` is the file's name, added by the caller that knows it.
    """

    def __init__(self, code: str, remedy: str = "", **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.remedy = remedy or code
        self.params: dict[str, object] = params

    def __str__(self) -> str:
        return self.text("en")

    def what(self, language: str) -> str:
        """Return what is wrong and where, naming the file."""
        return sentence("unreadable", self.code, language, self._filled())

    def how_to_mend(self, language: str) -> str:
        """Return what would make the file readable."""
        return sentence("remedy", self.remedy, language, self._filled())

    def text(self, language: str) -> str:
        """Return what, where and remedy as one line."""
        between = "" if language.lower().startswith("zh") else " "
        return self.what(language) + between + self.how_to_mend(language)

    def _filled(self) -> dict[str, object]:
        return {"name": "", **self.params}
