from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def _is_person(request: HttpRequest) -> bool:
    return getattr(request, "person", None) is not None


class TasksConfig(AppConfig):
    name = "heli.rooms.tasks"
    label = "tasks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from heli.rooms.information import owners
        from heli.rooms.responsibilities import records
        from heli.rooms.rulebook import records as changes
        from heli.rooms.tasks.presenters import log
        from heli.rooms.tasks.queries import closing, doors, following, reviewing
        from heli.rooms.tasks.queries.duty_work import duty_work
        from heli.rooms.tasks.queries.owners import page_owner
        from heli.rooms.tasks.services.following import apply
        from heli.ui import log_words, slots
        from heli.ui.navigation import NavItem, register

        log_words.explain(log.ACTIONS, log.KINDS)
        register(
            NavItem(
                "home", "tasks:todo", _("Home"), order=0, visible=_is_person, icon="home", phone_order=0, shortcut="g h"
            )
        )
        register(
            NavItem(
                "tasks",
                "tasks:list",
                pgettext_lazy("room", "Tasks"),
                order=30,
                visible=_is_person,
                icon="work",
                phone_order=20,
                shortcut="g t",
            )
        )
        slots.register("home.main", "tasks:follow_ups_waiting", label=_("Waiting for you to close"), order=30)
        slots.register(
            "home.aside",
            "tasks:given_away",
            label=_("Asked by my units, now with"),
            page_url_name="tasks:list",
            order=110,
        )
        slots.register("task.page", "tasks:source_of_task", label=_("Where this task comes from"), order=10)
        slots.register("task.page", "tasks:around", label=_("What it belongs with"), order=20)
        slots.register("unit.page", "tasks:of_unit", label=_("Tasks of this unit"), order=20)
        records.register_work("tasks", duty_work)
        owners.register("/tasks/", page_owner)
        owners.register_door("/tasks/", doors.open_tasks)
        owners.register_door("/tasks/templates/", doors.open_templates)
        owners.register_door("/follow-ups/", doors.open_follow_ups)
        changes.register(
            changes.Follower(
                "tasks", following.KEYS, following.title, following.effect, following.groups, following.lines,
                following.touched, apply, following.outside, closing.leaves,
            )
        )  # fmt: skip
        changes.register_review(changes.Reviewer("tasks", reviewing.find, reviewing.words))
        changes.register_use("tasks", reviewing.used)
