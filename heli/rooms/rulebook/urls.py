from __future__ import annotations

from django.urls import path

from heli.rooms.rulebook import views

app_name = "rulebook"
urlpatterns = [
    path("rulebook/", views.duty_list, name="list"),
    path("rulebook/duties/<slug:code>/", views.duty_page, name="duty"),
    path("rulebook/duties/<slug:code>/edit/", views.edit_duty, name="edit_duty"),
    path("rulebook/duties/<slug:code>/switch/", views.switch_duty, name="switch_duty"),
    path("rulebook/duties.xlsx", views.export, name="export"),
    path("rulebook/install/", views.install, name="install"),
    path("rulebook/calendar/", views.calendar_page, name="calendar"),
    path("rulebook/instruments/", views.instrument_list, name="instruments"),
    path("rulebook/instruments/<slug:code>/", views.instrument_page, name="instrument"),
    path("rulebook/instruments/<slug:code>/edit/", views.edit_instrument, name="edit_instrument"),
    path("rulebook/key-links/", views.key_link_list, name="key_links"),
    path("rulebook/key-links/<slug:code>/edit/", views.edit_key_link, name="edit_key_link"),
    path("rulebook/update/", views.update_page, name="update"),
    path("rulebook/units/<int:pk>/", views.unit_page, name="unit"),
    path("rulebook/units/<int:pk>/declare/", views.declare, name="declare"),
    path("rulebook/units/<int:pk>/summary/", views.of_unit, name="of_unit"),
    path("rulebook/circumstances/<int:pk>/end/", views.end_circumstance, name="end_circumstance"),
]
