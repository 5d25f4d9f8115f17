"""Makes book.txt and bold.txt: python3 make.py DejaVuSans.ttf book.txt; needs fonttools."""

import sys

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

LETTERS = "".join(map(chr, range(32, 127))) + "±×·²³äöüÄÖÜßéèµ–\u2009≤≥⌈⌉"


class Pen(BasePen):
    def __init__(self, glyphs, units):
        super().__init__(glyphs)
        self.path, self.units = "", units

    def command(self, name, *points):
        self.path += name + " ".join(str(round(part * 1000 / self.units)) for point in points for part in point)

    def _moveTo(self, point):
        self.command("M", point)

    def _lineTo(self, point):
        self.command("L", point)

    def _qCurveToOne(self, control, point):
        self.command("Q", control, point)

    def _closePath(self):
        pass


font = TTFont(sys.argv[1])
glyphs, names, units = font.getGlyphSet(), font.getBestCmap(), font["head"].unitsPerEm
with open(sys.argv[2], "w", encoding="utf-8") as out:
    for letter, name in [("\ufffd", ".notdef"), *((letter, names[ord(letter)]) for letter in LETTERS)]:
        pen = Pen(glyphs, units)
        glyphs[name].draw(pen)
        out.write(f"{letter} {round(glyphs[name].width * 1000 / units)} {pen.path}".rstrip() + "\n")
