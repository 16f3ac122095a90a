from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def _is_person(request: HttpRequest) -> bool:
    return getattr(request, "person", None) is not None


class ResponsibilitiesConfig(AppConfig):
    name = "heli.rooms.responsibilities"
    label = "responsibilities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from heli.rooms.information import owners
        from heli.rooms.responsibilities.presenters import log
        from heli.rooms.responsibilities.queries import doors, following, reviewing
        from heli.rooms.responsibilities.services.following import apply
        from heli.rooms.rulebook import records as changes
        from heli.ui import log_words, slots
        from heli.ui.navigation import NavItem, register

        log_words.explain(log.ACTIONS, log.KINDS)
        owners.register_door("/duties/hand-overs/", doors.open_hand_overs)
        owners.register_door("/duties/lists/", doors.open_lists)
        register(
            NavItem(
                "duties", "responsibilities:mine", _("Duties"), order=25, visible=_is_person, icon="flag",
                phone_order=15, shortcut="g d",
            )
        )  # fmt: skip
        slots.register(
            "home.first", "responsibilities:waiting", label=_("Hand-overs to sign"),
            page_url_name="responsibilities:hand_overs", visible=_is_person, order=5,
        )  # fmt: skip
        slots.register("unit.page", "responsibilities:of_unit", label=_("Responsibility lists of this unit"), order=15)
        slots.register("person.page", "responsibilities:of_person", label=_("What this person answers for"), order=15)
        changes.register(
            changes.Follower(
                "responsibilities", following.KEYS, following.title, following.effect, following.groups,
                following.lines, following.touched, apply, following.outside,
            )
        )  # fmt: skip
        changes.register_review(changes.Reviewer("responsibilities", reviewing.find, reviewing.words))
