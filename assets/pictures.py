#!/usr/bin/env python3
"""Makes the pictures of the README and of docs/: the real program in a terminal of its own, with a
home, settings and sessions that are made for it and gone afterwards. Offline, without a key.

    pip install pyte==0.8.2 Pillow      # and git, and the font DejaVu Sans Mono (fonts-dejavu)
    cargo build --release
    python3 assets/pictures.py                       # all of them, in a minute or two
    python3 assets/pictures.py --program target/debug/auteur --into /tmp/pictures

Keys are pressed when the words they wait for stand on the screen; nothing is timed. What agents say
is rehearsed, but which of them is the first is chance, as live: look at each picture afterwards.
"""
import argparse
import collections
import contextlib
import fcntl
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

import pyte
from PIL import Image, ImageColor, ImageDraw, ImageFont

HERE = pathlib.Path(__file__).resolve().parent
ENTER, TAB, SAVE = "\r", "\t", "\x1bOQ"
# What the terminal says its background is, for whom it asks, and what it draws there.
GROUNDS = {"dark": ("rgb:1010/1414/1a1a", "#10141a", "#d8dee9"), "light": ("rgb:fafa/fafa/f7f7", "#fafaf7", "#24292f")}
SIXTEEN = dict(
    black="#1c2129", red="#d0605e", green="#7fb069", brown="#d9a441", blue="#5f8fd0", magenta="#b07cc6",
    cyan="#4fb3b3", white="#c9d1d9", brightblack="#6b7480", brightred="#e88583", brightgreen="#a3cf8e",
    brightbrown="#efc471", brightblue="#8db4ea", brightmagenta="#cda3dd", brightcyan="#82d2d2", brightwhite="#ffffff")
# A frame's last bytes: the program draws whole frames (synchronized updates).
FRAME = b"\x1b[?2026l"
ASKED = re.compile(rb"\x1b\]11;\?(?:\x1b\\|\x07)")
# Modes of keys, the window's title, underlines of a colour: no picture needs them, and pyte misreads them.
UNREAD = re.compile(rb"\x1b\[[<>=][0-9;]*[A-Za-z]|\x1b\[[0-9;]*t|\x1b\[58;[0-9;]*m|\x1b\][0-9]+;[^\x07\x1b]*(?:\x1b\\|\x07)")


class Screen(pyte.Screen):
    """What a terminal shows; what it answers goes to whoever asked."""

    answer = staticmethod(lambda _: None)

    def write_process_input(self, data):
        self.answer(data.encode())


class Terminal:
    """The program in a terminal."""

    def __init__(self, house, *words, size=(120, 35), ground="dark"):
        self.ground, (columns, rows) = ground, size
        self.screen = Screen(columns, rows)
        self.screen.answer = self.write
        self.stream, self.read = pyte.ByteStream(self.screen), b""
        self.child, self.master = pty.fork()
        if self.child == 0:
            os.chdir(house.project)
            os.execve(house.program, [house.program, *words], house.environment)
        self.resize(columns, rows)

    def write(self, sent):
        while sent:
            sent = sent[os.write(self.master, sent):]

    def press(self, *keys):
        """Presses keys one by one; each is read alone, so that Esc is no Alt."""
        for key in keys:
            self.write(key.encode())
            self.until(lambda: True)

    def insist(self, key, *wanted, patience=3):
        """Presses a key until these words are there: one that comes as a question comes up is not heard."""
        for _ in range(40):
            if self.shows(*wanted):
                return
            self.press(key)
            with contextlib.suppress(TimeoutError):
                self.read_until(time.monotonic() + patience, *wanted)
        self.fail(wanted)

    def command(self, line):
        self.press(":")
        self.until("TYPING")
        self.type(line)
        self.press(ENTER)
        self.until("COMMAND")

    def type(self, text):
        self.write(b"\x1b[200~" + text.encode() + b"\x1b[201~")
        self.until(text[:20])

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.until(lambda: True)

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def shows(self, *wanted):
        text = "\n".join(self.lines())
        return all(it() if callable(it) else it in text for it in wanted)

    def until(self, *wanted, within=300):
        """Reads until a frame shows all of these words (or what is asked of it holds)."""
        try:
            self.read_until(time.monotonic() + within, *wanted)
        except TimeoutError:
            self.fail(wanted)

    def read_until(self, ends, *wanted):
        while time.monotonic() < ends:
            if self.frame() and self.shows(*wanted):
                return
        raise TimeoutError

    def fail(self, wanted):
        print("\n".join(self.lines()), file=sys.stderr)
        raise SystemExit(f"never shown: {wanted}")

    def frame(self):
        """Shows the next frame, if there is a whole one within a second."""
        frame, end, rest = self.read.partition(FRAME)
        if not end:
            if select.select([self.master], [], [], 1)[0]:
                self.read += self.more()
            return False
        self.read = rest
        for _ in ASKED.findall(frame):
            self.write(f"\x1b]11;{GROUNDS[self.ground][0]}\x1b\\".encode())
        self.stream.feed(UNREAD.sub(b"", frame))
        return True

    def more(self):
        try:
            read = os.read(self.master, 1 << 16)
        except OSError:
            read = b""
        if not read:
            raise SystemExit("the program has ended: " + "\n".join(filter(None, self.lines())))
        return read

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Hangs up, as a window that is closed, and waits for the program."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGHUP)
        with contextlib.suppress(OSError):
            while os.read(self.master, 1 << 16):
                pass
        os.close(self.master)
        os.waitpid(self.child, 0)


class Painter:
    """Paints a screen, a character a cell."""

    FOLDERS = ["/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu", "/usr/share/fonts/TTF",
               "/usr/share/fonts/dejavu-sans-mono-fonts", "/Library/Fonts", os.path.expanduser("~/Library/Fonts")]
    # Blocks, which have to meet without a gap: left, top, right, bottom in eighths of a cell.
    BLOCKS = {"█": (0, 0, 8, 8), "▀": (0, 0, 8, 4), "▐": (4, 0, 8, 8), "▔": (0, 0, 8, 1), "▕": (7, 0, 8, 8),
              **{chr(0x2580 + n): (0, 8 - n, 8, 8) for n in range(1, 8)},
              **{chr(0x2590 - n): (0, 0, n, 8) for n in range(1, 8)}}

    def __init__(self, size):
        self.fonts = {(bold, slant): self.font(size, bold, slant) for bold in (0, 1) for slant in (0, 1)}
        plain = self.fonts[0, 0]
        self.ascent, descent = plain.getmetrics()
        self.cell = (round(plain.getlength("m")), self.ascent + descent)

    def font(self, size, bold, slant):
        name = "DejaVuSansMono" + ["", "-Oblique", "-Bold", "-BoldOblique"][2 * bold + slant] + ".ttf"
        for folder in self.FOLDERS:
            if os.path.exists(f"{folder}/{name}"):
                return ImageFont.truetype(f"{folder}/{name}", size)
        raise SystemExit(f"there is no {name}: apt install fonts-dejavu")

    def paint(self, terminal):
        screen, (wide, high) = terminal.screen, self.cell
        image = Image.new("RGB", (screen.columns * wide, screen.lines * high), GROUNDS[terminal.ground][1])
        draw = ImageDraw.Draw(image)
        for row in range(screen.lines):
            for column in range(screen.columns):
                cell = screen.buffer[row][column]
                self.letter(draw, cell, column * wide, row * high, *self.colours(cell, terminal.ground))
        return image

    def colours(self, cell, ground):
        _, back, fore = GROUNDS[ground]
        fore, back = colour(cell.fg, fore), colour(cell.bg, back)
        return (back, fore) if cell.reverse else (fore, back)

    def palette(self, terminal):
        """The colours that stand on the screen, and what lies between those of a letter and its ground."""
        screen, pairs = terminal.screen, collections.Counter()
        for row in range(screen.lines):
            for column in range(screen.columns):
                cell = screen.buffer[row][column]
                pairs[self.colours(cell, terminal.ground)] += bool(cell.data.strip())
        shades = [(1, pair) for pair in pairs] + [(0, pair) for pair in pairs]
        shades += [(share, pair) for share in (1 / 2, 1 / 4, 3 / 4) for pair, count in pairs.most_common() if count]
        wanted = list(dict.fromkeys(between(*pair, share) for share, pair in shades))[:256]
        image = Image.new("P", (1, 1))
        image.putpalette([part for it in wanted for part in it])
        return image

    def letter(self, draw, cell, x, y, fore, back):
        (wide, high), name = self.cell, cell.data
        columns = max(1, sum(2 if east_asian(it) else 1 for it in name[:1]))
        if name:
            draw.rectangle((x, y, x + wide * columns - 1, y + high - 1), back)
        if name in self.BLOCKS:
            left, top, right, bottom = self.BLOCKS[name]
            area = (x + wide * left // 8, y + high * top // 8, x + wide * right // 8 - 1, y + high * bottom // 8 - 1)
            draw.rectangle(area, fore)
        elif name.strip():
            draw.text((x, y), name, fore, self.fonts[int(cell.bold), int(cell.italics)])
        for is_there, line in ((cell.underscore, self.ascent + 2), (cell.strikethrough, self.ascent * 2 // 3)):
            if is_there:
                draw.line((x, y + line, x + wide - 1, y + line), fore)


def east_asian(letter):
    return pyte.screens.wcwidth(letter) == 2


def between(fore, back, share):
    return tuple(round(b + (a - b) * share) for a, b in zip(ImageColor.getrgb(fore), ImageColor.getrgb(back)))


def colour(name, default):
    name = SIXTEEN.get(name, name)
    return default if name == "default" else name if name.startswith("#") else "#" + name


class House:
    """A home, a project and sessions for the pictures alone."""

    def __init__(self, root, program):
        self.program, self.root = os.path.abspath(program), root
        self.home, self.project = root / "ann", root / "ann/ledger"
        (self.home / ".config/auteur").mkdir(parents=True)
        shutil.copytree(HERE / "demo/project", self.project)
        # Nobody stays at work when a window is closed.
        (self.home / ".config/auteur/config.toml").write_text("[session]\ndetach = false\n")
        # Without Claude Code: where it is, the demo has it as a seventh agent.
        path = [it for it in os.environ["PATH"].split(os.pathsep) if not os.path.exists(f"{it}/claude")]
        self.environment = {
            "PATH": os.pathsep.join(path), "HOME": str(self.home), "USER": "ann", "LANG": "C.UTF-8",
            "TERM": "xterm-256color", "COLORTERM": "truecolor", "TZ": "UTC",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "ledger 0.2.0"]):
            who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
            subprocess.run(["git", *who, *words], cwd=self.project, env=self.environment, check=True)

    def rehearsed(self, *words, by):
        """A command line that starts agents whose models say this."""
        file = self.root / "rehearsal.toml"
        file.write_text(by)
        return ["run", *words, "--rehearse", str(file)]

    def run(self, *words, by):
        words = [self.program, *self.rehearsed(*words, by=by), "--headless"]
        subprocess.run(words, cwd=self.project, env=self.environment, check=True, stdout=subprocess.DEVNULL)


# Former sessions, for the picture of them.
FORMER = [("reviewer", "How are amounts read?"), ("tester", "Which amounts does nobody test?"),
          ("documenter", "Write down what `balance` prints")]
SHORT = """
[[part]]
name = "amounts"
brief = "amounts"
[[part.turn]]
say = "I look at how amounts are read, and who counts with them."
calls = [{ tool = "read", with = { path = "lib/amount.awk" } }, { tool = "search", with = { pattern = "cents" } }]
[[part.turn]]
say = "`cents` splits amounts at their dot. Debts are counted wrong there: the sign reaches the whole part alone."
calls = [{ tool = "report", with = { summary = "Negative amounts are wrong by their cents.", outcome = "succeeded" } }]
[[part.turn]]
say = "Done."

[[part]]
name = "balance"
[[part.turn]]
say = "I look at what it prints."
calls = [{ tool = "search", with = { pattern = "balance" } }]
[[part.turn]]
calls = [{ tool = "report", with = { summary = "An account and its amount a line.", outcome = "succeeded" } }]
[[part.turn]]
say = "Done."
"""
# The script of docs/scripts.md, and two steps more.
PEOPLE = """
purpose = "Reads who works somewhere, and how to write to them"
budget = "5"

[inputs.site]

[[step]]
name = "find"
role = "browser"
brief = "Find the profile pages of {{ inputs.site }}"
output = { pages = ["string"] }

[[step]]
name = "extract"
role = "extractor"
brief = "Read the name and the mail address on {{ item }}"
for_each = "steps.find.output.pages"
max_parallel = 3
output = { name = "string", mail = "string" }
checks = [{ pattern = "@" }]
retry = { attempts = 3 }

[[step]]
name = "open"
needs = ["extract"]
gate = "director"

[[step]]
name = "write"
needs = ["open"]
role = "documenter"
brief = "Write people.md from this: {{ steps.extract.output | quoted }}"
output = { file = "string" }
checks = [{ file = "people.md" }]
"""
FOUND = """
[[part]]
name = "finds"
brief = "^Find the profile pages"
pace = { rate = 200, first = 0.1 }
[[part.turn]]
calls = [{ tool = "report", with = { summary = "six pages", result = { pages = ["/ada", "/blaise", "/claude", "/dorothy", "/emmy", "/grace"] } } }]
[[part.turn]]
say = "Six pages."

[[part]]
name = "misreads"
brief = "on /blaise"
pace = { rate = 200, first = 0.3 }
[[part.turn]]
say = "The page has a form, and no address that I see."
calls = [{ tool = "report", with = { summary = "no address", result = { name = "Blaise", mail = "by the form" } } }]
[[part.turn]]
think = "There has to be an address with an @. It is in the page's foot, written for people and not for robots, so I have to read it letter by letter."
say = "I look once more, at the foot of the page this time, where it is written out in words for people to read."
pace = { rate = 8 }
calls = [{ tool = "report", with = { summary = "read", result = { name = "Blaise", mail = "blaise@example.com" } } }]

[[part]]
name = "reads"
brief = "on /(ada|claude|dorothy)"
pace = { rate = 200, first = 0.3 }
[part.takes]
who = "on /([a-z]+)"
[[part.turn]]
calls = [{ tool = "report", with = { summary = "read", result = { name = "{who}", mail = "{who}@example.com" } } }]
[[part.turn]]
say = "Read."

[[part]]
name = "reads slowly"
brief = "on /"
pace = { rate = 4, first = 0.3 }
[[part.turn]]
say = "The name stands at the top of the page. The address is below it, and leads to a form; the same address stands in the text of the page once more, in full."
"""


class Studio:
    """Takes the pictures."""

    def __init__(self, house, into):
        self.house, self.into, self.painter = house, into, Painter(16)

    def shoot(self, terminal, name):
        file = self.into / f"{name}.png"
        image = self.painter.paint(terminal)
        image.quantize(palette=self.painter.palette(terminal), dither=Image.Dither.NONE).save(file, optimize=True)
        print(f"{file}  {image.width}x{image.height}  {file.stat().st_size // 1000} kB", flush=True)

    def demo(self):
        """Six agents at work; one of them drifts, is taken again, and both are compared."""
        with Terminal(self.house, "demo") as terminal:
            terminal.until("asks for approval", "asks a question", "▲ drift")
            self.shoot(terminal, "stage")
            terminal.press("I")
            terminal.until("· asks")
            terminal.insist("j", "releaser · asks for approval")
            self.shoot(terminal, "inbox")
            terminal.insist("j", "tidier · may be drifting")
            terminal.press("d")
            terminal.until("Tidier may be drifting", "take it again")
            self.shoot(terminal, "drift")
            terminal.press("j", "j", ENTER)
            terminal.until("Retake tidier")
            terminal.type("Leave the notes alone: only the comments of ledger.sh.")
            terminal.press(TAB, TAB, "\x1b[C", SAVE)
            terminal.until("tidier is taken again")
            terminal.insist("j", "releaser · asks for approval")
            terminal.insist("a", lambda: not terminal.shows("releaser asks for approval"))
            terminal.command("agent implementer")
            terminal.insist(ENTER, "Log   Brief")
            terminal.press("4")
            terminal.until("lib/amount.awk +8")
            self.shoot(terminal, "agent")
            terminal.press("C")
            terminal.until("roles")
            terminal.press("b")
            terminal.until("Who fits this brief?")
            terminal.type("Find out why the tests are slow, and mend it")
            terminal.press(ENTER)
            terminal.until("for: Find out why")
            self.shoot(terminal, "cast")
            terminal.press("\x1b1", "\x1b1")
            terminal.until("tidier-2 done")
            terminal.command("agent tidier")
            terminal.press("T")
            terminal.until("Takes:")
            terminal.press("v")
            terminal.resize(120, 26)
            terminal.until("they part here")
            self.shoot(terminal, "compare")
            terminal.resize(120, 17)
            terminal.press("L")
            terminal.until("in all")
            self.shoot(terminal, "ledger")
            terminal.press("\x1b[Z")
            terminal.until("States", "running")
            self.shoot(terminal, "states")
            terminal.resize(120, 35)
            terminal.press("\x1b1", "Y")
            terminal.until("How the screen looks")
            terminal.insist("j", "▸ rose-pine ", patience=0.3)
            self.shoot(terminal, "themes")

    def script(self):
        """A script that is played, then the sessions there were."""
        for role, brief in FORMER:
            self.house.run(role, brief, by=SHORT)
        scripts = self.house.home / ".config/auteur/scripts"
        scripts.mkdir()
        (scripts / "people.toml").write_text(PEOPLE)
        words = self.house.rehearsed("people", "--set", "site=example.com/people", by=FOUND)
        with Terminal(self.house, *words, size=(120, 24)) as terminal:
            terminal.press("S")
            terminal.until("3/6", "2×")
            self.shoot(terminal, "script")
            terminal.press("H")
            terminal.until(FORMER[0][1])
            terminal.press("/")
            terminal.until("Search all that was said")
            terminal.type("amounts")
            terminal.press(ENTER)
            terminal.until('"amounts":', lambda: not terminal.shows("being looked for"),
                           lambda: not terminal.shows("Search all"))
            self.shoot(terminal, "history")

    def replay(self):
        """The demo again, from its journal and on a light ground."""
        with Terminal(self.house, "replay", "last", ground="light") as terminal:
            terminal.until("REPLAY")
            terminal.press("2")
            terminal.insist("]", "tidier-2 running", "= approved")
            self.shoot(terminal, "replay")


def main():
    says = argparse.ArgumentParser(description="Makes the pictures of the README and of docs/.")
    says.add_argument("--program", default=HERE.parent / "target/release/auteur", help="(target/release/auteur)")
    says.add_argument("--into", default=HERE, type=pathlib.Path, help="the folder for them (assets)")
    said = says.parse_args()
    with tempfile.TemporaryDirectory(prefix="auteur-pictures-") as root:
        studio = Studio(House(pathlib.Path(root), said.program), said.into)
        studio.script()
        studio.demo()
        studio.replay()


if __name__ == "__main__":
    main()
