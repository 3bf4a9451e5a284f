# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy that delays what a member sends to its peers, for machines whose kernel cannot delay packets.

Run inside a pod's network by ``nsenter``, as root: the pod's own connections to the raft port are redirected here, and passed on to where they
were meant to go, each piece after the delay. Root's own connections are not redirected, so those of this program are not.

python delay.py PORT MILLISECONDS JITTER
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import sys
import typing as t

ORIGINAL_DESTINATION = 80  # SO_ORIGINAL_DST


def _meant(client: socket.socket) -> tuple[str, int]:
    found = client.getsockopt(socket.IPPROTO_IP, ORIGINAL_DESTINATION, 16)
    port, address = struct.unpack("!2xH4s8x", found)
    return socket.inet_ntoa(address), port


async def _pass_on(source: asyncio.StreamReader, to: asyncio.StreamWriter, wait: t.Callable[[], float]) -> None:
    """Each piece later, and none before an earlier one; what comes meanwhile is taken all the same."""
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    clock = asyncio.get_running_loop().time

    async def read() -> None:
        while piece := await source.read(1 << 16):
            queue.put_nowait((clock() + wait(), piece))
        queue.put_nowait((clock() + wait(), b""))

    reading = asyncio.create_task(read())
    with contextlib.suppress(OSError):
        while True:
            due, piece = await queue.get()
            await asyncio.sleep(max(0.0, due - clock()))
            if not piece:
                break
            to.write(piece)
            await to.drain()
    reading.cancel()
    to.close()


async def _serve(port: int, delay: float, jitter: float) -> None:
    def wait() -> float:
        return random.uniform(delay - jitter, delay + jitter)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*_meant(writer.get_extra_info("socket")))
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass_on(reader, far_writer, wait), _pass_on(far_reader, writer, lambda: 0.0), return_exceptions=True)

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    print("listens", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]) / 1000, int(sys.argv[3]) / 1000))
