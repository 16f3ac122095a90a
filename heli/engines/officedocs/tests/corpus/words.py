"""docx: numbering, tables, tracked changes, hidden traps, damage."""

from __future__ import annotations

import zipfile

from heli.engines.officedocs.tests.corpus.cases import Case, Reads, Refused
from heli.engines.officedocs.tests.corpus.containers import (
    STRICT_W,
    W,
    deflated,
    docx_of,
    numbered,
    numbering_part,
    ole_of,
    p,
    raw_member,
    raw_zip,
    relations,
    tbl,
    tc,
    tr,
    word_members,
    word_part,
    zip_of,
)

LEVELS = numbering_part(("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
BODY = p("年度工作要点") + p("召开专题会议。")
TEXTS = ("年度工作要点", "召开专题会议。")
SPAN = '<w:gridSpan w:val="2"/>'
DOWN, DOWN_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def _with(parts: dict[str, bytes | str], body: str = BODY) -> bytes:
    return zip_of({**word_members(body), **parts})


def _without(name: str) -> bytes:
    members = word_members(BODY)
    del members[name]
    members["_rels/.rels"] = relations()
    return zip_of(members)


def _declared(encoding: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?><w:document xmlns:w="{W}"/>'.encode()


def _flipped() -> bytes:
    data = bytearray(zip_of(word_members(BODY * 200), zipfile.ZIP_STORED))
    place = data.index(b"<w:body>")
    data[place + 20 : place + 40] = bytes(20)
    return bytes(data)


def _entities(kind: str, encoding: str = "UTF-8") -> bytes:
    declarations = {
        "laughs": '<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)),
        "external": '<!ENTITY j SYSTEM "file:///etc/hostname">',
        "remote": '<!ENTITY j SYSTEM "http://192.0.2.1/a.dtd">',
    }[kind]
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE w [{declarations}]>'
        f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>'
    )
    return _with({"word/document.xml": text.encode(encoding)})


def _bomb() -> bytes:
    return _with({"word/media/image1.bin": bytes(80 * 1024 * 1024)})


def _many_bombs() -> bytes:
    blob = bytes(3_900_000)
    return zip_of({**word_members(BODY), **{f"word/media/{n}.bin": blob for n in range(170)}})


def _lying_bomb() -> bytes:
    members = [raw_member(name, content) for name, content in word_members(BODY).items()]
    huge = deflated(b"<w:p/>" * 20_000_000)
    name, _, size, crc = members[2]
    members[2] = (name, huge, size, crc)
    return raw_zip(members)


def _nested_zip() -> bytes:
    inner = zip_of({"a.bin": bytes(40_000_000)})
    return _with({"word/embeddings/a.zip": zip_of({"b.zip": inner})})


def _twice() -> bytes:
    members = [raw_member(name, content) for name, content in word_members(BODY).items()]
    return raw_zip([*members, raw_member("word/document.xml", word_part("document", "<w:body/>"))])


def _locked() -> bytes:
    return raw_zip([raw_member(name, content) for name, content in word_members(BODY).items()], flags=1)


def _nested_tables(depth: int) -> str:
    text = p("里层")
    for _ in range(depth):
        text = tbl(tr(tc(text + p("")), tc("旁")))
    return text


def _controls(depth: int) -> str:
    return "<w:sdt><w:sdtContent>" * depth + p("里层") + "</w:sdtContent></w:sdt>" * depth


def _runs(depth: int) -> str:
    return "<w:p>" + "<w:hyperlink>" * depth + "<w:r><w:t>里层</w:t></w:r>" + "</w:hyperlink>" * depth + "</w:p>"


def _linked() -> bytes:
    links = (("rId9", "attachedTemplate", "http://192.0.2.1/t.dotm"), ("rId8", "image", "\\\\192.0.2.1\\a.png"))
    return _with({"word/_rels/document.xml.rels": relations(external=links)})


def _strict() -> bytes:
    part = word_part("document", f"<w:body>{BODY}</w:body>", STRICT_W)
    return _with({"word/document.xml": part})


DAMAGED = (
    Case("truncated", "a.docx", lambda: docx_of(BODY)[:700], Refused("corrupt_zip")),
    Case("only the first bytes of a zip", "a.docx", lambda: b"PK\x03\x04", Refused("corrupt_zip")),
    Case("bytes flipped", "a.docx", _flipped, Refused("corrupt_part", "word/document.xml")),
    Case("no body", "a.docx", lambda: _with({"word/document.xml": word_part("document", "")}), Refused("corrupt_part")),
    Case("xml cut off", "a.docx", lambda: _with({"word/document.xml": "<w:document"}), Refused("corrupt_part")),
    Case("body part missing", "a.docx", lambda: _without("word/document.xml"), Refused("archive")),
    Case(
        "unknown xml encoding",
        "a.docx",
        lambda: _with({"word/document.xml": _declared("x-none")}),
        Refused("corrupt_part"),
    ),
    Case("empty document", "a.docx", lambda: docx_of(""), Refused("no_text")),
    Case("blank paragraphs", "a.docx", lambda: docx_of(p(" ") * 50), Refused("no_text")),
    Case("pictures only", "a.docx", lambda: _with({"word/media/image1.png": b"\x89PNG"}, ""), Refused("only_pictures")),
)
OLD = (
    Case(
        "encrypted docx", "密.docx", lambda: ole_of("EncryptionInfo", "EncryptedPackage"), Refused("encrypted_office")
    ),
    Case("old doc", "旧.doc", lambda: ole_of("WordDocument", "1Table"), Refused("old_doc", ".docx")),
    Case("old doc named docx", "旧.docx", lambda: ole_of("WordDocument"), Refused("old_doc")),
    Case("wps", "旧.wps", lambda: ole_of("WordDocument"), Refused("old_wps")),
    Case("unknown ole", "旧.bin", lambda: ole_of("Something"), Refused("old_office")),
)


TRAPS = (
    Case("billion laughs", "a.docx", lambda: _entities("laughs"), Refused("xml_entities", "word/document.xml")),
    Case("external entity", "a.docx", lambda: _entities("external"), Refused("xml_entities")),
    Case("remote entity", "a.docx", lambda: _entities("remote"), Refused("xml_entities")),
    Case("entities in utf-16", "a.docx", lambda: _entities("laughs", "UTF-16"), Refused("xml_entities")),
    Case("zip bomb by ratio", "a.docx", _bomb, Refused("zip_bomb")),
    Case("zip bomb by total", "a.docx", _many_bombs, Refused("zip_bomb")),
    Case("zip bomb with lying sizes", "a.docx", _lying_bomb, Refused("corrupt_part")),
    Case("zip in zip in docx", "a.docx", _nested_zip, Reads("docx", TEXTS, ("embedded_ignored",), 2)),
    Case(
        "6,000 members", "a.docx", lambda: _with({f"x/{n}": b"" for n in range(6_000)}), Refused("zip_too_many", "5000")
    ),
    Case("member climbs out", "a.docx", lambda: _with({"../../evil.sh": b"x"}), Refused("zip_names", "evil.sh")),
    Case("absolute member", "a.docx", lambda: _with({"/etc/evil": b"x"}), Refused("zip_names")),
    Case("member twice", "a.docx", _twice, Refused("zip_names")),
    Case("encrypted members", "a.docx", _locked, Refused("encrypted_zip")),
    Case("odd compression", "a.docx", lambda: zip_of(word_members(BODY), zipfile.ZIP_LZMA), Refused("zip_method")),
    Case("tables nested 60 deep", "a.docx", lambda: docx_of(_nested_tables(60)), Refused("too_deep")),
    Case("controls nested 30,000 deep", "a.docx", lambda: docx_of(_controls(30_000)), Refused("too_deep")),
    Case("links nested 30,000 deep", "a.docx", lambda: docx_of(_runs(30_000)), Refused("too_deep")),
    Case("external links", "a.docx", _linked, Reads("docx", TEXTS, ("links_ignored",), 2)),
    Case(
        "macros", "a.docm", lambda: _with({"word/vbaProject.bin": b"x"}), Reads("docx", TEXTS, ("macros_ignored",), 2)
    ),
    Case(
        "imported chunk",
        "a.docx",
        lambda: docx_of(BODY + '<w:altChunk r:id="rId7"/>'),
        Reads("docx", TEXTS, ("embedded_ignored",), 2),
    ),
    Case(
        "cell over a billion columns",
        "a.docx",
        lambda: docx_of(tbl(tr(tc("甲", '<w:gridSpan w:val="1000000000"/>')), tr("乙", "丙"))),
        Reads("docx", ("甲", "乙 | 丙"), (), 2),
    ),
    Case(
        "styles in a circle",
        "a.docx",
        lambda: docx_of(
            p("讲党课。", '<w:pStyle w:val="A"/>'),
            styles=word_part(
                "styles",
                '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
                '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>',
            ),
        ),
        Reads("docx", ("讲党课。",), (), 1),
    ),
    Case(
        "numbering that does not exist",
        "a.docx",
        lambda: docx_of(numbered("讲党课。", 77)),
        Reads("docx", ("讲党课。",)),
    ),
)

CONTENT = (
    Case("docx", "a.docx", lambda: docx_of(BODY), Reads("docx", TEXTS, (), 2)),
    Case("docx named txt", "a.txt", lambda: docx_of(BODY), Reads("docx", TEXTS, ("read_as",), 2)),
    Case("docx without name", "", lambda: docx_of(BODY), Reads("docx", TEXTS, (), 2)),
    Case("strict namespace", "a.docx", _strict, Reads("docx", TEXTS, (), 2)),
    Case(
        "automatic numbers",
        "a.docx",
        lambda: docx_of(
            numbered("组织领导", 1)
            + numbered("压实责任。", 1, 1)
            + numbered("签订责任书。", 1, 2)
            + numbered("逐级谈话。", 1, 2)
            + numbered("强化监督。", 1, 1)
            + numbered("开展巡察。", 1, 2)
            + numbered("作风建设", 1),
            numbering=LEVELS,
        ),
        Reads(
            "docx",
            (
                "一、组织领导",
                "（一）压实责任。",
                "1.签订责任书。",
                "2.逐级谈话。",
                "（二）强化监督。",
                "1.开展巡察。",
                "二、作风建设",
            ),
            (),
            7,
        ),
    ),
    Case(
        "tracked changes",
        "a.docx",
        lambda: docx_of(
            "<w:p><w:r><w:t>每</w:t></w:r><w:del><w:r><w:delText>年</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>季度</w:t></w:r></w:ins><w:r><w:t>谈话。</w:t></w:r></w:p>"
        ),
        Reads("docx", ("每季度谈话。",), ("changes_accepted",), 1),
    ),
    Case(
        "merged cells",
        "a.docx",
        lambda: docx_of(
            tbl(
                tr(tc("任务分解表", '<w:gridSpan w:val="3"/>')),
                tr("任务", "要求", "部门"),
                tr(tc("教育", DOWN), "讲党课", "党群部"),
                tr(tc("", DOWN_ON), "看展览", "工会"),
            )
        ),
        Reads("docx", ("任务分解表", "教育 | 讲党课 | 党群部", "教育 | 看展览 | 工会"), (), 3),
    ),
    Case(
        "nested table",
        "a.docx",
        lambda: docx_of(
            tbl(tr("任务", "明细"), tr("教育", tc(tbl(tr("时间", "地点"), tr("三月", "礼堂")) + p("见表"))))
        ),
        Reads("docx", ("教育 | 见表", "三月 | 礼堂"), (), 2),
    ),
    Case(
        "table in one column",
        "a.docx",
        lambda: docx_of(tbl(tr(tc(p("框内标题") + p("框内文字。"))))),
        Reads("docx", ("框内标题", "框内文字。"), (), 2),
    ),
    Case(
        "text box",
        "a.docx",
        lambda: docx_of(
            '<w:p><w:r><w:t>正文。</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice><w:txbxContent>'
            + p("框中文字。")
            + "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>"
            + p("框中文字。")
            + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        ),
        Reads("docx", ("正文。", "框中文字。"), (), 2),
    ),
    Case(
        "footnotes, page head, comment",
        "a.docx",
        lambda: docx_of(
            BODY,
            footnotes=word_part("footnotes", f'<w:footnote w:id="2">{p("脚注文字。")}</w:footnote>'),
            header=word_part("hdr", p("内部资料")),
            comments=word_part("comments", f'<w:comment w:id="1">{p("请核对")}</w:comment>'),
        ),
        Reads("docx", (*TEXTS, "脚注文字。"), (), 3, ("内部资料", "请核对")),
    ),
    Case(
        "hidden text",
        "a.docx",
        lambda: docx_of(BODY + p("不显示", run="<w:vanish/>")),
        Reads("docx", TEXTS, ("hidden_text",), 2),
    ),
    Case(
        "soft line breaks",
        "a.docx",
        lambda: docx_of("<w:p><w:r><w:t>1.讲党课。</w:t><w:br/><w:t>2.开座谈会。</w:t></w:r></w:p>"),
        Reads("docx", ("1.讲党课。", "2.开座谈会。"), (), 2),
    ),
    Case(
        "content controls around rows",
        "a.docx",
        lambda: docx_of(
            tbl(tr("任务", "部门"), f"<w:sdt><w:sdtContent>{tr('讲党课', '党群部')}</w:sdtContent></w:sdt>")
        ),
        Reads("docx", ("讲党课 | 党群部",), (), 1),
    ),
    Case(
        "20,000 paragraphs",
        "a.docx",
        lambda: docx_of(p("开展谈话。") * 20_000),
        Reads("docx", ("开展谈话。",), (), 20_000),
    ),
)

CASES = DAMAGED + OLD + TRAPS + CONTENT
