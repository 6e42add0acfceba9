# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, by name. Each scenario does something to a running stream and says what viewers may notice.

A scenario is a function of the stage; its docstring is what tools/chaos prints. Whatever it did is undone by
System.restore() behind it.
"""

from dataclasses import dataclass, field
from typing import Callable

from support import wordless

from .stage import Stage, crawling
from .system import MEDIA, SERVER, STS


@dataclass(frozen=True)
class Scenario:
    name: str
    run: Callable[[Stage], None]
    reasons: frozenset[str]  # besides those of every stream: why fragments may be original
    must: frozenset[str]  # at least one of these was a reason
    loses_pictures: bool
    settings: dict = field(default_factory=dict)  # of media-service
    sts: dict = field(default_factory=dict)  # settings of sts-service
    judges_sound: bool = True
    limit_s: int = 240

    @property
    def title(self) -> str:
        return " ".join(self.run.__doc__.split())


SCENARIOS: dict[str, Scenario] = {}
# A word that makes no sense cut in three seconds, five of them in a row, a pause of the speaker's, and what is left at a
# stream's end. Where the pauses fall among the fragments depends on when a stream begins.
ALWAYS = frozenset({"failed", "breaker_open", "no_speech", "short_tail", "stopping"})


def scenario(*reasons: str, must: tuple[str, ...] = (), loses_pictures: bool = False, judges_sound: bool = True,
             limit_s: int = 240, sts: dict | None = None, **settings: str):  # fmt: skip
    def keep(run: Callable[[Stage], None]) -> Callable[[Stage], None]:
        name = run.__name__.replace("_", "-")
        SCENARIOS[name] = Scenario(name, run, frozenset(reasons) | ALWAYS, frozenset(must), loses_pictures, settings,
                                   sts or {}, judges_sound, limit_s)  # fmt: skip
        return run

    return keep


AWAY = ("sts_disconnected", "sts_not_ready")
SLOW = ("timeout", "deadline", "inflight_limit", "backpressure_pause", "breaker_open")

# ---- the speech side


@scenario(*AWAY, must=AWAY)
def sts_killed(stage: Stage) -> None:
    """sts-service dies and is started again."""
    stage.go_on_air()
    stage.system.kill(STS)
    stage.wait_original(2)
    stage.system.start(STS)
    stage.recovered()
    stage.wait_dubbed(3)
    stage.end()


@scenario(*AWAY, *SLOW, must=(*AWAY, *SLOW))
def sts_stopped(stage: Stage) -> None:
    """sts-service stands still for 15 s with its connections open, and goes on."""
    stage.go_on_air()
    stage.system.pause(STS)
    stage.pass_time(15)
    stage.system.resume(STS)
    stage.recovered()
    stage.wait_dubbed(3)
    stage.end()


@scenario(*AWAY, *SLOW)
def sts_slow(stage: Stage) -> None:
    """sts-service gets a fiftieth of the time for 20 s: engines that take far longer than the speech lasts."""
    stage.go_on_air()
    with crawling(stage.system, STS, 0.02):
        stage.wait_original(2)
        stage.pass_time(10)
    stage.recovered()
    stage.wait_dubbed(3)
    stage.end()


@scenario(*AWAY, *SLOW, must=SLOW)
def sts_late(stage: Stage) -> None:
    """Every message to and from sts-service takes 6 s: answers come behind their deadline."""
    stage.go_on_air()
    stage.system.sts_gate.delay(6.0)
    stage.wait_original(3)
    stage.system.sts_gate.restore()
    stage.pass_time(6)  # what is on its way already still takes its time
    stage.recovered()
    stage.wait_dubbed(3)
    stage.end()


@scenario(*AWAY, *SLOW)
def sts_cut_off(stage: Stage) -> None:
    """The connection to sts-service is reset three times in a row."""
    stage.go_on_air()
    for _ in range(3):
        stage.system.sts_gate.drop()
        stage.pass_time(1.5)
    stage.recovered()
    stage.wait_dubbed(3)
    stage.end()


@scenario(*AWAY, *SLOW, must=(*AWAY, *SLOW))
def sts_half_open(stage: Stage) -> None:
    """The cable to sts-service is pulled for 20 s: nobody is told, nothing arrives."""
    stage.go_on_air()
    stage.system.sts_gate.half_open()
    stage.pass_time(20)
    stage.system.sts_gate.restore()
    stage.recovered()
    stage.wait_dubbed(3)
    stage.end()


@scenario(*AWAY, *SLOW, must=AWAY)
def sts_refuses_at_first(stage: Stage) -> None:
    """sts-service cannot be reached when the stream begins, and can later."""
    stage.system.sts_gate.refuse()
    stage.publish()
    stage.wait_original(2)
    stage.system.sts_gate.restore()
    stage.recovered()
    stage.wait_dubbed(3)
    stage.end()


@scenario(*AWAY, *SLOW, "send_error", "no_audio_in_result", "undecodable_result",
          must=(*AWAY, *SLOW, "failed"), judges_sound=False)  # fmt: skip
def sts_garbage(stage: Stage) -> None:
    """For 10 s a bit of every 3000 bytes between the services is turned over."""
    stage.go_on_air()
    stage.system.sts_gate.corrupt(3000)
    stage.wait_original(2)
    stage.pass_time(5)
    stage.system.sts_gate.restore()
    stage.system.sts_gate.drop()  # an upset stream of bytes never becomes whole again by itself
    stage.recovered()
    stage.wait_dubbed(3)
    stage.end()


@scenario()
def sts_in_pieces(stage: Stage) -> None:
    """Messages between the services arrive in pieces of 700 bytes, then many in one: nothing is noticed."""
    stage.system.sts_gate.scatter(700)
    stage.publish()
    stage.wait_dubbed(3)
    stage.system.sts_gate.restore()
    stage.system.sts_gate.concatenate(0.3)
    stage.wait_dubbed(3)
    stage.end()


@scenario(*SLOW)
def sts_through_a_straw(stage: Stage) -> None:
    """The road between the services carries 40 kB a second for 15 s: less than the sound of a stream needs."""
    stage.go_on_air()
    stage.system.sts_gate.throttle(40_000)
    stage.pass_time(15)
    stage.system.sts_gate.restore()
    stage.recovered()
    stage.wait_dubbed(3)
    stage.end()


@scenario(must=("failed",),
          sts={"TRANSLATION_PROVIDER": "libretranslate", "LIBRETRANSLATE_URL": "http://127.0.0.1:1"})  # fmt: skip
def sts_fails(stage: Stage) -> None:
    """sts-service answers every fragment with a failure, because nobody translates for it."""
    stage.publish()
    stage.wait_output(60)
    stage.wait_original(6)
    stage.end()


@scenario(*AWAY, must=AWAY, limit_s=600)
def sts_gone_for_five_minutes(stage: Stage) -> None:
    """sts-service is gone for five minutes."""
    stage.go_on_air()
    stage.system.kill(STS)
    stage.pass_time(300)
    stage.system.start(STS)
    stage.recovered()
    stage.wait_dubbed(3, 90)
    stage.end()


# ---- the media server


@scenario(*AWAY, loses_pictures=True)
def output_drops(stage: Stage) -> None:
    """The media server ends the connection of the output: it is made again and goes on on the same clock."""
    stage.go_on_air()
    assert stage.system.rtmp_gate.drop_publishers() == 1, "there is one output"
    stage.wait_output(60)
    stage.wait_dubbed(2)
    stage.end()


@scenario(*AWAY, loses_pictures=True)
def output_refused_at_first(stage: Stage) -> None:
    """Nobody takes the output when it begins, for 8 s; then it is there, at its delay."""
    stage.system.rtmp_gate.refuse_publishers()
    stage.publish()
    stage.wait_decided(4)
    stage.pass_time(3)
    stage.system.rtmp_gate.restore()
    stage.wait_output(30)
    stage.wait_dubbed(3)
    stage.end()


@scenario(*AWAY, loses_pictures=True)
def output_away_for_a_while(stage: Stage) -> None:
    """In mid-stream nobody takes the output for 8 s."""
    stage.go_on_air()
    stage.system.rtmp_gate.refuse_publishers()
    stage.system.rtmp_gate.drop_publishers()
    stage.pass_time(8)
    stage.system.rtmp_gate.restore()
    stage.wait_output(60)
    stage.wait_dubbed(2)
    stage.end()


@scenario(*AWAY, loses_pictures=True)
def server_restarted(stage: Stage) -> None:
    """The media server dies and is started again; the encoder comes back, as encoders do."""
    stage.go_on_air()
    stage.system.kill(SERVER)
    stage.publishers[-1].wait(20)
    stage.system.start(SERVER)
    stage.publish()
    stage.wait_output(60)
    stage.wait_dubbed(2)
    stage.end()


# ---- the encoder


@scenario()
def publisher_back_at_once(stage: Stage) -> None:
    """The encoder drops out and is back within 2 s."""
    stage.go_on_air()
    stage.unpublish()
    stage.system.server.wait_gone(stage.stream, "in")
    stage.publish()
    stage.wait_dubbed(3)
    stage.end()


@scenario("deadline", judges_sound=False, ORCH_GRACE_PERIOD="25s")
def publisher_back_in_time(stage: Stage) -> None:
    """The encoder drops out and is back after 18 s, within the grace period of 25 s."""
    stage.go_on_air()
    stage.unpublish()
    stage.pass_time(18)
    stage.publish()
    stage.wait_dubbed(3)
    stage.end()


@scenario()
def publisher_back_too_late(stage: Stage) -> None:
    """The encoder comes back when the grace period is over: the stream ended, and a new one begins."""
    stage.go_on_air()
    stage.unpublish()
    stage.wait_over()
    stage.publish()
    stage.wait_output(60)
    stage.wait_dubbed(2)
    stage.end()


@scenario(loses_pictures=True)
def publisher_taken_over(stage: Stage) -> None:
    """A second encoder begins while the first still sends: it takes over, and viewers stay."""
    stage.go_on_air()
    stage.publish()
    assert stage.publishers[0].wait(20) != 0
    stage.wait_dubbed(3)
    stage.end()


@scenario()
def hooks_gone_wrong(stage: Stage) -> None:
    """Hooks come twice, out of order and for streams that are long over."""
    hook = stage.system.media.hook
    path = f"live/{stage.stream}/in"
    stage.publish()
    for event in ("ready", "ready", "not-ready", "ready"):
        hook(event, path, "9")
    stage.wait_dubbed(2)
    hook("not-ready", "live/never-was/in", "7")
    hook("ready", path, "9")
    hook("not-ready", path, "8")
    stage.wait_dubbed(2)
    stage.end()


# ---- what it sends


def _jump(stage: Stage, shift_ms: int) -> None:
    with stage.publishing_packets() as publisher:
        begin = publisher.play(stage.packets(0, 16))
        publisher.play(stage.packets(16, 36), shift_ms, begin)
    stage.wait_over()


@scenario()
def clock_jumps_an_hour(stage: Stage) -> None:
    """The encoder's timestamps jump an hour ahead."""
    _jump(stage, 3_600_000)


@scenario()
def clock_jumps_back(stage: Stage) -> None:
    """The encoder's timestamps jump 10 s back."""
    _jump(stage, -10_000)


@scenario()
def clock_wraps(stage: Stage) -> None:
    """The encoder's 32 bits of milliseconds wrap in mid-stream."""
    start = 2**32 - 16_000
    with stage.publishing_packets() as publisher:
        begin = publisher.play(stage.packets(0, 16), start)
        publisher.play(stage.packets(16, 36), start - 2**32, begin)
    stage.wait_over()


@scenario(judges_sound=False)
def sound_pauses(stage: Stage) -> None:
    """The encoder sends pictures without sound for 10 s."""
    with stage.publishing_packets() as publisher:
        begin = publisher.play(stage.packets(0, 12))
        publisher.play([tag for tag in stage.packets(12, 22) if tag.is_picture], 0, begin)
        publisher.play(stage.packets(22, 36), 0, begin)
    stage.wait_over()


@scenario(*AWAY, judges_sound=False)
def video_only(stage: Stage) -> None:
    """A stream without sound: its output has a silent track."""
    stage.publish(None, "-an")
    stage.wait_decided(4)
    stage.end()


@scenario()
def audio_only(stage: Stage) -> None:
    """A stream without picture is dubbed as any other."""
    stage.publish(None, "-vn")
    stage.wait_dubbed(4)
    stage.end()


@scenario(loses_pictures=True)
def encoder_changes(stage: Stage) -> None:
    """An encoder with other pictures and another sample rate takes over in mid-stream."""
    other = stage.clip.other("other", stage.folder, "-vf", "scale=960:720", "-c:v", "libx264", "-preset", "ultrafast",
                             "-g", "30", "-c:a", "aac", "-ar", "48000", "-t", "30")  # fmt: skip
    stage.go_on_air()
    stage.publish(other)
    assert stage.publishers[0].wait(20) != 0
    stage.wait_dubbed(3)
    stage.end()


@scenario()
def pictures_out_of_order(stage: Stage) -> None:
    """The encoder sends B-frames."""
    clip = stage.clip.other("b-frames", stage.folder, "-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "60",
                            "-c:a", "copy", "-t", "30")  # fmt: skip
    assert any(tag.pts_ms - tag.dts_ms > 50 for tag in clip.packets.pictures())
    stage.publish(clip)
    stage.wait_dubbed(4)
    stage.end()


@scenario(*AWAY)
def sound_comes_first(stage: Stage) -> None:
    """The encoder's sound begins 2 s before its pictures."""
    with stage.publishing_packets() as publisher:
        begin = publisher.play([tag for tag in stage.packets(0, 2) if tag.is_sound])
        publisher.play(stage.packets(2, 24), 0, begin)
    stage.wait_over()


@scenario()
def music_only(stage: Stage) -> None:
    """A band plays, nobody speaks: nothing is said."""
    stage.clip = stage.clip.with_sound("music", stage.folder, wordless.Part("music", wordless.music))
    stage.publish()
    stage.wait_decided(8)
    stage.end()


@scenario(judges_sound=False, limit_s=900)
def silence_for_ten_minutes(stage: Stage) -> None:
    """Nothing is to be heard for ten minutes: nothing is said."""
    stage.clip = stage.clip.with_sound("silence", stage.folder, wordless.Part("silence", wordless.silence))
    stage.publish()
    stage.wait_decided(200, 700)
    stage.end()


# ---- the machine


@scenario()
def segments_disk_full(stage: Stage) -> None:
    """The disk with the segment files is full."""
    stage.go_on_air()
    stage.system.fill_segments_disk(stage.stream)
    stage.wait_dubbed(3)
    stage.system.restore()
    stage.wait_dubbed(2)
    stage.end()


@scenario()
def two_streams_and_one_misbehaves(stage: Stage) -> None:
    """Beside the stream another encoder sends half a handshake, another garbage, another stands still."""
    import socket

    stage.go_on_air()
    port = stage.system.server.rtmp_port
    with socket.create_connection(("127.0.0.1", port)) as half, socket.create_connection(("127.0.0.1", port)) as noise:
        half.sendall(b"\x03" + bytes(700))
        noise.sendall(b"\x03" + bytes(1536) * 2 + b"\xff" * 20_000)
        stage.wait_dubbed(3)
    stage.end()


@scenario("stopping")
def asked_to_stop(stage: Stage) -> None:
    """media-service gets SIGTERM in mid-stream: it ends in order, and the output ends with it."""
    stage.go_on_air()
    assert stage.system.stop(MEDIA) == 0
    stage.system.server.wait_gone(stage.stream, "out")
