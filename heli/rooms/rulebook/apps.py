from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def _is_person(request: HttpRequest) -> bool:
    return getattr(request, "person", None) is not None


def _is_system_administrator(request: HttpRequest) -> bool:
    return getattr(getattr(request, "account", None), "administrator", "") == "system"


class RulebookConfig(AppConfig):
    name = "heli.rooms.rulebook"
    label = "rulebook"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from heli.rooms.information import owners
        from heli.rooms.rulebook import records
        from heli.rooms.rulebook.presenters import log
        from heli.rooms.rulebook.queries import doors
        from heli.rooms.rulebook.queries.following import FOLLOWER
        from heli.rooms.rulebook.queries.reviewing import REVIEWER
        from heli.ui import log_words, slots
        from heli.ui.navigation import NavItem, register

        log_words.explain(log.ACTIONS, log.KINDS)
        owners.register_door("/rulebook/changes/", doors.open_adjustments)
        owners.register_door("/rulebook/editions/", doors.open_editions)
        owners.register_door("/rulebook/reviews/", doors.open_reviews)
        register(
            NavItem(
                "rulebook", "rulebook:list", _("Rulebook"), order=60, visible=_is_person, icon="book", shortcut="g r"
            )
        )
        register(
            NavItem(
                "calendar", "rulebook:calendar", _("Working calendar"), order=10, visible=_is_system_administrator,
                icon="cal", phone_order=10,
            )
        )  # fmt: skip
        slots.register(
            "unit.page", "rulebook:of_unit", label=_("Duties of this unit"), page_url_name="rulebook:unit", order=10
        )
        slots.register(
            "home.main", "rulebook:waiting", label=_("Changes that wait for you"), page_url_name="rulebook:adjustments",
            visible=_is_person, order=40,
        )  # fmt: skip
        slots.register("unit.change", "rulebook:follows_unit", label=_("What follows in lists, plans and tasks"))
        slots.register("post.change", "rulebook:follows_post", label=_("What follows in lists, plans and tasks"))
        records.register(FOLLOWER)
        records.register_review(REVIEWER)
