#!/usr/bin/env python3
"""The directory of Harbour Street: a small site of contacts, on loopback.

It is made to be read by agents, so it has what real sites have: its list runs over
several pages; who asks for profiles too fast is told to wait (429, Retry-After); one
profile is built like no other; one shows a telephone number that lost its end; and
some day the whole site looks different.

    python3 directory.py
    python3 directory.py --redesign-after 8    # it looks different after 8 profiles

A POST to /redesign has it look different at once. It logs each request.
"""

import argparse
import html
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

# Name, trade, telephone. The numbers are of the range that is kept for fiction.
PEOPLE = [
    ("Ada Brandt", "Boatbuilder", "01632 960104"),
    ("Bertil Okafor", "Sailmaker", "01632 960117"),
    ("Celia Maro", "Rigger", "01632 960121"),
    ("Dov Lindqvist", "Chandler", "01632 960133"),
    ("Esme Tanaka", "Chartmaker", "01632 960148"),
    ("Finn Adeyemi", "Cooper", "01632 960152"),
    ("Greta Sorel", "Net mender", "01632 960166"),
    ("Hugo Petrov", "Locksmith", "01632 960171"),
    ("Ines Falk", "Baker", "01632 960185"),
    ("Jonas Mbeki", "Printer", "01632 960190"),
    ("Kaja O'Neill", "Glazier", "01632 960203"),
    ("Lars Duarte", "Clockmaker", "01632 960219"),
]
# So many on a page of the list.
PAGE = 4
# So many profiles, then a pause of so many seconds.
AT_ONCE, PAUSE = 4, 1
# Whose profile was built by somebody else, and whose number lost its end.
ODD, BROKEN = "Esme Tanaka", "Hugo Petrov"

LIST = """<!doctype html><meta charset="utf-8"><title>Harbour Street, page {page}</title>
<h1>Who works in Harbour Street</h1>
<ul>
{links}
</ul>
{more}
"""
TABLE = """<!doctype html><meta charset="utf-8"><title>{name}</title>
<h1 class="name">{name}</h1>
<table>
<tr><th>Trade<td class="trade">{trade}</td>
<tr><th>Telephone<td class="phone"><a href="tel:{whole}">{phone}</a></td>
<tr><th>Mail<td class="email">{email}</td>
</table>
"""
ODD_ONE = """<!doctype html><meta charset="utf-8"><title>{name}</title>
<dl>
<dt>My name is</dt><dd>{name}</dd>
<dt>and I am a</dt><dd>{trade}</dd>
<dt>Ring me</dt><dd>{phone}</dd>
<dt>or write</dt><dd>{email}</dd>
</dl>
"""
REDESIGNED = """<!doctype html><meta charset="utf-8"><title>Harbour Street</title>
<main>
<p data-field="trade">{trade}</p>
<p data-field="name">{name}</p>
<p data-field="email">{email}</p>
<p><a data-field="phone" href="tel:{whole}">{phone}</a></p>
</main>
"""


def slug(name):
    return re.sub("[^a-z]+", "-", name.lower())


class Site:
    """What the site has served, and how it looks."""

    def __init__(self, redesign_after):
        self.lock = threading.Lock()
        self.redesign_after = redesign_after
        self.is_redesigned = False
        self.served = 0
        self.free, self.wait_until = AT_ONCE, None

    def may_serve(self):
        """Whether one more profile may be had now."""
        if self.wait_until is not None and time.monotonic() >= self.wait_until:
            self.free, self.wait_until = AT_ONCE, None
        if self.free == 0:
            self.wait_until = self.wait_until or time.monotonic() + PAUSE
            return False
        self.free -= 1
        return True

    def profile(self, name, trade, whole):
        """One profile as it looks now."""
        if self.served == self.redesign_after:
            self.is_redesigned = True
        self.served += 1
        phone = whole[:-2] if name == BROKEN else whole
        email = f"{slug(name).split('-')[0]}@harbour.example"
        values = {"name": name, "trade": trade, "phone": phone, "whole": whole, "email": email}
        values = {key: html.escape(value, quote=False) for key, value in values.items()}
        look = REDESIGNED if self.is_redesigned else ODD_ONE if name == ODD else TABLE
        return look.format(**values)


def list_page(page):
    """One page of the list, or nothing."""
    people = PEOPLE[(page - 1) * PAGE : page * PAGE] if page > 0 else []
    if not people:
        return None
    links = [f'<li><a href="/people/{slug(name)}">{html.escape(name)}</a>' for name, _, _ in people]
    more = f'<a rel="next" href="/?page={page + 1}">Next page</a>' if page * PAGE < len(PEOPLE) else ""
    return LIST.format(page=page, links="\n".join(links), more=more)


class Visit(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self):
        asked = urlsplit(self.path)
        if asked.path == "/":
            page = parse_qs(asked.query).get("page", ["1"])[0]
            self.answer(list_page(int(page) if page.isdigit() else 0))
            return
        for name, trade, phone in PEOPLE:
            if asked.path == f"/people/{slug(name)}":
                with self.server.site.lock:
                    text = self.server.site.may_serve() and self.server.site.profile(name, trade, phone)
                if text:
                    self.answer(text)
                else:
                    self.say(429, "Too fast: wait a little.\n", [("Retry-After", str(PAUSE))])
                return
        self.answer(None)

    def do_POST(self):
        if self.path == "/redesign":
            self.server.site.is_redesigned = True
            self.answer("It looks different now.\n")
        else:
            self.answer(None)

    def answer(self, text):
        if text is None:
            self.say(404, "There is no such page.\n")
        else:
            self.say(200, text)

    def say(self, status, text, more=()):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for header in more:
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, words, *values):
        print(words % values, flush=True)


def main():
    parser = argparse.ArgumentParser(description="A directory of contacts, on loopback.")
    parser.add_argument("--port", type=int, default=8765, help="0 for any that is free")
    parser.add_argument("--redesign-after", type=int, metavar="PROFILES")
    wanted = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", wanted.port), Visit)
    server.site = Site(wanted.redesign_after)
    print(f"The directory is at http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
