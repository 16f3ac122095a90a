"""Suggestions for less work: they reach a named person who is not the asker, and are answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from heli.kernel.decisions import AccessDenied
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.information import access, owners, queries, services
from heli.rooms.information.enums import SuggestionState
from heli.rooms.information.models import Notification, Suggestion
from heli.rooms.people import services as people
from heli.rooms.people.enums import PostKind
from heli.rooms.people.models import Account
from heli.rooms.people.tests.factories import PersonFactory, appointed


@pytest.fixture
def made(everyone, at):
    return services.suggest(page="/tasks/", text="同一份名单问了两次", by=everyone.branch_secretary_a1, at=at)


def _answered(made, by, at, **changes):
    given = {"taken": True, "answer": "已改为自动带出", "version": made.version, **changes}
    return services.answer_suggestion(suggestion_id=made.pk, by=by, at=at, **given)


def test_it_reaches_the_nearest_clerk_upwards_and_the_author_is_told_of_the_answer(everyone, made, at):
    assert (made.unit, made.post_kind) == (everyone.group, PostKind.PARTY_CLERK)
    assert set(Notification.objects.values_list("person_id", flat=True)) == {everyone.party_clerk.pk}

    answered = _answered(made, everyone.party_clerk, at)

    assert (answered.state, answered.answered_by) == (SuggestionState.TAKEN, everyone.party_clerk)
    assert Notification.objects.filter(person=everyone.branch_secretary_a1).count() == 1


def test_a_clerk_of_the_own_company_is_nearer_than_that_of_the_group(everyone, at):
    near = appointed(PostKind.PARTY_CLERK, everyone.company_a, acts_for=everyone.committee_a)

    desk = queries.desk_for(everyone.branch_secretary_a1, "/tasks/", at.date())

    assert desk is not None
    assert (desk.owner.unit_id, desk.names) == (everyone.committee_a.pk, [near.name])


def test_nobody_answers_their_own_suggestion_even_as_the_only_holder(everyone, at):
    mine = services.suggest(page="/plans/", text="少填一次", by=everyone.party_clerk, at=at)

    assert mine.post_kind != PostKind.PARTY_CLERK
    with pytest.raises(AccessDenied):
        _answered(mine, everyone.party_clerk, at)
    with pytest.raises(IntegrityError, match="information_suggestion_four_eyes"), transaction.atomic():
        Suggestion.objects.filter(pk=mine.pk).update(
            state=SuggestionState.TAKEN, answer="好", answered_by=everyone.party_clerk, answered_at=at
        )


def test_who_suggests_is_not_named_among_those_who_answer(everyone, client_of, at):
    other = appointed(PostKind.PARTY_CLERK, everyone.party_department, acts_for=everyone.group)
    mine = services.suggest(page="/plans/", text="少填一次", by=everyone.party_clerk, at=at)

    asked = client_of(everyone.party_clerk).get("/suggestions/new/", {"page": "/plans/"}).context["desk"].names
    shown = client_of(everyone.party_clerk).get(f"/suggestions/{mine.pk}/").context["names"]

    assert asked == shown == [other.name]


@pytest.mark.parametrize(
    ("page", "name"), [("/tasks/", "任务督办"), ("/tasks/burden/?year=2026", "任务督办"), ("/", "首页")]
)
def test_a_page_without_a_subject_is_called_by_its_part_of_the_site(everyone, client_of, at, page, name):
    made = services.suggest(page=page, text="少填一次", by=everyone.member_a1, at=at)

    asked = client_of(everyone.member_a1).get("/suggestions/new/", {"page": page}).content.decode()
    shown = client_of(everyone.member_a1).get(f"/suggestions/{made.pk}/").content.decode()

    assert f">{name}</a></dd>" in asked
    assert f">{name}</a></dd>" in shown


def test_where_nobody_answers_it_says_so_and_keeps_nothing(db, at):
    with pytest.raises(services.NobodyAnswers):
        services.suggest(page="/", text="少填一次", by=PersonFactory(), at=at)

    assert not Suggestion.objects.exists()


ELSEWHERE = [
    "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "/\t/elsewhere.example/",
    "/\n/elsewhere.example/", "javascript:alert(1)", "/" + "a" * 400, "",
]  # fmt: skip


@pytest.mark.parametrize("page", ELSEWHERE)
def test_a_page_of_another_site_is_refused_and_never_linked(everyone, client_of, at, page):
    with pytest.raises(Problem):
        services.suggest(page=page, text="少填一次", by=everyone.member_a1, at=at)
    shown = client_of(everyone.member_a1).get("/suggestions/new/", {"page": page}).content.decode()
    assert "elsewhere.example" not in shown.split("<main")[1].split("page-foot")[0]
    assert "javascript:" not in shown


def test_an_empty_suggestion_and_an_empty_answer_are_refused(everyone, made, at):
    with pytest.raises(Problem):
        services.suggest(page="/", text=" \n", by=everyone.member_a1, at=at)
    with pytest.raises(Problem):
        _answered(made, everyone.party_clerk, at, answer=" ")
    with pytest.raises(VersionConflict):
        _answered(made, everyone.party_clerk, at, version=7)


def test_it_is_answered_once(everyone, made, at):
    _answered(made, everyone.party_clerk, at)
    made.refresh_from_db()
    with pytest.raises(Problem):
        _answered(made, everyone.party_clerk, at)


def test_only_the_author_and_the_holder_read_it_and_list_and_object_agree(everyone, made, at):
    today = at.date()
    services.suggest(page="/", text="另一件", by=everyone.member_b1, at=at)

    for person in [*everyone.persons, None]:
        visible = set(access.visible_suggestions(person, today))
        assert visible == {each for each in Suggestion.objects.all() if access.can_view_suggestion(person, each, today)}
    assert list(access.visible_suggestions(everyone.branch_secretary_a1, today)) == [made]
    assert not access.visible_suggestions(everyone.former_clerk, today).exists()
    with pytest.raises(Http404):
        access.suggestion_for(everyone.secretary, made.pk, today)


def test_a_room_that_knows_its_pages_names_the_owner(everyone, at, monkeypatch):
    monkeypatch.setattr(owners, "_resolvers", {})
    known = owners.PageOwner(everyone.discipline_office.pk, PostKind.DISCIPLINE_CLERK, "某模板")
    owners.register("/x/", lambda *_asked: known)
    owners.register("/x/y/", lambda *_asked: None)

    desk = queries.desk_for(everyone.member_a1, "/x/y/1/", at.date())

    assert desk is not None
    assert (desk.owner, desk.names) == (known, [everyone.discipline_clerk.name])


def test_every_page_leads_to_it_and_back(everyone, client_of, at):
    member, clerk = client_of(everyone.member_a1), client_of(everyone.party_clerk)
    assert "/suggestions/new/?page=%2Fnotices%2F" in member.get("/notices/").content.decode()

    form = member.get("/suggestions/new/?page=%2Fnotices%2F").content.decode()
    assert everyone.party_clerk.name in form
    sent = member.post("/suggestions/new/", {"page": "/notices/", "text": "合并两份通知"})
    made = Suggestion.objects.get()
    assert sent.url == f"/suggestions/{made.pk}/"
    assert "合并两份通知" in clerk.get("/suggestions/").content.decode()
    clerk.post(f"/suggestions/{made.pk}/answer/", {"outcome": "declined", "answer": "各有用处", "version": "1"})

    made.refresh_from_db()
    assert made.state == SuggestionState.DECLINED
    assert "各有用处" in member.get(f"/suggestions/{made.pk}/").content.decode()
    assert client_of(everyone.member_b1).get(f"/suggestions/{made.pk}/").status_code == 404


def test_a_refused_suggestion_keeps_the_words(everyone, client_of):
    answer = client_of(everyone.member_a1).post("/suggestions/new/", {"page": "//x.example/", "text": "留着我"})

    assert answer.status_code == 422
    assert "留着我" in answer.content.decode()


def test_where_the_holder_cannot_sign_in_the_next_post_of_the_office_answers(everyone, at):
    head = appointed(PostKind.PARTY_HEAD, everyone.party_department, acts_for=everyone.group)
    Account.objects.get_or_create(person=head, defaults={"sign_in_name": "group-head"})
    Account.objects.filter(person=everyone.party_clerk).update(is_active=False)

    desk = queries.desk_for(everyone.branch_secretary_a1, "/tasks/", at.date())

    assert desk is not None
    assert (desk.owner.unit_id, desk.owner.post_kind) == (everyone.group.pk, PostKind.PARTY_HEAD)
    assert desk.names == [head.name]


def test_a_page_whose_owner_cannot_sign_in_goes_to_the_same_office(everyone, at, monkeypatch):
    near = appointed(PostKind.PARTY_HEAD, everyone.company_a, acts_for=everyone.committee_a)
    Account.objects.get_or_create(person=near, defaults={"sign_in_name": "near-head"})
    lost = appointed(PostKind.PARTY_CLERK, everyone.company_a, acts_for=everyone.committee_a)
    Account.objects.filter(person=lost).delete()
    known = owners.PageOwner(everyone.committee_a.pk, PostKind.PARTY_CLERK, "某事")
    monkeypatch.setattr(owners, "_resolvers", {"/lost/": lambda *_asked: known})

    desk = queries.desk_for(everyone.branch_secretary_b1, "/lost/", at.date())

    assert desk is not None
    assert (desk.owner.unit_id, desk.owner.about, desk.names) == (everyone.committee_a.pk, "某事", [near.name])


def test_where_nobody_can_sign_in_whoever_holds_the_post_is_named_all_the_same(everyone, at):
    Account.objects.update(is_active=False)

    desk = queries.desk_for(everyone.branch_secretary_a1, "/tasks/", at.date())

    assert desk is not None
    assert desk.names == [everyone.party_clerk.name]


@pytest.mark.parametrize("is_by_stand_in", [False, True])
def test_nobody_answers_a_suggestion_of_the_other_half_of_a_standing_in(everyone, at, is_by_stand_in):
    clerk, friend = everyone.party_clerk, everyone.branch_secretary_a1
    people.give_stand_in(
        appointment_id=clerk.appointments.get().pk, person_id=friend.pk, from_day=at.date(),
        to_day=at.date() + timedelta(days=3), reason="休假", by=clerk, at=at,
    )  # fmt: skip
    maker, answerer = (friend, clerk) if is_by_stand_in else (clerk, friend)
    made = Suggestion.objects.create(
        page="/tasks/", text="少填一次", unit=everyone.group, post_kind=PostKind.PARTY_CLERK, suggested_by=maker,
        suggested_at=at,
    )  # fmt: skip

    with pytest.raises(AccessDenied):
        _answered(made, answerer, at)
