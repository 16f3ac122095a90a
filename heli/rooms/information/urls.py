from django.urls import path

from heli.rooms.information import views

app_name = "information"
urlpatterns = [
    path("notices/", views.notification_list, name="list"),
    path("notices/bell/", views.bell, name="bell"),
    path("notices/newest/", views.newest, name="newest"),
    path("notices/read/", views.mark_all_read, name="mark_all_read"),
    path("notices/<int:pk>/", views.open_notification, name="open"),
    path("suggestions/", views.suggestion_list, name="suggestions"),
    path("suggestions/new/", views.suggest, name="suggest"),
    path("suggestions/<int:pk>/", views.suggestion_page, name="suggestion"),
    path("suggestions/<int:pk>/answer/", views.answer_suggestion, name="answer_suggestion"),
]
