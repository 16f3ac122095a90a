from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HouseConfig(AppConfig):
    name = "heli.config"
    label = "house"

    def ready(self) -> None:
        from heli.config import subscriptions  # listeners import the rooms, which must be loaded first
        from heli.ui import log_words

        log_words.explain(
            {
                "demo.loaded": _("Loaded the demo enterprise"),
                "demo.tasks_loaded": _("Loaded the year of the demo enterprise"),
                "enterprise.generated": _("Generated an invented enterprise"),
            },
            {"enterprise": _("Invented enterprise")},
        )
        subscriptions.connect()
