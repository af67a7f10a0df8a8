"""Faults of broker and network, 26 to 34."""

from tests.campaign.row import Row, TakenOut

_CLIENT = "firmware/mqtt/client.py"
_LINK = "firmware/mqtt/link.py"
_COMMANDS = "firmware/mqtt/commands.py"
_GUARDED = "firmware/mqtt/guarded.py"

NETWORK = (
    Row(
        26,
        "no broker at the start",
        "it counts and saves, says so, and connects later",
        "R2",
        (
            TakenOut(
                "the first connection is waited for",
                _CLIENT,
                "client.connect_async(broker.host, broker.port,",
                "client.connect(broker.host, broker.port,",
            ),
        ),
    ),
    Row(
        27,
        "the broker is away for hours",
        "results wait on the disk, a bounded part of them in memory, and come in order and at a pace",
        "R2",
        (
            TakenOut(
                "a result that could not be sent is forgotten",
                "firmware/mqtt/publisher.py",
                "                self._outbox.put_back(entry)\n                break",
                "                break",
            ),
            TakenOut(
                "all that waits is kept in memory",
                "firmware/journal/outbox.py",
                "IN_MEMORY = 200",
                "IN_MEMORY = 2_000_000",
            ),
            TakenOut(
                "a backlog goes out at once",
                "firmware/mqtt/pace.py",
                "return self._allowed >= 1.0",
                "return True",
            ),
            TakenOut(
                "a full journal drops the oldest, whatever it is",
                "firmware/journal/pruning.py",
                "for which in (Which.DELIVERED, *_UNDELIVERED) if outbox.published else (Which.ANY,):",
                "for which in (Which.ANY,):",
            ),
            TakenOut(
                "what a full journal dropped is told by nobody",
                "firmware/journal/status.py",
                "([self._lost] if self.lost else [])",
                "[]",
            ),
            TakenOut(
                "what a full journal dropped goes on waiting",
                "firmware/journal/outbox.py",
                "        self._not_loaded -= sum(1 for seq in gone if seq > self._loaded_seq)\n",
                "",
            ),
        ),
    ),
    Row(
        28,
        "the broker comes back and remembers nothing",
        "subscriptions and retained values are there again, what was not acknowledged is sent again",
        "R2",
        (
            TakenOut(
                "retained values are published once",
                _LINK,
                "        self.announce()\n        assert self._client is not None",
                "        assert self._client is not None",
            ),
            TakenOut(
                "it subscribes only where it is asked to",
                _LINK,
                "        for topic_filter in self._filters:\n"
                "            self._client.subscribe(topic_filter, qos=1)\n",
                "",
            ),
        ),
    ),
    Row(
        29,
        "a half-open connection, cuts and resets",
        "noticed within about twice the keepalive; nothing is lost or out of order, sampling never waits",
        "R2",
        (
            TakenOut(
                "results under way as a connection breaks are not sent again",
                _LINK,
                "self._to_resend.extend(sent for sent in self._on_the_way.values() if",
                "self._to_resend.extend(sent for sent in () if",
            ),
            TakenOut(
                "a keepalive of an hour",
                _CLIENT,
                "_KEEPALIVE_S = 15\n",
                "_KEEPALIVE_S = 3600\n",
            ),
            TakenOut(
                "a broker may do away with the keepalive",
                _GUARDED,
                "min(self._keepalive or self._keepalive_at_most_s, self._keepalive_at_most_s)",
                "self._keepalive",
            ),
        ),
        instead="tries come 1 to 15 s apart without jitter: a gym has a few trackers, each with a connection "
        "of its own, and not the thousands that jitter is for.",
    ),
    Row(
        30,
        "another program connects under the same name",
        "both say so, with what to do, and their results arrive",
        "R2",
        (
            TakenOut(
                "connections that never last are not noticed",
                "firmware/mqtt/lasting.py",
                "return self._short >= _SUSPICIOUS and not self._lasts(now_s)",
                "return False",
            ),
        ),
        instead="there is no longer wait between the tries: neither of the two knows which one is wrong, and "
        "so the results of both arrive in the meantime; the name is the config's own.",
    ),
    Row(
        31,
        "the broker's certificate is of another authority, another name, over, or not valid yet",
        "never talked to without encryption or proof; said why, tried again",
        "R2",
        (
            TakenOut(
                "any certificate will do",
                "firmware/mqtt/broker.py",
                "return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))",
                "return ssl._create_unverified_context()",
            ),
        ),
    ),
    Row(
        32,
        "a wrong password, or no right to publish",
        "said, tried again, no password is ever shown; what was refused is kept and offered again",
        "R2",
        (
            TakenOut(
                "a refused result counts as delivered",
                _CLIENT,
                'str(reason) if reason.value >= _REFUSED_FROM else ""',
                '""',
            ),
            TakenOut(
                "the password is part of what the broker is called",
                "firmware/mqtt/broker.py",
                'return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"',
                'return f"{self.username}:{self.password}@{self.host}:{self.port}"',
            ),
        ),
        instead="a refused connection is tried again every 15 s at most, not every 60: it is one small "
        "packet, and a password that was mended is taken sooner.",
    ),
    Row(
        33,
        "hostile, huge, repeated or left-over commands",
        "refused or passed over, answered or counted; nothing changes, nothing dies, and memory is bounded "
        "whatever comes",
        "R2",
        (
            TakenOut(
                "a packet of any size is read",
                _GUARDED,
                "        if bufsize > LARGEST_PACKET_BYTES:\n",
                "        if False:\n",
            ),
            TakenOut(
                "what a broker begins and never completes is kept",
                _GUARDED,
                "        if len(self._in_messages) > _MOST_BEGUN:\n",
                "        if False:\n",
            ),
            TakenOut(
                "what a broker does not read is kept",
                _GUARDED,
                "        if len(self._out_packet) > _MOST_UNSENT:\n",
                "        if False:\n",
            ),
            TakenOut(
                "what comes while nobody looks is kept, however much it is",
                _LINK,
                "noted.received is None or len(self._notes) < 16 * MOST_WAITING",
                "True",
            ),
            TakenOut(
                "a retained command is done",
                _COMMANDS,
                "        if message.retained:\n",
                "        if False:\n",
            ),
            TakenOut(
                "a command of any size is read",
                _COMMANDS,
                "        if message.size > LARGEST_BYTES:\n",
                "        if False:\n",
            ),
            TakenOut(
                "a request that came before is done again",
                _COMMANDS,
                "        if request is not None and request in self._done:",
                "        if False:",
            ),
            TakenOut(
                "a flood of commands is done",
                _COMMANDS,
                "        if not pace.allows():\n",
                "        if False:\n",
            ),
            TakenOut(
                "a flood of commands keeps a lifter from ending the set",
                _COMMANDS,
                "self._pace_always if verb == _ALWAYS else self._pace",
                "self._pace",
            ),
            TakenOut(
                "an action that fails ends its caller",
                _COMMANDS,
                "        except Exception as error:\n            log.exception(",
                "        except KeyError as error:\n            log.exception(",
            ),
        ),
    ),
    Row(
        34,
        "something in between breaks connections off, or sends garbage",
        "said, connected again, every result once in its order; half a packet does nothing",
        "R2",
        (
            TakenOut(
                "bytes that are not MQTT are not told from a connection that is lost",
                _GUARDED,
                "        if result is MQTTErrorCode.MQTT_ERR_PROTOCOL:\n",
                "        if False:\n",
            ),
            TakenOut(
                "a packet that the library does not foresee ends its thread",
                _GUARDED,
                "        except Exception as error:\n            log.info(",
                "        except KeyError as error:\n            log.info(",
            ),
            TakenOut(
                "a network thread that died is not replaced",
                _LINK,
                "        self._look_at_thread()\n        while self._notes:",
                "        while self._notes:",
            ),
        ),
    ),
)
