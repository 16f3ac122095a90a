from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

_ACCOUNT_PAGES = (
    "people:sessions",
    "people:own_pass",
    "people:password",
    "people:tokens",
    "mfa_index",
    "mfa_list_webauthn",
)


class PeopleConfig(AppConfig):
    name = "heli.rooms.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from heli.kernel import constraints
        from heli.rooms.people import presenters
        from heli.rooms.people.presenters import log
        from heli.ui import account, log_words, navigation, slots
        from heli.ui.navigation import NavItem

        for name, (what, remedy) in presenters.BROKEN.items():
            constraints.explain(name, what, remedy)
        log_words.explain(log.ACTIONS, log.KINDS)
        account.register(presenters.account_card)
        slots.register(
            "rail.work",
            "people:rail",
            label=_("Organization"),
            page_url_name="people:tree",
            order=50,
            visible=_is_person,
        )
        navigation.register(
            NavItem("people", "people:tree", _("Organization"), order=70, icon="tree", visible=_is_person)
        )
        navigation.register(
            NavItem(
                "administration", "people:administration", _("Administration"), order=0, icon="shield", phone_order=0,
                visible=_is_administrator,
                views=("people:system", "people:accounts", "people:account", "people:new_account", "people:log"),
            )
        )  # fmt: skip
        navigation.register(
            NavItem(
                "mine", "people:me", _("Me"), icon="user", in_top=False, phone_order=90, visible=_is_signed_in,
                views=_ACCOUNT_PAGES,
            )
        )  # fmt: skip


def _is_person(request: HttpRequest) -> bool:
    return getattr(request, "person", None) is not None


def _is_signed_in(request: HttpRequest) -> bool:
    return getattr(request, "account", None) is not None


def _is_administrator(request: HttpRequest) -> bool:
    return bool(getattr(getattr(request, "account", None), "administrator", ""))
