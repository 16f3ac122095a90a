from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "heli.config"
    label = "house"

    def ready(self) -> None:
        from heli.config import subscriptions  # listeners import the rooms, which must be loaded first

        subscriptions.connect()
