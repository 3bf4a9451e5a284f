# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's chromium without a screen, told what to do over a pipe in its own protocol, so that no library and no port is needed."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import time
import typing as t

from testbed import paths
from tools import debian

Object = dict[str, t.Any]
PACKAGES = pathlib.Path(__file__).parents[2] / "requirements/browser-packages.txt"
# No sandbox: tests run as root. The rest keeps the browser from talking to anybody by itself.
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
PATIENCE = 60.0  # seconds; the machine is small


def program() -> str:
    """The browser's path; it is installed where it is missing and this user may."""
    paths.CACHE.mkdir(parents=True, exist_ok=True)
    with open(paths.CACHE / "browser.lock", "w") as lock:  # tests run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shutil.which("chromium"):
            debian.install(PACKAGES)
    found = shutil.which("chromium")
    assert found, "chromium is not there"
    return found


class Browser:
    """One browser with a profile of its own, gone at the end."""

    def __init__(self, folder: pathlib.Path) -> None:
        """:param folder: for the profile and the browser's own words."""
        ours, theirs = os.pipe(), os.pipe()  # (read, write) each: what we say, what it says
        words = [program(), *FLAGS, f"--user-data-dir={folder / 'profile'}", "about:blank"]
        log = os.open(folder / "chromium.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        files = [(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2), (os.POSIX_SPAWN_DUP2, ours[0], 3), (os.POSIX_SPAWN_DUP2, theirs[1], 4)]
        for pipe in (*ours, *theirs):  # out of the way of 3 and 4
            os.set_inheritable(pipe, False)
        self._pid = os.posix_spawn(words[0], words, {**os.environ, "HOME": str(folder)}, file_actions=files, setsid=True)
        for end in (ours[0], theirs[1], log):
            os.close(end)
        self._out, self._in = ours[1], theirs[0]
        self._buffer, self._last = b"", 0
        self.events: list[Object] = []

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_exc: object) -> None:
        os.killpg(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._out)
        os.close(self._in)

    def call(self, method: str, session: str = "", **parameters: t.Any) -> Object:
        """One question and its answer; events that come meanwhile are kept."""
        self._last += 1
        said = {"id": self._last, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self._out, json.dumps(said).encode() + b"\0")
        while True:
            heard = self._hear(method)
            if heard.get("id") == self._last:
                assert "error" not in heard, f"{method}: {heard['error']}"
                return t.cast(Object, heard["result"])
            self.events.append(heard)

    def wait(self, method: str) -> None:
        """Until an event comes, if it has not come yet."""
        while not any(e.get("method") == method for e in self.events):
            self.events.append(self._hear(method))

    def _hear(self, what: str) -> Object:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._buffer:
            ready = select.select([self._in], [], [], max(0.0, end - time.monotonic()))[0]
            assert ready, f"the browser does not answer: {what}"
            piece = os.read(self._in, 1 << 16)
            assert piece, f"the browser has ended: {what}"
            self._buffer += piece
        message, _end, self._buffer = self._buffer.partition(b"\0")
        return t.cast(Object, json.loads(message))


class Tab:
    """One page on a screen of some width, light or dark."""

    def __init__(self, browser: Browser, url: str, width: int, dark: bool) -> None:
        self._browser, self._width = browser, width
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=2 if width < 600 else 1, mobile=width < 600)
        media = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._call("Emulation.setEmulatedMedia", media="screen", features=media)
        browser.events.clear()
        self._call("Page.navigate", url=url)
        browser.wait("Page.loadEventFired")
        self.ask("document.fonts.ready.then(() => true)")

    def _call(self, method: str, **parameters: t.Any) -> Object:
        return self._browser.call(method, self._session, **parameters)

    def ask(self, expression: str) -> t.Any:
        """The value of a JavaScript expression in the page; a promise is waited for."""
        told = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def picture(self, path: pathlib.Path) -> None:
        """The whole page as PNG."""
        height = self.ask("document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": self._width, "height": height, "scale": 1}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]))

    @property
    def requests(self) -> list[str]:
        """What it has asked for since it was opened."""
        return [e["params"]["request"]["url"] for e in self._browser.events if e.get("method") == "Network.requestWillBeSent"]

    @property
    def complaints(self) -> list[Object]:
        """What a browser writes onto its console, and what a script threw."""
        told = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [e for e in self._browser.events if e.get("method") in told]
