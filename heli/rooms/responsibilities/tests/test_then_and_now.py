"""Two days of a unit's lists: each item once, who answered on each day, and only what one may open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from itertools import pairwise

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from heli.rooms.people.tests.factories import AppointmentFactory
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities.models import ListVersion
from heli.rooms.responsibilities.queries.then_and_now import then_and_now
from heli.rooms.responsibilities.rules.then_and_now import Standing, pairs, what_changed
from heli.rooms.responsibilities.services import approving, lists
from heli.rooms.responsibilities.tests import world

_STANDINGS = st.lists(
    st.builds(
        Standing, lineage=st.sampled_from("abcd"), origin=st.sampled_from(["", "R1", "R2"]), number=st.integers(1, 9),
        text=st.sampled_from(["甲", "乙"]), kind=st.just("dual_duty"), post_id=st.sampled_from([1, 2, None]),
        post=st.just("书记"), holders=st.sampled_from([(), ("甲一",)]),
    ),
    max_size=5, unique_by=lambda one: one.lineage,
)  # fmt: skip


@given(_STANDINGS, _STANDINGS)
def test_each_item_of_both_days_stands_in_exactly_one_pair(then: list[Standing], now: list[Standing]) -> None:
    found = pairs(then, now)

    assert sorted((one.lineage for one, _ in found if one), key=str) == sorted(one.lineage for one in then)
    assert [one for _, one in found if one] == now
    assert all(then_side or now_side for then_side, now_side in found)
    assert all(not (a[1] is None and b[1] is not None) for a, b in pairwise(found))


@given(_STANDINGS)
def test_a_day_compared_with_itself_differs_nowhere(now: list[Standing]) -> None:
    assert [what_changed(pair) for pair in pairs(now, now)] == [""] * len(now)


def revised(everyone: Everyone, at: datetime, version: ListVersion) -> None:
    """Issue a second version from June in which one item reads otherwise and one is new."""
    ids = {"by": everyone.party_clerk, "at": at}
    draft = approving.begin_version(list_id=version.list_id, reason="补充", valid_from=date(2027, 6, 1), **ids)
    first = world.items(draft)[0]
    other = world.edit("主持全年工作", first.accountable, line="both", obligations=())
    lists.edit_item(list_id=version.list_id, item_id=first.pk, edit=other, version=first.row_version, **ids)
    lists.add_items(
        list_id=version.list_id,
        edits=[world.edit("新的一项", world.post_of(everyone.secretary), obligations=())],
        **ids,
    )
    draft.refresh_from_db()
    draft = approving.submit(list_id=version.list_id, version=draft.version, **ids)
    draft = approving.approve(list_id=version.list_id, version=draft.version, by=everyone.party_head, at=at)
    approving.issue(list_id=version.list_id, version=draft.version, **ids)


def test_wordings_posts_and_holders_of_two_days(everyone: Everyone, at: datetime, in_force: ListVersion) -> None:
    revised(everyone, at, in_force)
    post = world.post_of(everyone.discipline_secretary)
    post.appointments.update(valid_to=date(2027, 5, 1))
    heir = AppointmentFactory(post=post, valid_from=date(2027, 5, 1)).person

    found = then_and_now(everyone.party_clerk, everyone.group.pk, date(2027, 4, 1), date(2027, 7, 1), at.date())

    assert [what_changed(pair) for pair in found.pairs] == ["wording", "holder", "added"]
    then, now = found.pairs[1]
    assert then is not None
    assert now is not None
    assert (then.holders, now.holders) == ((everyone.discipline_secretary.name,), (heir.name,))
    assert (found.then, found.now) != (None, None)


def test_only_lists_one_may_open_are_compared(
    everyone: Everyone, in_force: ListVersion, client_of: Callable[..., Client]
) -> None:
    path = reverse("responsibilities:compare_days", args=[everyone.group.pk])
    nothing = reverse("responsibilities:compare_days", args=[everyone.branch_b1.pk])

    answers = {
        name: client_of(getattr(everyone, name)).get(path).status_code
        for name in ("party_clerk", "secretary", "branch_secretary_a1", "member_b1", "non_member")
    }

    assert answers == {
        "party_clerk": 200, "secretary": 200, "branch_secretary_a1": 404, "member_b1": 404, "non_member": 404,
    }  # fmt: skip
    assert client_of(everyone.party_clerk).get(nothing).status_code == 404


def test_the_page_shows_what_changed_and_the_rest_when_asked(
    everyone: Everyone, at: datetime, in_force: ListVersion, client_of: Callable[..., Client]
) -> None:
    revised(everyone, at, in_force)
    client = client_of(everyone.party_clerk)
    path = reverse("responsibilities:compare_days", args=[everyone.group.pk])
    days = {"from": "2027-07-01", "to": "2027-04-01"}

    def count(**more: str) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path, {**days, **more})
        return len(response.context["rows"]), len(captured)

    (changed, _), (every, asked) = count(), count(all="1")
    before = client.get(path, {"from": "2020-01-01", "to": "soon"})

    assert (changed, every) == (2, 3)
    assert count(all="1")[1] == asked
    assert before.status_code == 200
    assert before.context["found"].then is None
