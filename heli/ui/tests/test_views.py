"""Preferences, language, the gallery's door, and the pages shown when something cannot be done."""

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory, override_settings

from heli.kernel.decisions import AccessDenied
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.ui import preferences, toasts, views
from heli.ui.problems import ProblemMiddleware, again

pytestmark = pytest.mark.django_db


def test_a_preference_is_kept_and_written_into_the_page(client: Client) -> None:
    with override_settings(DEBUG=True):
        answer = client.post("/preferences/", {"theme": "dark", "next": "/gallery/"})
        page = client.get("/gallery/")

    assert (answer.status_code, answer["Location"]) == (303, "/gallery/")
    assert 'data-bs-theme="dark" data-theme="dark" data-type="normal"' in page.content.decode()


@pytest.mark.parametrize(("name", "value"), [("theme", "pink"), ("type", ""), ("size", "large")])
def test_unknown_preferences_are_not_kept(client: Client, name: str, value: str) -> None:
    answer = client.post("/preferences/", {name: value})

    assert [cookie for cookie in answer.cookies if cookie.startswith("heli_t")] == []


def test_a_foreign_cookie_value_is_ignored() -> None:
    request = RequestFactory().get("/")
    request.COOKIES.update(heli_theme="<script>", heli_type="large")

    assert preferences.read(request) == {"theme": "system", "type": "large"}


def test_one_never_returns_to_a_foreign_page(client: Client) -> None:
    answer = client.post("/preferences/", {"theme": "dark", "next": "https://elsewhere.example/"})

    assert answer["Location"] == "/"


@pytest.mark.parametrize("path", ["/preferences/", "/language/"])
def test_looking_changes_nothing(client: Client, path: str) -> None:
    assert client.get(path).status_code == 405


@pytest.mark.parametrize(("language", "heading"), [("en", "Components and states"), ("zh-hans", "部件与状态")])
def test_the_language_is_kept(client: Client, language: str, heading: str) -> None:
    client.post("/language/", {"language": language, "next": "/gallery/"})

    with override_settings(DEBUG=True):
        page = client.get("/gallery/").content.decode()

    assert heading in page
    assert f'<html lang="{language}"' in page


def test_the_gallery_asks_strangers_to_sign_in(client: Client) -> None:
    answer = client.get("/gallery/")

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/gallery/")


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (views.bad_request, 400, "cannot be read"),
        (views.forbidden, 403, "You cannot do this"),
        (views.not_found, 404, "no such page"),
        (views.csrf_failure, 403, "open too long"),
        (views.server_error, 500, "broke on our side"),
    ],
)
def test_each_error_page_says_what_why_and_what_helps(
    rf: RequestFactory, view: object, status: int, words: str
) -> None:
    from django.utils import translation

    with translation.override("en"):
        answer = view(rf.get("/nowhere/"))  # type: ignore[operator]

    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert page.count('class="why"') == page.count('class="remedy"') == 1


def test_a_refusal_names_its_reason(rf: RequestFactory) -> None:
    page = views.forbidden(rf.get("/x/"), PermissionDenied("Only the requester closes it.")).content.decode()

    assert "Only the requester closes it." in page


def middleware() -> ProblemMiddleware:
    return ProblemMiddleware(lambda _request: HttpResponse())


def test_a_conflict_shows_both_sides(rf: RequestFactory) -> None:
    conflict = VersionConflict(yours={"due": "June"}, theirs={"due": "September"})

    answer = middleware().process_exception(rf.post("/x/"), conflict)

    assert answer is not None
    page = answer.content.decode()
    assert answer.status_code == 409
    assert '<mark class="yours">June</mark>' in page
    assert '<mark class="theirs">September</mark>' in page


def test_whoever_has_read_both_sides_can_save_again(rf: RequestFactory) -> None:
    conflict = VersionConflict(yours={"due": "June"}, theirs={"due": "September"}, version=5)
    request = rf.post("/plans/1/?a=1", {"due": "June", "helpers": ["a", "b"], "version": "4"})

    answer = middleware().process_exception(request, conflict)

    assert answer is not None
    page = answer.content.decode()
    assert '<form method="post" action="/plans/1/?a=1" class="one-button">' in page
    assert [page.count(f'name="helpers" value="{value}"') for value in "ab"] == [1, 1]
    assert '<input type="hidden" name="version" value="5">' in page
    assert 'name="version" value="4"' not in page


@pytest.mark.parametrize(
    ("posted", "problem"),
    [
        ({"due": "June"}, VersionConflict(yours={}, theirs={}, version=5)),
        ({"due": "June", "version": "4"}, VersionConflict(yours={}, theirs={})),
        ({"due": "June", "version": "4"}, Problem("No.")),
        ({"file": ContentFile(b"x", "x.txt"), "version": "4"}, VersionConflict(yours={}, theirs={}, version=5)),
    ],
)
def test_saving_again_is_offered_only_where_it_would_work(
    rf: RequestFactory, posted: dict[str, object], problem: Problem
) -> None:
    assert again(rf.post("/plans/1/", posted), problem) == []


def test_a_refused_act_says_why(rf: RequestFactory) -> None:
    answer = middleware().process_exception(rf.post("/x/"), AccessDenied("Nobody closes their own task."))

    assert answer is not None
    assert (answer.status_code, "Nobody closes their own task." in answer.content.decode()) == (403, True)


def with_messages(request: HttpRequest) -> HttpRequest:
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def test_a_toast_offers_the_way_back(rf: RequestFactory) -> None:
    request = with_messages(rf.get("/"))

    toasts.done(request, "Merged.", undo_url="/plans/3/undo/", version=4)
    toasts.warn(request, "Look here.")
    toasts.refuse(request, "Not done.")

    page = Template('{% include "ui/toasts.html" %}').render(Context({"messages": get_messages(request)}))
    assert page.count('role="status"') == 2
    assert page.count('role="alert"') == 1
    assert '<form method="post" action="/plans/3/undo/">' in page
    assert '<input type="hidden" name="version" value="4">' in page


def test_a_plain_toast_offers_none(rf: RequestFactory) -> None:
    request = with_messages(rf.get("/"))
    toasts.done(request, "Saved.")

    (message,) = get_messages(request)

    assert toasts.undo_of(message) == ("", "")
