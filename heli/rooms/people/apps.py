from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "heli.rooms.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
