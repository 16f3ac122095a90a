from django.urls import path

from heli.rooms.information import views

app_name = "information"
urlpatterns = [
    path("notices/", views.notification_list, name="list"),
    path("notices/bell/", views.bell, name="bell"),
    path("notices/newest/", views.newest, name="newest"),
    path("notices/read/", views.mark_all_read, name="mark_all_read"),
    path("notices/<int:pk>/", views.open_notification, name="open"),
]
