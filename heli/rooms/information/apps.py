from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def _is_person(request: HttpRequest) -> bool:
    return getattr(request, "person", None) is not None


class InformationConfig(AppConfig):
    name = "heli.rooms.information"
    label = "information"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from heli.rooms.information import owners, presenters, queries
        from heli.ui import log_words, navigation, slots

        log_words.explain(presenters.ACTIONS, presenters.KINDS)
        owners.register_door("/resets/", queries.open_resets)
        slots.register(
            "topbar.bell", "information:bell", label=_("Notices"), page_url_name="information:list", visible=_is_person
        )
        slots.register("home.aside", "information:newest", label=_("Notices"), page_url_name="information:list")
        navigation.register_page_link("information:suggest", _("Suggest less work"), visible=_is_person)
