from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "heli.ui"
    label = "ui"
