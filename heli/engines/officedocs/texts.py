"""Bytes to clean lines: encodings, control characters, invisible characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from heli.engines.officedocs.problems import Unreadable

if TYPE_CHECKING:
    from heli.engines.officedocs.document import Draft
    from heli.engines.officedocs.limits import Limits

_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff"
_SPACES = "\t\u00a0\u2000-\u200a\u202f\u3000"
INVISIBLE = re.compile(f"[{_INVISIBLE}]")
CONTROL = re.compile(f"[{_CONTROL}]")
SPACES = re.compile(f"[ {_SPACES}]+")
UNCLEAN = re.compile(f"[{_INVISIBLE}{_CONTROL}{_SPACES}\n\r\x0b\x0c\x85\u2028\u2029]|  ")
LINE_ENDS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
FOREIGN = re.compile("[\u00c0-\u07ff]")
USUAL = re.compile("[\t\n\r -~\u2010-\u2027\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")
USUAL_SHARE = 0.95
LEGACY_SHARE = 0.7
BLANK = re.compile("[\n -~]")
PROBE = 20_000
UTF16_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def decode(data: bytes, draft: Draft) -> str:
    """Return the text of a UTF-8, UTF-16 or GB18030 file, with or without a byte order mark.

    Raises Unreadable: nul_bytes, mixed_encoding and broken_text (naming the line), unknown_encoding.
    """
    for mark, codec in UTF16_MARKS.items():
        if data.startswith(mark):
            return _decode_utf16(data[2:], codec)
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    guess = _utf16_without_mark(data)
    if guess:
        return _decode_utf16(data, guess)
    if b"\x00" in data:
        raise Unreadable("nul_bytes", line=data.count(b"\n", 0, data.index(b"\x00")) + 1)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_chinese(data, error, draft)
    if FOREIGN.search(text[:PROBE]) and not CHINESE.search(text) and _decodes(data, "gb18030"):
        legacy = data.decode("gb18030")
        if not FOREIGN.search(legacy) and CHINESE.search(legacy):
            draft.add_note("decoded_as", encoding="GB18030")
            return legacy
    return text


def _decode_utf16(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(codec, "ignore").count("\n") + 1
        raise Unreadable("broken_text", line=line, encoding="UTF-16") from error


def _utf16_without_mark(data: bytes) -> str:
    """Return the codec where the bytes read as UTF-16 make Chinese or English text, "" where they do not."""
    sample = data[:PROBE]
    if len(data) % 2 or b"\x00" not in sample or (sample.isascii() and sample.count(0) * 3 < len(sample)):
        return ""
    for codec in ("utf-16-le", "utf-16-be"):
        text = sample.decode(codec, "replace")
        if len(USUAL.findall(text)) >= USUAL_SHARE * len(text) and BLANK.search(text):
            return codec
    return ""


def _decode_chinese(data: bytes, utf8_error: UnicodeDecodeError, draft: Draft) -> str:
    """Return GB18030 text; a file that mixes UTF-8 and GB18030 lines is refused, naming the first odd line."""
    seen: dict[str, list[int]] = {"utf-8": [], "gb18030": []}
    for number, line in enumerate(data.splitlines(), start=1):
        if line.isascii():
            continue
        codec = _codec_of(line)
        if not codec:
            raise Unreadable("broken_text", line=number, encoding="UTF-8, GB18030") from utf8_error
        seen[codec].append(number)
    if seen["utf-8"] and seen["gb18030"]:
        fewer = min(seen.values(), key=len)
        raise Unreadable("mixed_encoding", line=fewer[0]) from utf8_error
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        line_number = data.count(b"\n", 0, error.start) + 1
        raise Unreadable("broken_text", line=line_number, encoding="UTF-8, GB18030") from error
    sample = text[:PROBE]
    if len(USUAL.findall(sample)) < LEGACY_SHARE * len(sample):
        raise Unreadable("unknown_encoding") from utf8_error
    draft.add_note("decoded_as", encoding="GB18030")
    return text


def _codec_of(line: bytes) -> str:
    """Return the codec of a line with non-ASCII bytes, "" where neither fits.

    Short GB18030 words can be valid UTF-8 by chance, but then they spell Greek or Armenian, not Chinese.
    """
    if _decodes(line, "utf-8"):
        text = line.decode("utf-8")
        if (CHINESE.search(text) and not FOREIGN.search(text)) or not _decodes(line, "gb18030"):
            return "utf-8"
    return "gb18030" if _decodes(line, "gb18030") else ""


def _decodes(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def split_lines(text: str, limits: Limits) -> list[str]:
    """Return the lines of a text; a line above the limit is refused with its number."""
    lines = LINE_ENDS.split(text)
    for number, line in enumerate(lines, start=1):
        if len(line) > limits.line_characters:
            raise Unreadable("line_too_long", line=number, length=len(line), limit=limits.line_characters)
    return lines


def clean(text: str, draft: Draft) -> str:
    """Return the text without invisible and control characters, runs of blanks as one space, ends trimmed.

    Zero-width and direction characters can make two texts look alike and compare unlike, so they go and a note
    says so.
    """
    if not UNCLEAN.search(text):
        return text.strip()
    if INVISIBLE.search(text):
        draft.add_note("invisible_removed")
        text = INVISIBLE.sub("", text)
    if CONTROL.search(text):
        draft.add_note("control_removed")
        text = CONTROL.sub("", text)
    return SPACES.sub(" ", text).strip()


def join_wrapped(above: str, below: str) -> str:
    """Return two lines of one paragraph as one: a blank only between western words, a hyphen at a break goes."""
    if above.endswith("-") and above[-2:-1].isascii() and above[-2:-1].isalpha() and below[:1].islower():
        return above[:-1] + below
    last, first = above[-1:], below[:1]
    western = last.isascii() and first.isascii() and (last.isalnum() or first.isalnum())
    return f"{above} {below}" if western and not (last.isdigit() and first.isdigit()) else above + below
