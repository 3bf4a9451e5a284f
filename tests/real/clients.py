# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""MQTT clients as people have them: one that publishes steadily, one that listens to it, and a new one each second."""

from __future__ import annotations

import itertools
import threading
import time
import typing as t

import paho.mqtt.client as mqtt

from tests.integration.beside import Beside

from .broker import MQTT, PASSWORD, USER

STEADY = "steady"
PERIOD = 1 / 28  # seconds between two messages of the steady one
PATIENCE = 90.0  # seconds that a new client is given
PAUSE = 0.5  # a time without a message that is one to tell of


class Newcomer(t.NamedTuple):
    """A client that came at ``at`` and had its own message back after ``seconds``; None: never."""

    at: float
    seconds: float | None


class Clients(Beside):
    """All of them, as a context. Times are those of ``time.monotonic``."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.sent: dict[int, float] = {}
        self.arrived: dict[int, float] = {}
        self.newcomers: list[Newcomer] = []
        self._beside: list[threading.Thread] = []

    def run(self) -> None:
        listener = self._connected("listener")
        listener.on_message = lambda _client, _data, message: self.arrived.setdefault(int(message.payload), time.monotonic())
        listener.subscribe(STEADY, qos=1)
        publisher = self._connected("publisher")
        number, due, newest = 0, time.monotonic(), 0.0
        while not self.ended.wait(max(0.0, due - time.monotonic())):
            due += PERIOD
            self.sent[number] = time.monotonic()
            publisher.publish(STEADY, str(number), qos=1)
            number += 1
            if time.monotonic() - newest >= 1:
                newest = time.monotonic()
                self._beside.append(threading.Thread(target=self._come, args=(len(self._beside), newest), daemon=True))
                self._beside[-1].start()
        self._settle(listener, publisher)

    def _settle(self, *clients: mqtt.Client) -> None:
        """What is still on its way may arrive."""
        end = time.monotonic() + 30
        while len(self.arrived) < len(self.sent) and time.monotonic() < end:
            time.sleep(0.1)
        for thread in self._beside:
            thread.join(max(0.0, end - time.monotonic()))
        for client in clients:
            _leave(client)

    def _connected(self, name: str) -> mqtt.Client:
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, name, protocol=mqtt.MQTTv5)
        client.username_pw_set(USER, PASSWORD)
        there = threading.Event()
        client.on_connect = lambda _client, _data, _flags, reason, _properties: None if reason.is_failure else there.set()
        client.connect(self.address, MQTT, keepalive=60)
        client.loop_start()
        if not there.wait(PATIENCE):
            raise OSError(f"the broker does not let {name} in")
        return client

    def _come(self, number: int, began: float) -> None:
        """Connect, subscribe to a topic that nobody had before, publish on it, and wait for the message."""
        back, heard = threading.Event(), threading.Event()
        seconds = None
        try:
            client = self._connected(f"new-{number}")
        except OSError:
            client = None
        if client:
            client.on_message = lambda *_message: back.set()
            client.on_subscribe = lambda *_said: heard.set()
            client.subscribe(f"new/{number}", qos=1)
            if heard.wait(PATIENCE):
                client.publish(f"new/{number}", "hello", qos=1)
                seconds = time.monotonic() - began if back.wait(PATIENCE) else None
            _leave(client)
        self.newcomers.append(Newcomer(began, seconds))

    def pauses(self, begin: float, end: float) -> list[float]:
        """The times without a steady message, longest first."""
        times = [begin, *sorted(at for at in self.arrived.values() if begin <= at <= end), end]
        return sorted((then - at for at, then in itertools.pairwise(times) if then - at >= PAUSE), reverse=True)

    def came(self, begin: float, end: float) -> list[Newcomer]:
        """The new clients of a span, in their order."""
        return sorted(each for each in self.newcomers if begin <= each.at <= end)


def _leave(client: mqtt.Client) -> None:
    client.disconnect()
    client.loop_stop()
