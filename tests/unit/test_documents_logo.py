"""The centre's logo: accepted and refused pictures, and that only pixels are kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QImage

from desktop_app.documents.desk_documents import DeskDocuments
from desktop_app.documents.logo import KEPT_SIDE, LARGEST_BYTES, keep_logo
from desktop_app.documents.qr_png import png_size, qr_png
from desktop_app.documents.receipt_html import receipt_html
from desktop_app.domain.errors import InvalidInputError
from tests.unit.test_documents_receipt import CASH

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">{}</svg>'
SQUARE = '<rect width="20" height="20" fill="#ff0000"/>'


@pytest.fixture
def folder(tmp_path: Path, qapp: QApplication) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    return made


def picture(path: Path, width: int, height: int) -> Path:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#3A3FB8"))
    assert image.save(str(path))
    return path


@pytest.mark.parametrize("name", ["logo.png", "logo.jpg", "a name.png"])
def test_a_picture_is_redrawn_and_stored(folder: Path, tmp_path: Path, name: str) -> None:
    given = picture(tmp_path / name, 1200, 600)
    kept = folder / keep_logo(given, folder)
    assert png_size(kept.read_bytes()) == (KEPT_SIDE, KEPT_SIDE // 2)
    assert QImage(str(kept)).pixelColor(10, 10).blue() > 150
    assert [each.name for each in folder.iterdir()] == [kept.name]


def test_hidden_data_in_a_picture_is_dropped(folder: Path, tmp_path: Path) -> None:
    given = picture(tmp_path / "logo.png", 20, 20)
    given.write_bytes(given.read_bytes() + b"<script>secret</script>")
    assert b"secret" not in (folder / keep_logo(given, folder)).read_bytes()


def test_the_same_picture_has_the_same_name(folder: Path, tmp_path: Path) -> None:
    given = picture(tmp_path / "logo.png", 20, 20)
    assert keep_logo(given, folder) == keep_logo(given, folder)


def test_an_svg_is_drawn_at_the_stored_size(folder: Path, tmp_path: Path) -> None:
    given = tmp_path / "logo.svg"
    given.write_text(SVG.format(SQUARE))
    kept = QImage(str(folder / keep_logo(given, folder)))
    assert (kept.width(), kept.height()) == (KEPT_SIDE, KEPT_SIDE // 2)
    assert kept.pixelColor(20, 20) == QColor("#ff0000")
    assert kept.pixelColor(KEPT_SIDE - 20, 20).alpha() == 0


@pytest.mark.parametrize(
    "content",
    [
        '<image href="file:///etc/hostname"/>',
        '<image xlink:href="http://example.invalid/x.png"/>',
        '<use href="other.svg#a"/>',
        "<use xlink:href='http://example.invalid/#a'/>",
        '<style>@import "http://example.invalid/x.css";</style>',
        '<rect fill="url(http://example.invalid/#a)"/>',
        "<script>1</script>",
        "<foreignObject><p/></foreignObject>",
    ],
)
def test_an_svg_that_points_elsewhere_is_refused(
    folder: Path, tmp_path: Path, content: str
) -> None:
    given = tmp_path / "logo.svg"
    given.write_text(SVG.format(content))
    with pytest.raises(InvalidInputError, match="can't use this SVG"):
        keep_logo(given, folder)


def test_an_svg_with_entities_is_refused(folder: Path, tmp_path: Path) -> None:
    given = tmp_path / "logo.svg"
    given.write_text('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;"))
    with pytest.raises(InvalidInputError, match="can't use this SVG"):
        keep_logo(given, folder)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.4", "PNG, JPEG or SVG"),
        (b"GIF89a", "PNG, JPEG or SVG"),
        (b"", "PNG, JPEG or SVG"),
        (b"\x89PNG\r\n\x1a\nbroken", "damaged"),
        (b"<svg", "damaged"),
        (b"\x89PNG\r\n" + b"x" * LARGEST_BYTES, "larger than 1 MB"),
    ],
)
def test_a_file_that_is_not_a_picture_is_refused(
    folder: Path, tmp_path: Path, content: bytes, words: str
) -> None:
    given = tmp_path / "logo.png"
    given.write_bytes(content)
    with pytest.raises(InvalidInputError, match=words):
        keep_logo(given, folder)
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    "place",
    ["http://example.invalid/x.png", "file:///etc/x.png", "//server/x.png", "\\\\server\\x.png"],
)
def test_nothing_is_fetched_from_elsewhere(folder: Path, place: str) -> None:
    from pathlib import Path as AnyPath

    class Named(type(AnyPath())):  # type: ignore[misc]
        def __str__(self) -> str:
            return place

    with pytest.raises(InvalidInputError, match="on this PC"):
        keep_logo(Named(), folder)


def test_a_folder_or_a_missing_file_is_refused(folder: Path) -> None:
    for place in (folder, folder / "missing.png"):
        with pytest.raises(InvalidInputError, match="Image not found"):
            keep_logo(place, folder)


@pytest.mark.parametrize("paper", ["a4", "a5", "roll80", "roll58"])
def test_the_logo_keeps_its_proportions_on_the_receipt(folder: Path, paper: str) -> None:
    logo = qr_png([[True] * 10] * 10)
    html = receipt_html(CASH, paper, "en", logo)
    assert re.search(r'<img src="data:image/png;base64,[^"]+" width="(\d+)" height="\1">', html)
    assert "<img" not in receipt_html(CASH, paper, "en", b"no picture")


def test_a_missing_logo_is_left_out(folder: Path) -> None:
    from dataclasses import replace

    documents = DeskDocuments(folder)
    (folder.parent / "other.png").write_bytes(qr_png([[True]]))
    for name in ("logo-0123456789abcdef.png", "../other.png", "..\\other.png", ""):
        receipt = replace(CASH, centre=replace(CASH.centre, logo=name))
        assert "<img" not in documents.receipt_html(receipt, "a5")
