"""Pages of long lists: counted as far as somebody looks, not to the end."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:
    _Paginator = Paginator

COUNTED = 200
DEEPEST_PAGE = 5000


class LongPaginator(_Paginator):
    """A paginator that counts up to ``COUNTED`` rows, or to one page past the asked one, and then says "and more".

    To count a million rows takes many times as long as to read the twenty that are shown. Pages from
    ``DEEPEST_PAGE`` on are not followed further: a filter leads there sooner.
    """

    def __init__(self, rows: QuerySet[Any], per_page: int) -> None:
        super().__init__(rows, per_page)
        self._rows = rows
        self._reach = COUNTED

    def get_page(self, number: Any) -> Page[Any]:
        text = str(number or "")
        asked = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
        asked = min(asked, DEEPEST_PAGE)
        self._reach = max(COUNTED, (asked + 1) * self.per_page)
        return super().get_page(asked)

    @cached_property
    def _counted(self) -> int:
        return self._rows.order_by()[: self._reach + 1].count()

    @property
    def count(self) -> int:
        return min(self._counted, self._reach)

    @property
    def is_more(self) -> bool:
        """Whether there are more rows than ``count``."""
        return self._counted > self._reach
