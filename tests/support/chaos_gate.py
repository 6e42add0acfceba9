# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""A gate that TCP traffic goes through and that can do to it what networks do.

    with ChaosGate(target_port) as gate:
        gate.delay(0.3); gate.throttle(50_000)       # of what comes from now on
        gate.half_open()                              # both ends stay connected, nothing passes
        gate.restore()                                # as it was, what was held up goes on
        gate.drop(); gate.refuse()                    # connections end; new ones are reset, until restore()

Verbs may be given at any moment and from any thread. Bytes keep their order; only corrupt() changes them.
"""

import queue
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

PIECE_BYTES = 65_536
# A gate holds at most this many pieces for each direction, then leaves the rest in the sender's socket.
PIECES = 256
RESET = struct.pack("ii", 1, 0)


@dataclass
class _Manners:
    """How traffic is treated now. What is read of it is read once for each piece."""

    delay_s: float = 0.0
    bytes_per_s: float = 0.0  # 0: as fast as it goes
    corrupt_every: int = 0  # bytes; 0: none is touched
    piece_bytes: int = PIECE_BYTES
    gather_s: float = 0.0
    passes: threading.Event = field(default_factory=threading.Event)


class ChaosGate:
    """Listens on a free port of the loopback address and passes everything on to `target`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._manners = _Manners()
        self._manners.passes.set()
        self._refuses = False
        self._ends = False
        self._lock = threading.Lock()
        self._ends_of: dict[int, tuple[socket.socket, socket.socket]] = {}  # by the number of the connection
        self._half_ended: set[int] = set()
        self.connections = 0  # that were passed on so far
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    # What can be done to the traffic -------------------------------------------------------------------------

    def delay(self, seconds: float) -> None:
        """Each piece arrives that much later. The order stays, so a shorter delay never overtakes a longer one."""
        self._manners.delay_s = seconds

    def throttle(self, bytes_per_s: float) -> None:
        """In each direction of each connection."""
        self._manners.bytes_per_s = bytes_per_s

    def corrupt(self, every_bytes: int) -> None:
        """One bit of about every so many bytes is the other way round."""
        self._manners.corrupt_every = every_bytes

    def scatter(self, piece_bytes: int) -> None:
        """Nothing arrives in larger pieces than that."""
        self._manners.piece_bytes = piece_bytes

    def concatenate(self, seconds: float) -> None:
        """What comes within that time arrives as one piece."""
        self._manners.gather_s = seconds

    def half_open(self) -> None:
        """Nothing passes, and nobody is told: a cable that was pulled."""
        self._manners.passes.clear()

    def refuse(self) -> None:
        """New connections are reset at once. Those that are there stay."""
        self._refuses = True

    def drop(self) -> None:
        """Ends every connection with a reset. New ones are taken."""
        self._drop(list(self._ends_of))

    def restore(self) -> None:
        """An ordinary gate again. What was held up goes on."""
        held = self._manners.passes
        self._manners = _Manners(passes=held)
        self._refuses = False
        held.set()

    def _drop(self, numbers: list[int]) -> None:
        for number in numbers:
            with self._lock:
                ends = self._ends_of.pop(number, ())
            for end in ends:
                _reset(end)

    # How it is done ------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        while not self._ends:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._refuses:
                _reset(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target), timeout=10)
            except OSError:
                _reset(near)
                continue
            far.settimeout(None)
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
                number = self.connections
                self._ends_of[number] = (near, far)
            for source, sink in ((near, far), (far, near)):
                pieces: queue.Queue = queue.Queue(PIECES)
                threading.Thread(target=self._take, args=(number, source, sink, pieces), daemon=True).start()
                threading.Thread(target=self._give, args=(number, source, sink, pieces), daemon=True).start()

    def _look(self, number: int, from_client: bool, data: bytes) -> None:
        """Sees each piece before it is passed on; for gates that know a protocol."""

    def _take(self, number: int, source: socket.socket, sink: socket.socket, pieces: queue.Queue) -> None:
        from_client = source is self._ends_of.get(number, (None,))[0]
        counted = 0
        try:
            while data := source.recv(self._manners.piece_bytes):
                self._look(number, from_client, data)
                manners = self._manners
                if manners.corrupt_every:
                    data, counted = _corrupted(data, manners.corrupt_every, counted)
                pieces.put((time.monotonic() + manners.delay_s, data))
        except OSError:
            _reset(sink)
        pieces.put((time.monotonic() + self._manners.delay_s, b""))

    def _give(self, number: int, source: socket.socket, sink: socket.socket, pieces: queue.Queue) -> None:
        try:
            while True:
                due, data = pieces.get()
                time.sleep(max(0.0, due - time.monotonic()))
                manners = self._manners
                ended = not data
                until = time.monotonic() + manners.gather_s
                while not ended and manners.gather_s and (left := until - time.monotonic()) > 0:
                    try:
                        more = pieces.get(timeout=left)[1]
                    except queue.Empty:
                        break
                    data, ended = data + more, not more
                if manners.bytes_per_s:
                    time.sleep(len(data) / manners.bytes_per_s)
                self._manners.passes.wait()
                if data:
                    sink.sendall(data)
                if ended:
                    sink.shutdown(socket.SHUT_WR)
                    self._one_way_ended(number)
                    return
        except OSError:
            for end in (source, sink):
                _reset(end)
            self._one_way_ended(number)
            # Who waits for room to put a piece is let go.
            while pieces.get()[1]:
                pass

    def _one_way_ended(self, number: int) -> None:
        """The second time nothing is left of a connection."""
        with self._lock:
            if number in self._half_ended:
                self._half_ended.discard(number)
                for end in self._ends_of.pop(number, ()):
                    end.close()
            else:
                self._half_ended.add(number)

    def close(self) -> None:
        """Ends everything, and takes no more."""
        self._ends = True
        self.restore()
        # close() alone does not wake who waits in accept().
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        self.drop()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()


class RtmpChaosGate(ChaosGate):
    """In front of an RTMP server: it can treat those who publish otherwise than those who play."""

    _PUBLISH = b"\x02\x00\x07publish"  # the command's name as AMF0 writes it
    _HEAD_BYTES = 16_384  # a client has said what it wants long before that

    def __init__(self, target: int) -> None:
        self._heads: dict[int, bytes] = {}
        self._publishers: set[int] = set()
        self._refuses_publishers = False
        super().__init__(target)

    def drop_publishers(self) -> int:
        """@return How many there were."""
        numbers = [number for number in self._publishers if number in self._ends_of]
        self._drop(numbers)
        return len(numbers)

    def refuse_publishers(self) -> None:
        """Ends whoever asks to publish from now on, until restore(). Those that are there stay."""
        self._refuses_publishers = True

    def restore(self) -> None:
        self._refuses_publishers = False
        super().restore()

    def _look(self, number: int, from_client: bool, data: bytes) -> None:
        head = self._heads.get(number, b"")
        if not from_client or number in self._publishers or len(head) >= self._HEAD_BYTES:
            return
        self._heads[number] = head = head + data
        if self._PUBLISH in head:
            self._publishers.add(number)
            if self._refuses_publishers:
                self._drop([number])


def _reset(end: socket.socket) -> None:
    """Breaks a connection off; whoever waits in recv() of it is woken."""
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()


def _corrupted(data: bytes, every: int, counted: int) -> tuple[bytes, int]:
    """`counted` bytes have passed since the last that was touched."""
    changed = bytearray(data)
    for at in range(every - 1 - counted, len(data), every):
        changed[at] ^= 0x10
    return bytes(changed), (counted + len(data)) % every
