#!/usr/bin/env python3
"""An MCP server that keeps contacts in contacts.db (SQLite), in the folder it runs in.

It speaks the Model Context Protocol on its standard input and output: one JSON-RPC
message a line. A contact is kept once, by its page: to keep it again changes it.

    python3 store.py          # what an agent starts
    python3 store.py count    # how many contacts there are
"""

import json
import sqlite3
import sys

COLUMNS = ["page", "name", "trade", "phone", "email"]
TABLE = """CREATE TABLE IF NOT EXISTS contacts (
    page TEXT PRIMARY KEY, name TEXT NOT NULL, trade TEXT NOT NULL, phone TEXT NOT NULL,
    email TEXT NOT NULL)"""
TEXTS = {name: {"type": "string"} for name in COLUMNS}
TOOLS = [
    {
        "name": "keep",
        "description": "Keeps contacts in the database; says how many there are then.",
        "inputSchema": {
            "type": "object",
            "required": ["contacts"],
            "properties": {
                "contacts": {
                    "type": "array",
                    "items": {"type": "object", "required": COLUMNS, "properties": TEXTS},
                }
            },
        },
    }
]


def database():
    opened = sqlite3.connect("contacts.db", timeout=20)
    opened.execute(TABLE)
    return opened


def count(opened):
    return opened.execute("SELECT count(*) FROM contacts").fetchone()[0]


def keep(contacts):
    opened = database()
    # All of them, or none.
    with opened:
        rows = [[contact[name] for name in COLUMNS] for contact in contacts]
        opened.executemany("INSERT OR REPLACE INTO contacts VALUES (?, ?, ?, ?, ?)", rows)
    return f"{count(opened)} contacts are kept"


def call(asked):
    """What calling a tool comes to."""
    try:
        if asked["name"] != "keep":
            raise ValueError(f"there is no tool {asked['name']}")
        said, failed = keep(asked["arguments"]["contacts"]), False
    except (KeyError, TypeError, ValueError, sqlite3.Error) as error:
        said, failed = f"{type(error).__name__}: {error}", True
    return {"content": [{"type": "text", "text": said}], "isError": failed}


def answer(message):
    """The result of a request; nothing where there is no such method."""
    asked = message.get("params") or {}
    match message["method"]:
        case "initialize":
            return {
                "protocolVersion": asked.get("protocolVersion", "2025-06-18"),
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "contacts", "version": "1"},
            }
        case "ping":
            return {}
        case "tools/list":
            return {"tools": TOOLS}
        case "tools/call":
            return call(asked)
    return None


def serve():
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message or "method" not in message:
            continue
        told = {"jsonrpc": "2.0", "id": message["id"]}
        result = answer(message)
        if result is None:
            told["error"] = {"code": -32601, "message": "there is no such method"}
        else:
            told["result"] = result
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["count"]:
        print(count(database()))
    else:
        serve()
