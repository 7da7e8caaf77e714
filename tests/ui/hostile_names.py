"""Sixty names that a form may be given: markup, pictures, bidi, invisible letters, formulas.

Those with `COLOUR` in them would paint that colour if anybody rendered them; `PICTURE` stands for
a picture of that colour on the disk, which a test replaces by its path.
"""

# ruff: noqa: RUF001 - look-alikes are what it is about
from __future__ import annotations

COLOUR = "#FF00FF"
PICTURE = "@PICTURE@"

MARKUP = (
    f"<b style='color:{COLOUR};background:{COLOUR}'>PAID</b>",
    f"<table bgcolor={COLOUR} width=900 height=900><tr><td>x</td></tr></table>",
    f"<font color={COLOUR} size=7>PAID ₹11,800</font>",
    "<h1>PAID</h1>",
    "</p><h1>PAID</h1>&nbsp;&lt;",
    "<!--",
    "<![CDATA[ PAID ]]>",
    "<script>alert(1)</script>",
    "<style>*{background:#FF00FF}</style>",
    "<a href='http://127.0.0.1:9/x'>pay here</a>",
    "<qt>rich</qt>",
    "<hr width=900>",
    "&lt;b&gt; &amp; co &#x202e;",
    "&copy; &rupee;",
    "A & B && C &S",
    "<br><br><br>",
    "<svg onload=alert(1)>",
    "{name} {0} %s %(name)s ${x}",
    "%n %1 %2",
    "\\n \\u0041 \\",
)
PICTURES = (
    f"<img src='{PICTURE}' width=600 height=600>",
    f"<img src=file://{PICTURE} width=600 height=600>",
    "<img src='http://127.0.0.1:9/p.png'>",
    "<img src=file:///etc/hostname>",
    "<img src='data:image/png;base64,iVBORw0KGgo='>",
    "<object data='file:///etc/passwd'>",
    "![x](file:///etc/passwd)",
    f"url({PICTURE})",
)
BIDI = (
    "\u202eDIAP\u202c Rao",
    "\u2066Rao\u2069 Asha",
    "\u202e\u202e\u202e Asha",
    "\u200fאשה ראו",
    "Asha \u061c راو",
    "\u202d11800 ₹\u202c",
)
INVISIBLE = (
    "As\u200bha Ra\u200co",
    "\ufeffAsha",
    "Asha\u00adRao",
    "\u2060Asha\u2060",
    "Asha\u180eRao",
    "\u00a0Asha\u00a0Rao",
)
SCRIPTS = (
    "आशा राव",
    "क्ष्म्य त्र्यंबकेश्वर श्रीवास्तव",
    "ஆஷா ராவ்",
    "আশা রাও",
    "آشا راو",
    "秋吉 花子",
    "😀👩\u200d🎓🇮🇳",
    "Ａｓｈａ Ｒａｏ",
    "Аsha Rао",
    "Ḁ̵̡̛̫̰̀s̷̨̛h̸̢̛a̵̡",
)
FORMULAS = (
    "=HYPERLINK(0)",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "'; DROP TABLE students;--",
    '" OR 1=1 --',
)
LONG = (
    "W" * 500,
    "Venkatanarasimharajuvaripeta " * 17,
    "आशा" * 160,
    "i" * 500,
)

NAMES = (*MARKUP, *PICTURES, *BIDI, *INVISIBLE, *SCRIPTS, *FORMULAS, *LONG)
