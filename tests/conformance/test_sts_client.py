# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Our speech client against foreign servers: python-socketio, well-behaved and otherwise.

The probe asks for fragments of a file through the client that media-service uses. What it prints and what
the server saw are both checked.
"""

import asyncio
import functools
import json
import socket
import subprocess
import time
import uuid
from pathlib import Path

import pytest
from support import prometheus
from support.processes import Process, Unexpected

pytest.importorskip("socketio", reason="needs python3-socketio")
from support.sts_peer import StsPeer  # noqa: E402

FRAGMENT_S = 1.0
FRAGMENTS = 8


@pytest.fixture(scope="module")
def probe(built) -> Path:
    return built("tests/sts_dub_probe")


def encode(source: Path, target: Path, *options: str) -> bytes:
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", source, *options, target], check=True)
    return target.read_bytes()


@pytest.fixture(scope="module")
def speech(tmp_path_factory) -> Path:
    """Eight seconds of somebody speaking, 48 kHz stereo."""
    folder = tmp_path_factory.mktemp("speech")
    text = "Good evening and welcome to the stadium. The home team attacks from left to right. " * 3
    subprocess.run(["flite", "-t", text, "-o", folder / "flite.wav"], check=True)
    wav = folder / "speech.wav"
    encode(folder / "flite.wav", wav, "-ar", "48000", "-ac", "2", "-t", str(FRAGMENTS * FRAGMENT_S))
    return wav


class Run:
    """One run of the probe, and what it printed."""

    def __init__(self, probe: Path, peer_url: str, wav: Path, *flags, limit_s: float = 40.0) -> None:
        command = [probe, "--url", peer_url, "--wav", wav, "--fragment-ms", int(FRAGMENT_S * 1000), *flags]
        with Process(command) as process:
            code = process.wait(limit_s)
            self.log = process.stderr
            lines = [json.loads(line) for line in process.stdout.splitlines()]
        if code != 0:
            raise Unexpected(f"exit code {code}: {process.describe()}")
        self.outcomes = {line["fragment"]: line for line in lines if "fragment" in line}
        self.order = [line["fragment"] for line in lines if "fragment" in line]
        assert len(self.order) == len(self.outcomes), "two outcomes for one fragment"
        self.late = [line for line in lines if "late" in line]
        self.exhausted = [line for line in lines if "exhausted" in line]
        self.metrics = prometheus.parse(next(line["metrics"] for line in lines if "metrics" in line))
        self.is_complete = next(line["is_complete"] for line in lines if "is_complete" in line)
        self.left_ms = next(line["left_ms"] for line in lines if "left_ms" in line)
        self.closed_ms = next(line["closed_ms"] for line in lines if "closed_ms" in line)
        assert self.is_complete, f"not every fragment was decided: {self.log}"

    @property
    def reasons(self) -> list:
        return [self.outcomes[number]["reason"] for number in sorted(self.outcomes)]

    def metric(self, name: str, **labels) -> float:
        return prometheus.total(self.metrics, f"media_service_worker_{name}", stream_id="probe", **labels)


@pytest.fixture
def dub(probe, speech):
    """Runs the probe against a peer, or a URL, ten times faster than real time."""

    def run(peer, *flags, limit_s: float = 40.0) -> Run:
        pace = () if "--every-ms" in flags else ("--every-ms", 100)
        url = peer if isinstance(peer, str) else peer.url
        return Run(probe, url, speech, *pace, *flags, limit_s=limit_s)

    return run


def check_dubbed(run: Run, number: int) -> None:
    """A dub fills the slot of its fragment exactly, and one can hear it."""
    outcome = run.outcomes[number]
    assert outcome["reason"] is None, outcome
    sound = outcome["dub"]
    assert sound["start_ms"] == number * FRAGMENT_S * 1000
    assert sound["frames"] == FRAGMENT_S * 48000
    assert (sound["sample_rate_hz"], sound["channels"]) == (48000, 2)
    assert sound["peak"] > 1000
    assert outcome["clip_bytes"] > 100


def check_numbers(session) -> None:
    """From 0 on, without holes, for each stream:init."""
    restarts = session.numbers.count(0)
    assert restarts <= len(session.inits)
    for before, after in zip([-1, *session.numbers], session.numbers):
        assert after in (before + 1, 0), session.numbers


def check_all_dubbed(run: Run, session, count: int = FRAGMENTS) -> None:
    assert sorted(run.outcomes) == list(range(count))
    for number in run.outcomes:
        check_dubbed(run, number)
    assert session.numbers == list(range(count))
    for fragment in session.fragments:
        assert session.acks_of(fragment) == ["applied"]
    assert len(session.acks) == count


# Well-behaved servers ----------------------------------------------------------------------------------------


def test_an_echo_server_gets_what_the_protocol_promises(dub, tmp_path):
    with StsPeer() as peer:
        flags = ["--stream", "probe", "--worker", "worker-7", "--target", "pt-BR", "--voice", "anna",
                 "--domain", "sports", "--domain", "news", "--timeout-ms", 60000]  # fmt: skip
        run = dub(peer, *flags)
    session = peer.session
    check_all_dubbed(run, session)
    assert run.outcomes[3]["transcript"] == ["original 3"]
    assert run.outcomes[3]["translation"] == ["translated 3"]

    assert session.headers["x-stream-id"] == "probe"
    assert session.headers["x-worker-id"] == "worker-7"
    (init,) = session.inits
    assert init["stream_id"] == "probe" and init["worker_id"] == "worker-7"
    assert init["max_inflight"] == 3 and init["timeout_ms"] == 30000
    config = init["config"]
    assert config["source_language"] == "en" and config["target_language"] == "pt-BR"
    assert config["voice_profile"] == "anna" and config["domain_hints"] == ["sports", "news"]
    assert config["chunk_duration_ms"] == 1000 and config["format"] == "m4a"
    assert config["sample_rate_hz"] == 48000 and config["channels"] == 2
    assert config["binary"] is True

    for number, fragment in enumerate(session.fragments):
        assert uuid.UUID(fragment["fragment_id"]).version == 4
        assert fragment["stream_id"] == "probe"
        assert abs(fragment["timestamp"] - time.time() * 1000) < 120_000
        assert fragment["audio"] == {"format": "m4a", "sample_rate_hz": 48000, "channels": 2, "duration_ms": 1000}
        assert fragment["metadata"]["pts_ns"] == number * 1_000_000_000
    assert len({fragment["fragment_id"] for fragment in session.fragments}) == FRAGMENTS
    clip = tmp_path / "fragment.m4a"
    clip.write_bytes(session.fragments[0]["bytes"])
    assert clip.read_bytes()[4:8] == b"ftyp"
    probed = subprocess.run(["ffprobe", "-v", "error", "-of", "json", "-show_streams", clip],
                            check=True, capture_output=True, text=True)  # fmt: skip
    (stream,) = json.loads(probed.stdout)["streams"]
    assert stream["codec_name"] == "aac" and stream["sample_rate"] == "48000" and stream["channels"] == 2
    assert float(stream["duration"]) == pytest.approx(1.0, abs=0.03)

    assert len(session.ends) == 1 and session.gone_at is not None
    assert run.closed_ms < 2000
    assert run.metric("sts_connected") == 1
    assert run.metric("sts_reconnections_total") == 0
    assert run.metric("circuit_breaker_state") == 0


class BinaryPeer(StsPeer):
    grants_binary = True


def test_bytes_travel_as_attachments_when_that_is_granted(dub):
    with BinaryPeer() as peer:
        run = dub(peer)
    assert peer.session.is_binary
    check_all_dubbed(run, peer.session)


def test_or_as_base64_when_the_client_does_not_want_that(dub):
    with BinaryPeer() as peer:
        run = dub(peer, "--no-binary")
    assert not peer.session.is_binary
    check_all_dubbed(run, peer.session)


class OtherDoorPeer(StsPeer):
    path = "ws/sts"
    namespace = "/sts"


def test_another_path_and_namespace(dub):
    with OtherDoorPeer() as peer:
        run = dub(peer, "--path", "/ws/sts/", "--namespace", "/sts")
    check_all_dubbed(run, peer.session)


def test_without_a_format_the_first_fragment_tells_it(dub):
    with StsPeer() as peer:
        run = dub(peer, "--format-untold")
    check_all_dubbed(run, peer.session)
    assert peer.session.inits[0]["config"]["sample_rate_hz"] == 48000


class LockedPeer(StsPeer):
    key = "open sesame"


def test_the_key_is_sent_when_there_is_one(dub):
    with LockedPeer() as peer:
        run = dub(peer, "--key", "open sesame")
    check_all_dubbed(run, peer.session)
    assert "open sesame" not in run.log


# Acks ----------------------------------------------------------------------------------------------------------


class NeverAcks(StsPeer):
    async def on_fragment(self, session, fragment):
        await self.say_result(session, fragment)


class AcksAfterwards(StsPeer):
    async def on_fragment(self, session, fragment):
        await self.say_result(session, fragment)
        await asyncio.sleep(0.5)
        await self.say_ack(session, fragment)


@pytest.mark.parametrize("kind", [NeverAcks, AcksAfterwards])
def test_nothing_depends_on_the_servers_acks(dub, kind):
    with kind() as peer:
        run = dub(peer)
    check_all_dubbed(run, peer.session)


# Order, windows, waiting -----------------------------------------------------------------------------------------


class Backwards(StsPeer):
    """Answers three at a time, the last one first."""

    held: list

    async def on_init(self, session, init):
        self.held = []
        await self.say_ready(session, init)

    async def on_fragment(self, session, fragment):
        self.held.append(fragment)
        if len(self.held) == 3 or fragment["sequence_number"] == FRAGMENTS - 1:
            for one in reversed(self.held):
                await self.say_result(session, one)
            self.held = []


def test_answers_may_come_out_of_order(dub):
    with Backwards() as peer:
        run = dub(peer)
    check_all_dubbed(run, peer.session)
    assert run.order != sorted(run.order)


class CountsOutstanding(StsPeer):
    def __init__(self, max_inflight: int) -> None:
        super().__init__()
        self.max_inflight = max_inflight
        self.outstanding = 0
        self.most = 0

    async def on_fragment(self, session, fragment):
        self.outstanding += 1
        self.most = max(self.most, self.outstanding)
        await asyncio.sleep(0.3)
        self.outstanding -= 1
        await self.say_result(session, fragment)


@pytest.mark.parametrize(("allowed", "used"), [(1, 1), (2, 2), (10, 3)])
def test_no_more_are_outstanding_than_either_side_wants(dub, allowed, used):
    with CountsOutstanding(allowed) as peer:
        run = dub(peer, "--every-ms", 10)
    assert peer.most == used
    check_all_dubbed(run, peer.session)  # they waited for a slot, none was dropped


def test_what_finds_no_slot_in_time_plays_the_original_and_leaves_no_hole(dub):
    with CountsOutstanding(1) as peer:
        run = dub(peer, "--every-ms", 10, "--deadline-ms", 1000)
    assert "inflight_limit" in run.reasons and None in run.reasons
    check_numbers(peer.session)
    assert len(peer.session.fragments) == FRAGMENTS - run.reasons.count("inflight_limit")


class Pauses(StsPeer):
    async def on_fragment(self, session, fragment):
        if fragment["sequence_number"] == 0:
            await self.say_backpressure(session, "pause", 2000)
            await self.say_result(session, fragment)
            await asyncio.sleep(1.5)
            self.resumed_at = time.monotonic()
            await self.say_backpressure(session, "none", None)
        else:
            await self.say_result(session, fragment)


def test_a_pause_holds_sends_until_none(dub):
    with Pauses() as peer:
        run = dub(peer, "--every-ms", 1000, "--count", 3)
    check_all_dubbed(run, peer.session, 3)
    assert peer.session.fragments[1]["at"] > peer.resumed_at
    assert run.metric("backpressure_events_total", action="pause") == 1
    assert run.metric("backpressure_events_total", action="none") == 1


class PausesForEver(StsPeer):
    async def on_fragment(self, session, fragment):
        await self.say_backpressure(session, "pause", 2000)
        await self.say_result(session, fragment)


def test_what_is_due_during_a_pause_plays_the_original(dub):
    with PausesForEver() as peer:
        run = dub(peer, "--every-ms", 1000, "--deadline-ms", 2000, "--count", 4)
    assert run.reasons == [None, "backpressure_pause", "backpressure_pause", "backpressure_pause"]
    assert peer.session.numbers == [0]


class SlowsDown(StsPeer):
    async def on_fragment(self, session, fragment):
        if fragment["sequence_number"] == 1:
            self.told_at = time.monotonic()
            await self.say_backpressure(session, "slow_down", 2000)
        await self.say_result(session, fragment)


def test_slow_down_delays_the_next_send(dub):
    with SlowsDown() as peer:
        run = dub(peer, "--every-ms", 800, "--count", 4)
    check_all_dubbed(run, peer.session, 4)
    assert peer.session.fragments[2]["at"] - peer.told_at >= 1.98
    assert run.metric("backpressure_events_total", action="slow_down") == 1


# What dubs may look like -----------------------------------------------------------------------------------------


class Speaks(StsPeer):
    """Answers with bytes of its own, under a label of its own."""

    def __init__(self, content: bytes, **label) -> None:
        super().__init__()
        self.content = content
        self.label = label

    def result(self, session, fragment):
        audio = self.audio(session, self.content, fragment["audio"], **self.label)
        return {**super().result(session, fragment), "dubbed_audio": audio}


@pytest.mark.parametrize(
    ("suffix", "options", "label"),
    [
        ("m4a", ("-ar", "44100", "-ac", "1"), {"format": "m4a", "sample_rate_hz": 44100, "channels": 1}),
        ("aac", (), {"format": "m4a"}),
        ("aac", ("-ar", "24000", "-ac", "1"), {"format": "m4a"}),
        ("wav", ("-ar", "22050", "-ac", "1"), {"format": "wav", "sample_rate_hz": 22050, "channels": 1}),
        ("s16le", ("-f", "s16le", "-ar", "16000", "-ac", "1"),
         {"format": "pcm_s16le", "sample_rate_hz": 16000, "channels": 1}),
        ("f32le", ("-f", "f32le", "-ar", "24000", "-ac", "2"),
         {"format": "pcm_f32le", "sample_rate_hz": 24000, "channels": 2}),
    ],
    ids=["m4a", "adts as m4a", "adts at another rate", "wav", "pcm 16 bit", "pcm float"],
)  # fmt: skip
def test_any_format_fills_the_slot(dub, speech, tmp_path, suffix, options, label):
    content = encode(speech, tmp_path / f"dub.{suffix}", "-t", "1.1", *options)
    with Speaks(content, **label) as peer:
        run = dub(peer, "--count", 3)
    check_all_dubbed(run, peer.session, 3)
    assert run.outcomes[0]["clip_bytes"] == len(content), "the file is stored as it came"


def test_bytes_that_are_no_sound_play_the_original(dub):
    with Speaks(b"this is no sound, however long one listens to it " * 40) as peer:
        run = dub(peer, "--count", 2)
    assert run.reasons == ["undecodable_result"] * 2
    assert run.outcomes[0]["clip_bytes"] == 0
    assert [ack["status"] for ack in peer.session.acks] == ["received"] * 2


class Changes(StsPeer):
    """Answers with results that differ from the echo in some keys."""

    def __init__(self, **changes) -> None:
        super().__init__()
        self.changes = changes

    async def on_fragment(self, session, fragment):
        await self.say_result(session, fragment, **self.changes)


@pytest.mark.parametrize("status", ["success", "partial"])
def test_no_audio_plays_the_original(dub, status):
    with Changes(status=status, dubbed_audio=None) as peer:
        run = dub(peer, "--count", 2)
    assert run.reasons == ["no_audio_in_result"] * 2
    assert [ack["status"] for ack in peer.session.acks] == ["received"] * 2


def test_a_partial_dub_is_played(dub):
    with Changes(status="partial") as peer:
        run = dub(peer, "--count", 2)
    check_all_dubbed(run, peer.session, 2)
    assert run.outcomes[0]["is_partial"]


def test_where_nobody_spoke_the_original_plays_or_the_result(dub):
    with Changes(metadata={"no_speech": True}, transcript="", translated_text="") as peer:
        assert dub(peer, "--count", 2).reasons == ["no_speech"] * 2
        check_dubbed(dub(peer, "--count", 2, "--silence"), 1)
    assert [ack["status"] for ack in peer.sessions[0].acks] == ["received"] * 2
    assert [ack["status"] for ack in peer.sessions[1].acks] == ["applied"] * 2


class MinimalResults(StsPeer):
    """Knows nothing of optional keys."""

    async def on_fragment(self, session, fragment):
        full = self.result(session, fragment)
        keys = ("fragment_id", "stream_id", "sequence_number", "status", "dubbed_audio")
        await self.emit(session, "fragment:processed", {key: full[key] for key in keys})


def test_a_server_may_leave_out_what_is_optional(dub):
    with MinimalResults() as peer:
        run = dub(peer)
    check_all_dubbed(run, peer.session)


DEEP: list = functools.reduce(lambda inner, _: [inner], range(200), [])  # deeper than anybody reads


class TalksNonsense(StsPeer):
    async def on_fragment(self, session, fragment):
        for event in ("fragment:processed", "backpressure", "error", "stream:ready", "fragment:ack", "made:up"):
            for data in ([], "text", 7, None, {}, {"fragment_id": 5, "status": []}, {"x": DEEP}):
                await self.emit(session, event, data)
        await self.say_result(session, fragment, fragment_id="nobody's")
        await self.say_result(session, fragment)
        await self.say_result(session, fragment)


def test_nonsense_strangers_and_repetitions_change_nothing(dub):
    with TalksNonsense() as peer:
        run = dub(peer, "--count", 4, "--linger-ms", 300)
    assert run.reasons == [None] * 4
    session = peer.session
    for fragment in session.fragments:
        assert sorted(session.acks_of(fragment)) == ["applied", "received"], "one ack for each result"
    assert session.acks_of({"fragment_id": "nobody's"}) == ["received"] * 4


# Silence and failure ---------------------------------------------------------------------------------------------


class LosesOne(StsPeer):
    """Loses the result of number 1 and then withholds all others, until the session begins anew."""

    async def on_fragment(self, session, fragment):
        if len(session.inits) > 1 or fragment["sequence_number"] == 0:
            await self.say_result(session, fragment)


def test_after_two_timeouts_the_session_begins_anew(dub):
    with LosesOne() as peer:
        run = dub(peer, "--every-ms", 500, "--timeout-ms", 1000)
    session = peer.session
    assert len(session.inits) == 2
    assert session.inits[0] == session.inits[1]
    check_numbers(session)
    assert session.numbers.count(0) == 2
    assert run.reasons[0] is None and run.reasons[-1] is None
    assert run.reasons.count("timeout") in (2, 3)
    assert set(run.reasons) <= {None, "timeout", "sts_not_ready"}
    assert run.outcomes[1]["code"] == "TIMEOUT"


class Dawdles(StsPeer):
    """Answers the first fragment when it is decided already."""

    async def on_fragment(self, session, fragment):
        await asyncio.sleep(1.6 if fragment["sequence_number"] == 0 else 0)
        await self.say_result(session, fragment)


def test_a_late_dub_is_kept_and_not_played(dub):
    with Dawdles() as peer:
        run = dub(peer, "--timeout-ms", 1000, "--count", 3, "--linger-ms", 1500)
    assert run.reasons == ["timeout", None, None]
    assert [line["late"] for line in run.late] == [0]
    assert run.late[0]["clip_bytes"] > 100
    assert peer.session.acks_of(peer.session.fragments[0]) == ["received"]


class Breaks(StsPeer):
    """Fails the first `count` fragments."""

    def __init__(self, code: str, count: int) -> None:
        super().__init__()
        self.code = code
        self.count = count

    async def on_fragment(self, session, fragment):
        self.count -= 1
        if self.count >= 0:
            await self.say_failed(session, fragment, self.code)
        else:
            await self.say_result(session, fragment)


def test_failures_open_the_circuit_and_a_probe_closes_it(dub):
    with Breaks("MODEL_ERROR", 2) as peer:
        run = dub(peer, "--every-ms", 800, "--breaker-threshold", 2, "--breaker-open-ms", 2000)
    assert run.reasons[:3] == ["failed", "failed", "breaker_open"]
    assert run.reasons[-1] is None
    assert run.outcomes[0]["detail"] == "MODEL_ERROR: it broke"
    assert run.outcomes[0]["stage"] == "asr"
    fallbacks = run.reasons.count("breaker_open")
    assert run.metric("circuit_breaker_failures_total") == 2
    assert run.metric("circuit_breaker_fallbacks_total") == fallbacks
    assert run.metric("circuit_breaker_state") == 0
    assert peer.session.numbers == list(range(FRAGMENTS - fallbacks))


def test_failures_that_do_not_count_leave_it_closed(dub):
    with Breaks("DURATION_MISMATCH_EXCEEDED", FRAGMENTS) as peer:
        run = dub(peer, "--breaker-threshold", 1)
    assert run.reasons == ["failed"] * FRAGMENTS
    assert len(peer.session.fragments) == FRAGMENTS


class Forgets(StsPeer):
    """Has lost the session when number 2 comes."""

    async def on_fragment(self, session, fragment):
        if len(session.inits) == 1 and fragment["sequence_number"] >= 2:
            await self.say_error(session, "STREAM_NOT_FOUND", fragment)
        else:
            await self.say_result(session, fragment)


def test_a_forgotten_session_begins_anew(dub):
    with Forgets() as peer:
        run = dub(peer, "--every-ms", 800)
    assert len(peer.session.inits) == 2
    assert run.reasons[2] == "failed"
    assert run.reasons[3:] == [None] * (FRAGMENTS - 3)
    assert peer.session.numbers == [0, 1, 2, *range(FRAGMENTS - 3)]


# Refusals, losses, absence ----------------------------------------------------------------------------------------


class Refuses(StsPeer):
    def __init__(self, code: str, count: int) -> None:
        super().__init__()
        self.code = code
        self.count = count

    async def on_init(self, session, init):
        self.count -= 1
        if self.count >= 0:
            await self.say_error(session, self.code)
        else:
            await self.say_ready(session, init)


@pytest.mark.parametrize("code", ["INVALID_CONFIG", "UNSUPPORTED_LANGUAGE"])
def test_a_refused_session_plays_the_original_and_is_tried_again(dub, code):
    with Refuses(code, 1) as peer:
        run = dub(peer, "--every-ms", 500)
    assert run.reasons[0] == "init_rejected"
    assert run.reasons[-1] is None
    assert code in run.log
    first, second = peer.sessions
    assert not first.fragments
    assert second.numbers == list(range(len(second.fragments)))
    assert run.metric("sts_reconnections_total") == 1


def test_a_wrong_key_plays_the_original(dub):
    with LockedPeer() as peer:
        run = dub(peer, "--key", "guess", "--count", 3)
    assert run.reasons == ["init_rejected"] * 3
    assert "AUTH_FAILED" in run.outcomes[0]["detail"] + run.log
    assert run.metric("sts_connected") == 0


class NeverReady(StsPeer):
    async def on_init(self, session, init):
        pass


def test_a_server_that_never_gets_ready_plays_the_original(dub):
    with NeverReady() as peer:
        run = dub(peer, "--ready-ms", 800, "--count", 3)
    assert run.reasons == ["sts_not_ready"] * 3
    assert max(outcome["total_ms"] for outcome in run.outcomes.values()) < 2000
    assert not peer.sessions[0].fragments


class HangsUp(StsPeer):
    """Ends the connection when number 1 of the first session comes."""

    async def on_fragment(self, session, fragment):
        if session is self.sessions[0] and fragment["sequence_number"] == 1:
            await self.disconnect(session)
        else:
            await self.say_result(session, fragment)


def check_lost_and_found(run: Run, peer: StsPeer) -> None:
    assert run.reasons[0] is None and run.reasons[-1] is None
    assert run.reasons[1] == "sts_disconnected"
    assert set(run.reasons) == {None, "sts_disconnected"}
    first, second = peer.sessions
    assert len(second.inits) == 1
    check_numbers(first)
    assert second.numbers == list(range(len(second.fragments))), "numbers begin anew"
    sent = [fragment["metadata"]["pts_ns"] for session in peer.sessions for fragment in session.fragments]
    assert len(sent) == len(set(sent)), "nothing is sent twice"
    for outcome in run.outcomes.values():
        if outcome["reason"] == "sts_disconnected":
            assert outcome["total_ms"] < 1500, "not at once"
    assert run.metric("sts_reconnections_total") == 1
    assert run.metric("sts_connected") == 1


def test_a_lost_connection_is_made_again(dub):
    with HangsUp() as peer:
        run = dub(peer, "--every-ms", 600)
    check_lost_and_found(run, peer)


class GoesAway(StsPeer):
    """Stops listening when number 1 comes, for a moment."""

    async def on_fragment(self, session, fragment):
        if session is self.sessions[0] and fragment["sequence_number"] == 1:
            await self._close()
            await asyncio.sleep(0.2)
            await self._open()
        else:
            await self.say_result(session, fragment)


def test_a_server_that_was_restarted_is_found_again(dub):
    with GoesAway() as peer:
        run = dub(peer, "--every-ms", 600)
    check_lost_and_found(run, peer)


def test_nobody_there_plays_the_original_at_once(dub):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        run = dub(f"http://127.0.0.1:{unused.getsockname()[1]}", "--count", 3)
    assert run.reasons == ["sts_not_ready"] * 3
    assert max(outcome["total_ms"] for outcome in run.outcomes.values()) < 1500
    assert run.left_ms < 500 and run.closed_ms < 500


class NeverCompletes(StsPeer):
    async def _on_end(self, sid, data):
        self._by_sid[sid].ends.append(data)


def test_a_server_that_never_says_goodbye_holds_nobody_up(dub):
    with NeverCompletes() as peer:
        run = dub(peer, "--count", 2)
    assert run.reasons == [None] * 2
    assert len(peer.session.ends) == 1
    assert run.left_ms < 500, "the stream's own thread does not wait"
    assert run.closed_ms < 4500
