from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def _is_person(request: HttpRequest) -> bool:
    return getattr(request, "person", None) is not None


class PlansConfig(AppConfig):
    name = "heli.rooms.plans"
    label = "plans"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from heli.rooms.information import owners
        from heli.rooms.plans.presenters import log
        from heli.rooms.plans.queries import doors
        from heli.rooms.plans.queries.demands import demands_on
        from heli.rooms.plans.queries.following import FOLLOWER
        from heli.rooms.responsibilities import records
        from heli.rooms.rulebook import records as changes
        from heli.ui import log_words, slots
        from heli.ui.navigation import NavItem, register

        log_words.explain(log.ACTIONS, log.KINDS)
        owners.register_door("/plans/", doors.open_plans)
        slots.register(
            "home.first",
            "plans:waiting",
            label=_("Plans that wait for you"),
            page_url_name="plans:list",
            visible=_is_person,
        )
        slots.register("task.page", "plans:of_task", label=_("Where it comes from"), visible=_is_person)
        register(
            NavItem(
                "plans",
                "plans:list",
                _("Plans"),
                order=20,
                visible=_is_person,
                icon="merge",
                phone_order=10,
                shortcut="g p",
            )
        )
        records.register_demands("plans", demands_on)
        changes.register(FOLLOWER)
