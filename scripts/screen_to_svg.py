#!/usr/bin/env python3
"""Draws a captured terminal screen as SVG: standard input is what `tmux capture-pane -e -p -N` prints, standard output the picture.

Every character is put on the exact cell grid (so any monospaced font will do), wide characters take two cells, and lines and
blocks are drawn as shapes, so that borders close whatever the font. Needs nothing but Python's own library.

    screen_to_svg.py COLUMNS ROWS TITLE < screen.ansi > screen.svg
"""

import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from html import escape

CELL_W, CELL_H, FONT = 8, 17, 13.3  # px; a monospaced glyph is about 0.6 of the font's size wide
PIECE = 16  # cells of a row that are drawn as one in a film
PAD, BAR = 14, 34  # px around the screen; height of the window's bar
BACKGROUND, FOREGROUND, FRAME, MUTED = "#12141c", "#d6d9e4", "#1b1e29", "#8a90a6"
FAMILY = "'DejaVu Sans Mono','JetBrains Mono',Menlo,Consolas,'Noto Sans Mono CJK SC','WenQuanYi Micro Hei Mono',monospace"
# The sixteen colours a terminal names itself.
NAMED = """#1b1e29 #e06c75 #98c379 #e5c07b #61afef #c678dd #56b6c2 #c8ccd8
           #5c6370 #ef7b84 #a8d489 #f0cd88 #74bdf7 #d48aea #68c6d2 #ffffff""".split()

# Arms of line characters: up, right, down, left; 1 light, 2 heavy or double.
LINES = {
    "─": "0101", "│": "1010", "┌": "0110", "┐": "0011", "└": "1100", "┘": "1001", "├": "1110", "┤": "1011", "┬": "0111",
    "┴": "1101", "┼": "1111", "━": "0202", "┃": "2020", "┏": "0220", "┓": "0022", "┗": "2200", "┛": "2002", "┣": "2220",
    "┫": "2022", "┳": "0222", "┻": "2202", "╋": "2222", "╴": "0001", "╵": "1000", "╶": "0100", "╷": "0010", "╸": "0002",
    "╹": "2000", "╺": "0200", "╻": "0020", "═": "0202", "║": "2020", "╔": "0220", "╗": "0022", "╚": "2200", "╝": "2002",
    "┄": "0101", "┆": "1010", "┈": "0101", "┊": "1010",
}  # fmt: skip
CURVES = {"╭": (1, 1), "╮": (-1, 1), "╰": (1, -1), "╯": (-1, -1)}  # towards which side and up or down they run
# Blocks as left, top, width, height in eighths of a cell.
BLOCKS = {"█": (0, 0, 8, 8), "▀": (0, 0, 8, 4), "▄": (0, 4, 8, 4), "▐": (4, 0, 4, 8), "▔": (0, 0, 8, 1), "▕": (7, 0, 1, 8)}
BLOCKS |= {c: (0, 7 - i, 8, i + 1) for i, c in enumerate("▁▂▃")} | {c: (0, 3 - i, 8, 5 + i) for i, c in enumerate("▅▆▇")}
BLOCKS |= {c: (0, 0, 7 - i, 8) for i, c in enumerate("▉▊▋▌▍▎▏")}
SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}


@dataclass(frozen=True)
class Style:
    fg: str | None = None
    bg: str | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False

    def ink(self) -> str:
        return (self.bg or BACKGROUND) if self.reverse else (self.fg or FOREGROUND)

    def paper(self) -> str | None:
        return (self.fg or FOREGROUND) if self.reverse else self.bg


def colour(number: int) -> str:
    """One of the 256 colours."""
    if number < 16:
        return NAMED[number]
    if number < 232:
        steps = (0, 95, 135, 175, 215, 255)
        number -= 16
        return "#%02x%02x%02x" % (steps[number // 36], steps[number // 6 % 6], steps[number % 6])
    return "#%02x%02x%02x" % ((8 + 10 * (number - 232),) * 3)


def styled(style: Style, codes: str) -> Style:
    """A style after one SGR sequence; what it doesn't know it leaves alone."""
    parts = codes.split(";")
    i = 0
    while i < len(parts):
        sub = parts[i].split(":")
        code = int(sub[0] or 0)
        if code in (38, 48, 58):
            # Either 38:2::r:g:b / 38:5:n in one part, or 38;2;r;g;b / 38;5;n in several.
            rest = [int(n) for n in sub[1:] if n] or [int(n or 0) for n in parts[i + 1 : i + 5]]
            taken = 0 if len(sub) > 1 else (4 if rest[:1] == [2] else 2)
            i += taken
            value = colour(rest[1]) if rest[0] == 5 else "#%02x%02x%02x" % tuple(rest[-3:] if len(sub) > 1 else rest[1:4])
            style = replace(style, **({"fg": value} if code == 38 else {"bg": value} if code == 48 else {}))
        elif code == 0:
            style = Style()
        elif code == 4:
            style = replace(style, underline=sub[1:2] != ["0"])
        elif code in (1, 2, 3, 7, 9):
            style = replace(style, **{{1: "bold", 2: "dim", 3: "italic", 7: "reverse", 9: "strike"}[code]: True})
        elif code == 22:
            style = replace(style, bold=False, dim=False)
        elif code in (23, 24, 27, 29):
            style = replace(style, **{{23: "italic", 24: "underline", 27: "reverse", 29: "strike"}[code]: False})
        elif code == 39:
            style = replace(style, fg=None)
        elif code == 49:
            style = replace(style, bg=None)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            style = replace(style, fg=NAMED[code - 30 if code < 90 else code - 82])
        elif 40 <= code <= 47 or 100 <= code <= 107:
            style = replace(style, bg=NAMED[code - 40 if code < 100 else code - 92])
        i += 1
    return style


def width(char: str) -> int:
    """Cells a character takes."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf") or char in "\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


TOKEN = re.compile(r"\x1b\[([0-9;:]*)m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[A-Za-z]|\x1b[()].|[\x00-\x08\x0b-\x1f]|(.)", re.S)


def cells(text: str, columns: int, rows: int):
    """Yields (column, row, characters, cells, style) of what is on the screen. A style runs on from line to line."""
    style = Style()
    for row, line in enumerate(text.split("\n")[:rows]):
        column = 0
        held = None
        for match in TOKEN.finditer(line):
            if match.group(1) is not None:
                style = styled(style, match.group(1))
            elif match.group(2):
                char = match.group(2)
                wide = width(char)
                if wide == 0 and held:
                    held[2] += char
                    continue
                if held:
                    yield tuple(held)
                held = [column, row, char, wide, style] if column + wide <= columns else None
                column += wide
        if held:
            yield tuple(held)


def shape(char: str, x: float, y: float, ink: str) -> str | None:
    """A line or block character as a shape that touches its neighbours."""
    mid_x, mid_y, end_x, end_y = x + CELL_W / 2, y + CELL_H / 2, x + CELL_W, y + CELL_H
    if char in LINES:
        up, right, down, left = (int(n) for n in LINES[char])
        arms = [(up, f"M{mid_x} {mid_y}V{y}"), (right, f"M{mid_x} {mid_y}H{end_x}"), (down, f"M{mid_x} {mid_y}V{end_y}"), (left, f"M{mid_x} {mid_y}H{x}")]
        path = "".join(d for weight, d in arms if weight)
        dash = ' stroke-dasharray="2 2"' if char in "┄┆┈┊" else ""
        return f'<path d="{path}" stroke="{ink}" stroke-width="{2.2 if "2" in LINES[char] else 1.1}" stroke-linecap="square"{dash}/>'
    if char in CURVES:
        side, down = CURVES[char]
        edge_x, edge_y = (end_x if side > 0 else x), (end_y if down > 0 else y)
        return f'<path d="M{mid_x} {edge_y}V{mid_y + 4 * down}Q{mid_x} {mid_y} {mid_x + 4 * side} {mid_y}H{edge_x}" stroke="{ink}" stroke-width="1.1"/>'
    if char in BLOCKS or char in SHADES:
        left, top, wide, high = BLOCKS.get(char, (0, 0, 8, 8))
        box = f'x="{x + left * CELL_W / 8:g}" y="{y + top * CELL_H / 8:g}" width="{wide * CELL_W / 8:g}" height="{high * CELL_H / 8:g}"'
        return f'<rect {box} fill="{ink}"' + (f' fill-opacity="{SHADES[char]}"' if char in SHADES else "") + "/>"
    return None


def runs(found):
    """Groups neighbours of one style on one row."""
    group = []
    for cell in found:
        if group and (cell[1] != group[-1][1] or cell[4] != group[-1][4] or cell[0] != group[-1][0] + group[-1][3]):
            yield group
            group = []
        group.append(cell)
    if group:
        yield group


def elements(found) -> list[str]:
    """What is drawn of cells, as (column, row, characters, cells, style): papers below shapes below words."""
    papers, shapes, words = [], [], []
    for group in runs(found):
        column, row, _, _, style = group[0]
        x, y = PAD + column * CELL_W, BAR + PAD + row * CELL_H
        length = sum(cell[3] for cell in group) * CELL_W
        ink, paper = style.ink(), style.paper()
        if paper:
            # A hair of overlap below, or viewers show seams between rows.
            papers.append(f'<rect x="{x}" y="{y}" width="{length}" height="{CELL_H + 0.4}" fill="{paper}" shape-rendering="crispEdges"/>')
        if style.underline:
            shapes.append(f'<path d="M{x} {y + CELL_H - 2.5}h{length}" stroke="{ink}"/>')
        if style.strike:
            shapes.append(f'<path d="M{x} {y + CELL_H / 2}h{length}" stroke="{ink}"/>')
        attributes = f'y="{y + CELL_H - 4.4:g}" fill="{ink}"'
        attributes += ' font-weight="bold"' if style.bold else ""
        attributes += ' font-style="italic"' if style.italic else ""
        attributes += ' fill-opacity=".6"' if style.dim else ""
        # A word is one element, and so is a wide character: each starts on its own cell, so nothing drifts in any font.
        word = None  # (its first cell's left edge, its characters)
        for at, _, char, cell_count, _ in [*group, (0, 0, " ", 1, style)]:
            left = PAD + at * CELL_W
            drawn = shape(char, left, y, ink)
            alone = drawn or char == " " or cell_count == 2
            if word and alone:
                exact = f' textLength="{len(word[1]) * CELL_W}"' if len(word[1]) > 1 else ""
                words.append(f'<text x="{word[0]}" {attributes}{exact}>{escape("".join(word[1]))}</text>')
                word = None
            if drawn:
                shapes.append(drawn)
            elif char != " " and cell_count == 2:
                words.append(f'<text x="{left + CELL_W}" text-anchor="middle" {attributes}>{escape(char)}</text>')
            elif not alone:
                word = word or (left, [])
                word[1].append(char)
    return [*papers, *shapes, *words]


def window(columns: int, rows: int, title: str, inside: list[str], background: str = BACKGROUND) -> str:
    """A window around what is drawn."""
    wide, high = columns * CELL_W + 2 * PAD, rows * CELL_H + PAD + BAR + PAD
    lights = "".join(f'<circle cx="{20 + 20 * i}" cy="{BAR / 2}" r="6" fill="{c}"/>' for i, c in enumerate(("#ff5f57", "#febc2e", "#28c840")))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{wide}" height="{high}" rx="10" fill="{background}"/>',
            f'<path d="M0 {BAR}V10A10 10 0 0 1 10 0H{wide - 10}A10 10 0 0 1 {wide} 10V{BAR}Z" fill="{FRAME}"/>',
            lights,
            f'<g font-family="{escape(FAMILY)}" font-size="{FONT}" fill="none" xml:space="preserve">',
            f'<text x="{wide / 2}" y="{BAR / 2 + 4.5}" text-anchor="middle" fill="{MUTED}">{escape(title)}</text>',
            *inside,
            "</g>",
            "</svg>",
            "",
        ]
    )


def draw(text: str, columns: int, rows: int, title: str) -> str:
    found = list(cells(text, columns, rows))
    papers = Counter(style.paper() or BACKGROUND for _, _, _, _, style in found)
    return window(columns, rows, title, elements(found), papers.most_common(1)[0][0] if papers else BACKGROUND)


def film(frames: list[tuple[float, str]], columns: int, rows: int, title: str) -> str:
    """Screens one after the other, each from its second on, again and again. What looks the same is drawn once: rows, and pieces of them."""
    wide, high = columns * CELL_W + 2 * PAD, rows * CELL_H + PAD + BAR + PAD
    drawn: dict[str, str] = {}

    def named(look: str) -> str:
        return drawn.setdefault(look, f"r{len(drawn)}")

    strips, steps = [], []
    length = frames[-1][0]
    for number, (begin, text) in enumerate(frames[:-1]):
        by_row: dict[int, dict[int, list]] = {}
        for column, row, char, count, style in cells(text, columns, rows):
            by_row.setdefault(row, {}).setdefault(column // PIECE, []).append((column, 0, char, count, style))
        uses = []
        for row, pieces in by_row.items():
            looks = ["".join(elements(found)) for found in pieces.values()]
            line = "".join(f'<use href="#{named(look)}"/>' for look in looks if look)
            if line:
                uses.append(f'<use href="#{named(line)}" y="{row * CELL_H}"/>')
        strips.append(f'<g transform="translate({number * wide})">{"".join(uses)}</g>')
        steps.append(f"{100 * begin / length:.3f}%{{transform:translateX({-number * wide}px)}}")
    inside = [
        "<style>.film{animation:film %.1fs step-end infinite}@keyframes film{%s}</style>" % (length, "".join(steps)),
        f'<clipPath id="screen"><rect y="{BAR}" width="{wide}" height="{high - BAR}"/></clipPath>',
        "<defs>",
        *(f'<g id="{name}">{look}</g>' for look, name in drawn.items()),
        "</defs>",
        '<g clip-path="url(#screen)"><g class="film">',
        *strips,
        "</g></g>",
    ]
    return window(columns, rows, title, inside)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(draw(sys.stdin.read(), int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
