from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_FILE_BYTES = 50 * 1024 * 1024
# What may be kept as evidence, told by the first bytes; everything else is refused before it is stored.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
)
_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_TEXTS = {"txt": "text/plain", "csv": "text/csv", "md": "text/markdown"}
ACCEPTED = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.pptx,.txt,.csv,.md"


def content_type_of(name: str, head: bytes) -> str | None:
    """Return the content type by content and name, or None when such a file is not kept."""
    extension = name.rpartition(".")[2].lower()
    for signature, content_type in _SIGNATURES:
        if head.startswith(signature):
            return _OFFICE.get(extension) if content_type == "application/zip" else content_type
    if extension in _TEXTS and b"\x00" not in head:
        return _TEXTS[extension]
    return None


def checked_upload(upload: UploadedFile[Any] | None) -> UploadedFile[Any] | None:
    """Return the upload with the type its content has, or say why such a file is not kept."""
    if not upload:
        return None
    if (upload.size or 0) > MAX_FILE_BYTES:
        raise forms.ValidationError(_("The file is larger than 50 MB. Keep it in the archive and give a link."))
    head = upload.read(512)
    upload.seek(0)
    content_type = content_type_of(upload.name or "", head)
    if content_type is None:
        raise forms.ValidationError(
            _("This kind of file is not kept. Save it as PDF, a picture, docx, xlsx, pptx or plain text.")
        )
    upload.content_type = content_type
    return upload


class EvidenceForm(forms.Form):
    """A fact: a title, the day it happened, and a text, a link or a file."""

    title = forms.CharField(label=gettext_lazy("What was done"), max_length=200)
    happened_on = forms.DateField(
        label=gettext_lazy("Happened on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    text = forms.CharField(
        label=gettext_lazy("In words"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=20_000
    )
    url = forms.CharField(
        label=gettext_lazy("Link"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("To a page of this site or the intranet, where the record already exists."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPTED})
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["happened_on"].initial = today

    def clean_happened_on(self) -> date:
        day: date = self.cleaned_data["happened_on"]
        if day > self.today:
            raise forms.ValidationError(_("Evidence shows what was done: give a day up to today."))
        return day

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        if url and not url.startswith(("/", "https://", "http://")):
            raise forms.ValidationError(_("A link begins with https://, http:// or / (a page of this site)."))
        return url

    def clean_file(self) -> UploadedFile[Any] | None:
        return checked_upload(self.cleaned_data["file"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not (values.get("text") or values.get("url") or values.get("file")):
            raise forms.ValidationError(_("Write what was done, give a link, or choose a file."))
        return values


class ListFilter(forms.Form):
    """Filters above a list of tasks; anything unknown is ignored."""

    unit = forms.IntegerField(required=False)
    state = forms.ChoiceField(
        required=False,
        choices=[
            (name, name) for name in ("", "undone", "late", "open", "accepted", "handed_in", "returned", "closed")
        ],
    )
    line = forms.ChoiceField(required=False, choices=[(name, name) for name in ("", "party", "integrity", "both")])
    q = forms.CharField(required=False, max_length=60)
    year = forms.IntegerField(required=False, min_value=2000, max_value=2100)
    month = forms.IntegerField(required=False, min_value=1, max_value=12)
    duty = forms.CharField(required=False, max_length=20)
    missing = forms.BooleanField(required=False)
    asked = forms.BooleanField(required=False)

    def values(self) -> dict[str, Any]:
        """Return the clean values; a field that is wrong counts as empty."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
