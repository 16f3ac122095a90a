from django.urls import path

from heli.ui import views

app_name = "ui"

urlpatterns = [
    path("preferences/", views.preferences_view, name="preferences"),
    path("language/", views.language, name="language"),
    path("gallery/", views.gallery, name="gallery"),
]
