#!/usr/bin/env python3
"""Stands between a client and PostgreSQL and answers as Redshift: what Redshift refuses is refused (refusals.py), its
words become PostgreSQL's (rewrite.py), its functions are in the database (functions.sql). All else passes as it is.

    server.py DIR PORT    PORT: where PostgreSQL listens

Writes DIR/port when it answers, and each message of statements as a line of DIR/statements.jsonl: `sql` as it came, and
`passed` as it went on. Ends when nobody has connected or sent anything for NEXUS_LAB_IDLE seconds, where that is set.
"""

import asyncio
import json
import os
import struct
import sys
import time
from pathlib import Path

from refusals import findings
from rewrite import Unsupported, rewrite

CANCEL = 80877102
ENCRYPT = (80877103, 80877104)


class StandIn:
    def __init__(self, folder, port):
        self.folder = folder
        self.port = port
        self.used = time.monotonic()
        self.log = open(folder / "statements.jsonl", "a", encoding="utf-8")
        # A model's tests and runs repeat the same words, and to read them takes a while.
        self.known = {}

    def passed(self, sql):
        """What PostgreSQL gets for a message of statements."""
        if sql not in self.known:
            refused = sorted({reason for _, reason in findings(sql)})
            try:
                self.known[sql] = rewrite(sql) if not refused else None
            except Unsupported as error:
                refused = [str(error)]
            if refused:
                words = f"Redshift refuses this: {'; '.join(refused)}".encode().hex()
                self.known[sql] = f"select redshift.refuse(convert_from(decode('{words}', 'hex'), 'UTF8'))"
        out = self.known[sql]
        self.log.write(json.dumps({"sql": sql, "passed": out}, ensure_ascii=False) + "\n")
        self.log.flush()
        return out

    async def serve(self, reader, writer):
        self.used = time.monotonic()
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            first = await self.message(reader, b"")
            while struct.unpack("!I", first[4:8])[0] in ENCRYPT:
                writer.write(b"N")
                first = await self.message(reader, b"")
            server_writer.write(first)
            answers = asyncio.create_task(self.pump(server_reader, writer))
            if struct.unpack("!I", first[4:8])[0] != CANCEL:
                await self.ask(reader, server_writer)
            else:
                await answers
            server_writer.close()
            await answers
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            server_writer.close()
            writer.close()

    async def ask(self, reader, server):
        """Passes on what the client sends until it goes."""
        while True:
            letter = await reader.read(1)
            if not letter:
                return
            message = await self.message(reader, letter)
            self.used = time.monotonic()
            if letter == b"Q":
                text = self.passed(message[5:-1].decode()).encode()
                message = b"Q" + struct.pack("!I", len(text) + 5) + text + b"\0"
            server.write(message)
            await server.drain()

    @staticmethod
    async def message(reader, letter):
        length = await reader.readexactly(4)
        return letter + length + await reader.readexactly(struct.unpack("!I", length)[0] - 4)

    @staticmethod
    async def pump(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()


async def main():
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    stand_in = StandIn(folder, port)
    server = await asyncio.start_server(stand_in.serve, "127.0.0.1", 0)
    name = folder / "port.new"
    name.write_text(str(server.sockets[0].getsockname()[1]))
    name.rename(folder / "port")
    idle = float(os.environ.get("NEXUS_LAB_IDLE") or 0)
    while not idle or time.monotonic() - stand_in.used < idle:
        await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(main())
