from django.urls import path

from heli.rooms.responsibilities.views import duties, exports, hand_overs, importing, lists, records, versions

app_name = "responsibilities"
_VERSION = "duties/lists/<int:pk>/versions/<int:number>/"

urlpatterns = [
    path("duties/", duties.mine, name="mine"),
    path("duties/<int:pk>/", duties.person, name="person"),
    path("duties/<int:pk>/summary/", duties.of_person, name="of_person"),
    path("duties/<int:pk>/record/", records.record, name="record"),
    path("duties/<int:pk>/record/archive/", records.archive, name="archive_record"),
    path("duties/records/<int:pk>/", records.archived, name="archived"),
    path("duties/records/<int:pk>/record.docx", records.archived_docx, name="archived_docx"),
    path("duties/records/<int:pk>/record.json", records.archived_json, name="archived_json"),
    path("duties/records/verify/", records.verify, name="verify"),
    path("duties/lists/", lists.duty_lists, name="lists"),
    path("duties/lists/new/", lists.new_list, name="new_list"),
    path("duties/lists/limit/", lists.set_limit, name="set_limit"),
    path("duties/lists/of-unit/<int:pk>/", lists.of_unit, name="of_unit"),
    path("duties/lists/<int:pk>/", lists.duty_list, name="list"),
    path("duties/lists/<int:pk>/catalogue/", lists.draft_from_catalogue, name="draft_from_catalogue"),
    path("duties/lists/<int:pk>/import/", importing.import_list, name="import"),
    path("duties/lists/<int:pk>/import/confirm/", importing.confirm_import, name="confirm_import"),
    path("duties/lists/<int:pk>/submit/", versions.submit, name="submit"),
    path("duties/lists/<int:pk>/approve/", versions.approve, name="approve"),
    path("duties/lists/<int:pk>/return/", versions.return_version, name="return"),
    path("duties/lists/<int:pk>/issue/", versions.issue, name="issue"),
    path("duties/lists/<int:pk>/new-version/", versions.begin_version, name="begin_version"),
    path("duties/lists/<int:pk>/drop/", versions.drop_version, name="drop_version"),
    path(_VERSION, versions.version, name="version"),
    path(_VERSION + "compare/", versions.compare, name="compare"),
    path(_VERSION + "list.xlsx", exports.list_xlsx, name="list_xlsx"),
    path(_VERSION + "items/new/", lists.new_item, name="new_item"),
    path(_VERSION + "items/<int:item>/", lists.item, name="item"),
    path(_VERSION + "items/<int:item>/holders/", versions.holders, name="holders"),
    path(_VERSION + "items/<int:item>/remove/", lists.remove_item, name="remove_item"),
    path(_VERSION + "sign/", versions.sign, name="sign"),
    path(_VERSION + "commitments/<int:post>/", versions.commitment, name="commitment"),
    path(_VERSION + "commitments/<int:post>/commitment.docx", exports.commitment_docx, name="commitment_docx"),
    path("duties/hand-overs/", hand_overs.hand_overs, name="hand_overs"),
    path("duties/hand-overs/<int:pk>/", hand_overs.hand_over, name="hand_over"),
    path("duties/hand-overs/<int:pk>/sign/", hand_overs.sign, name="sign_hand_over"),
    path("duties/hand-overs/<int:pk>/witness/", hand_overs.witness, name="witness_hand_over"),
    path("duties/hand-overs/<int:pk>/sheet.docx", exports.hand_over_docx, name="hand_over_docx"),
]
