# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""What somebody saw and heard who watched /out all the time, and whether it is what was promised.

    with Viewer(port, "game", "in") as at_in, Viewer(port, "game", "out") as at_out:
        ...                                            # whatever happens
    truth = judge(at_in.recording, at_out.recording, clip, transcript)
    print(truth)

Nothing here is taken from a log. Pictures come out byte for byte, so each is found again by its digest, which
says how late it is; the clip's pictures show their numbers, which says what sound belongs to them; and that
sound is compared with what was heard. Only the reasons are the program's own words, and they are held against
the sound: what is called original must be the original, what is called dubbed must be something else.
"""

import threading
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from e2e.helpers.stream_analyzer import compare
from support import audio, h264, marks
from support.flv import Recording, Tag
from support.rtmp_player import RtmpPlayer

FPS = marks.FPS
# Sound is compared in windows of this length, and found within that much of its place.
WINDOW_MS, REACH_MS = 500, 60.0
ORIGINAL = 0.97  # correlation from which a window is the original; AAC a second time leaves 0.99
# Sounds are compared without what is above 6 kHz, by this filter: the clip's clicks at 12.5 kHz are most of a window in
# which nobody speaks, and half a sample's shift, which is nothing to the ear, takes a third of their correlation.
SMOOTHING = np.convolve([1, 1, 1], [1, 1, 1]) / 9
SILENT_DB = -75.0
# An output goes on where it was when its connection breaks; a server repeats at most a group of pictures.
ANEW_MS = 8000
SEAM_MS = 5.0  # times are whole milliseconds
# At a seam sound and picture may come apart by a frame, which is taken back a few samples at a time: until then the
# sound is a little faster or slower than the clip's.
SETTLES_MS = 7_000
# The original comes down before a dub speaks, and is back at full 300 ms behind it.
EDGE_MS = 500


class Viewer:
    """Plays a path all the time, and comes back when the connection breaks; keeps every tag with its arrival."""

    def __init__(self, port: int, stream: str, end: str) -> None:
        """@param end "in" or "out"."""
        self.recordings: list[Recording] = []
        self._place = (port, f"live/{stream}", end)
        self._is_output = end == "out"
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._player: RtmpPlayer | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._ends.wait(0.1):
            try:
                player = RtmpPlayer(*self._place)
            except OSError:
                continue  # the server is away
            recording = Recording()
            with self._lock:
                self._player = player
                if self._ends.is_set():
                    player.close()
            self.recordings.append(recording)
            for tag in player.tags():
                recording.tags.append(tag)
            player.close()

    @property
    def tags(self) -> list[Tag]:
        """All, in the order in which they came. Of an output, what a server sends again to a player who comes back
        is left out; and an output that begins anew is another one, which is the one that counts."""
        kept: list[Tag] = []
        last: dict[int, int] = {}
        for recording in list(self.recordings):
            tags = list(recording.tags)
            media = [tag for tag in tags if tag.is_picture or tag.is_sound]
            if self._is_output and media and last and media[0].dts_ms < max(last.values()) - ANEW_MS:
                kept, last = [], {}
            before = dict(last) if self._is_output else {}
            for tag in tags:
                if tag.is_picture or tag.is_sound:
                    if tag.dts_ms <= before.get(tag.kind, -1):
                        continue
                    last[tag.kind] = tag.dts_ms
                kept.append(tag)
        return kept

    @property
    def recording(self) -> Recording:
        return Recording(self.tags)

    def take(self, begin: float, end: float) -> Recording:
        """What arrived between those moments, from a keyframe on; what came before is forgotten."""
        for recording in list(self.recordings):
            tags = recording.tags
            first = next((at for at, tag in enumerate(tags) if tag.arrived >= begin and tag.is_keyframe), len(tags))
            # Headers are needed to decode what is left.
            tags[:first] = [tag for tag in tags[:first] if tag.is_avc_header or tag.is_aac_header][-2:]
        return Recording([tag for tag in self.tags if tag.arrived < end])

    def pictures(self) -> int:
        return sum(len(recording.pictures()) for recording in list(self.recordings))

    def close(self) -> None:
        self._ends.set()
        with self._lock:
            if self._player:
                self._player.close()
        self._thread.join(10)

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()


class ClipSound:
    """The clip's own sound, to hold others against."""

    def __init__(self, recording: Recording) -> None:
        self.pcm, self.rate = marks.decode_audio(recording)
        self._zero_ms = marks.sample_clock(recording, self.rate)(0)
        self._first_picture_ms = recording.pictures()[0].pts_ms

    def at(self, clip_ms: float, length_ms: float) -> np.ndarray | None:
        """The sound that belongs to the pictures from that time of the clip on."""
        first = round((clip_ms + self._first_picture_ms - self._zero_ms) * self.rate / 1000)
        count = round(length_ms * self.rate / 1000)
        return self.pcm[first : first + count] if 0 <= first <= len(self.pcm) - count else None


@dataclass
class Window:
    """Half a second of the output's sound."""

    at_ms: int  # on the output's clock
    heard: str  # "o" the original, "D" something else, "_" nothing, "?" without a picture to say what belongs there


@dataclass
class Span:
    """A fragment as it was decided, on the output's clock."""

    begin_ms: float
    end_ms: float
    reason: str | None  # None: dubbed
    speaks: bool  # whether the dub has words


@dataclass
class Truth:
    pictures_in: int
    pictures_out: int
    lost: list[int]  # which pictures of the input are missing between the first and the last that came
    delays_s: np.ndarray  # of each picture that came
    stop_s: float  # the longest time without a picture
    late_at_s: float  # when on the output's clock the worst delay was
    goes_back: list[tuple[int, int]]  # pairs of times that do not go up
    sound_gap_ms: float  # the longest step between two sounds, beyond one frame
    sound_overlap_ms: float
    dropouts_s: list[float]  # moments of silence on the output's clock
    av_offsets_ms: list[float]
    windows: list[Window]
    spans: list[Span]
    contradictions: list[str]  # where what was said is not what was heard
    back_s: float | None = None  # from when the cause was gone to the first fragment that was dubbed again

    @cached_property
    def dubbed(self) -> list[Span]:
        return [span for span in self.spans if span.reason is None]

    def reasons(self) -> list[str]:
        return [span.reason or "dubbed" for span in self.spans]

    @property
    def av_worst_ms(self) -> float:
        return max(self.av_offsets_ms, key=abs, default=0.0)

    def __str__(self) -> str:
        heard = "".join(window.heard for window in self.windows)
        runs: list[list] = []
        for span in self.spans:
            if runs and runs[-1][0] == (span.reason or "dubbed"):
                runs[-1][2] = span.end_ms
            else:
                runs.append([span.reason or "dubbed", span.begin_ms, span.end_ms])
        told = ", ".join(f"{begin / 1000:.1f}-{end / 1000:.1f} s {name}" for name, begin, end in runs)
        low, mid, high = (np.percentile(self.delays_s, [0, 50, 100]) if len(self.delays_s) else [np.nan] * 3)
        lines = [
            f"heard     {heard or 'nothing'}   (a letter is half a second; o original, D dub, _ nothing)",
            f"said      {told or 'nothing'}",
            f"pictures  {self.pictures_in} in, {self.pictures_out} out, {len(self.lost)} lost; "
            f"longest stop {self.stop_s:.2f} s",
            f"sound     longest gap {self.sound_gap_ms:.0f} ms, overlap {self.sound_overlap_ms:.0f} ms, "
            f"{len(self.dropouts_s) * 10} ms silent",
            f"A/V       worst {self.av_worst_ms:+.1f} ms of {len(self.av_offsets_ms)} clicks",
            f"delay     {mid:.2f} s, from {low - mid:+.2f} to {high - mid:+.2f} s",
        ]  # fmt: skip
        if self.back_s is not None:
            lines.append(f"back      a fragment that began {self.back_s:.1f} s after the cause was gone is dubbed again")
        return "\n".join(lines)


def judge(sent: Recording, received: Recording, clip: ClipSound, transcript: list[dict]) -> Truth:
    """@param transcript The fragments as the program says that they were decided; the output's clock is theirs."""
    pictures, sounds = received.pictures(), received.sounds()
    found, lost = _find_again(sent.pictures(), pictures)
    delays = np.array([picture.arrived - origin.arrived for picture, origin in found])
    arrived = [picture.arrived for picture in pictures]
    pcm, rate = marks.decode_audio(received) if sounds else (np.zeros((0, 2)), clip.rate)
    clock = np.array([tag.dts_ms for tag in sounds], float)
    steps = np.diff(clock) - audio.SAMPLES_PER_PACKET * 1000.0 / rate
    times = [[tag.dts_ms for tag in tags] for tags in (pictures, sounds)]
    shown, numbers = _shown(received) if pictures else (np.zeros(0), np.zeros(0))
    windows = _listen(shown, numbers, pcm, clock, rate, clip)
    spans = [Span(fragment["start_ms"], fragment["end_ms"], fragment["reason"], bool(fragment["translation"].strip()))
             for fragment in transcript]  # fmt: skip
    worst = int(np.argmax(np.abs(delays - np.median(delays)))) if len(delays) else 0
    return Truth(
        pictures_in=len(sent.pictures()), pictures_out=len(pictures), lost=lost, delays_s=delays,
        stop_s=max((b - a for a, b in zip(arrived, arrived[1:])), default=0.0),
        late_at_s=found[worst][0].dts_ms / 1000 if found else 0.0,
        goes_back=[(a, b) for column in times for a, b in zip(column, column[1:]) if a >= b],
        sound_gap_ms=float(steps.max(initial=0.0)), sound_overlap_ms=float(-steps.min(initial=0.0)),
        dropouts_s=_dropouts(pcm, rate), av_offsets_ms=_av_offsets(received, shown, numbers) if pictures and sounds else [],
        windows=windows, spans=spans, contradictions=_contradictions(windows, spans))  # fmt: skip


def _find_again(sent: list[Tag], received: list[Tag]) -> tuple[list[tuple[Tag, Tag]], list[int]]:
    """Each received picture with the one of the input that it is, and which of the input were left out.

    The clip may have been sent several times, by two encoders one after the other, too: a picture is the one that
    was sent next after the last that was found, if that is like it, else the latest one like it that had been sent.
    """
    digests = [h264.slices(tag) for tag in sent]
    places: dict[bytes, list[int]] = {}
    for index, digest in enumerate(digests):
        places.setdefault(digest, []).append(index)
    found, used, last = [], [], -1
    for tag in received:
        later = [index for index in places.get(h264.slices(tag), [])
                 if index > last and sent[index].arrived <= tag.arrived]  # fmt: skip
        if later:
            follows = bool(used) and later[0] == last + 1
            last = later[0] if follows else later[-1]
            used.append(last)
            found.append((tag, sent[last]))
    taken = set(used)
    lost = [index for index in range(used[0], used[-1]) if index not in taken] if used else []
    return found, lost


def _dropouts(pcm: np.ndarray, rate: int) -> list[float]:
    """Silence inside; the encoder's run-in and run-out are none."""
    if not len(pcm):
        return []
    return [at for at in audio.dropouts(pcm, rate, SILENT_DB) if 0.2 < at < len(pcm) / rate - 0.3]


def _shown(received: Recording) -> tuple[np.ndarray, np.ndarray]:
    """When pictures are shown, and which of the clip's they are; without those that cannot be read."""
    shown = np.array(marks.shown_ms(received), float)
    numbers = np.array(marks.decode_numbers(received), float)
    if len(numbers) != len(shown):
        raise ValueError(f"{len(shown)} pictures were received but {len(numbers)} can be decoded")
    readable = numbers >= 0
    return shown[readable], numbers[readable]


def _av_offsets(received: Recording, shown: np.ndarray, numbers: np.ndarray) -> list[float]:
    """Not at a seam: a click from before it can be nearest to a picture from behind it."""

    def is_at_seam(at_ms: float) -> bool:
        near = np.abs(shown - at_ms) <= WINDOW_MS
        return _is_seam(shown[near], numbers[near])

    return [offset.offset_ms for offset in marks.av_offsets(received) if not is_at_seam(offset.at_ms)]


def _listen(shown: np.ndarray, numbers: np.ndarray, pcm: np.ndarray, clock: np.ndarray, rate: int,
            clip: ClipSound) -> list[Window]:  # fmt: skip
    """@param shown, numbers What each moment of the output shows: a picture of the clip."""
    if not len(clock):
        return []
    seams = shown[1:][_steps_off_ms(shown, numbers) > SEAM_MS]
    frame_ms = audio.SAMPLES_PER_PACKET * 1000.0 / rate
    reach = int(REACH_MS * rate / 1000)
    count = int(WINDOW_MS * rate / 1000)
    windows = []
    for at_ms in range(int(clock[0]), int(clock[-1] + frame_ms) - WINDOW_MS + 1, WINDOW_MS):
        packet = int(np.searchsorted(clock, at_ms, "right")) - 1
        first = packet * audio.SAMPLES_PER_PACKET + round((at_ms - clock[packet]) * rate / 1000)
        heard = pcm[first : first + count]
        if at_ms - clock[packet] > 2 * frame_ms or len(heard) < count or audio.level_db(heard) < SILENT_DB:
            windows.append(Window(at_ms, "_"))
            continue
        inside = np.flatnonzero((shown >= at_ms) & (shown <= at_ms + WINDOW_MS))
        if len(inside) and _is_seam(shown[inside], numbers[inside]):
            windows.append(Window(at_ms, "?"))
            continue
        near = int(np.argmin(np.abs(shown - at_ms))) if len(shown) else -1
        wide = pcm[first - reach : first + count + reach] if first >= reach else pcm[:0]
        belongs = None
        if near >= 0 and abs(shown[near] - at_ms) < 1000 / FPS:
            belongs = clip.at(numbers[near] * 1000 / FPS + at_ms - shown[near], WINDOW_MS)
        if belongs is None or len(belongs) != count or len(wide) != count + 2 * reach:
            windows.append(Window(at_ms, "?"))
            continue
        alike = compare(_smooth(belongs), _smooth(wide), rate, REACH_MS).correlation
        settles = bool(((seams <= at_ms) & (at_ms < seams + SETTLES_MS)).any())
        windows.append(Window(at_ms, "o" if alike > ORIGINAL else "?" if settles else "D"))
    return windows


def _smooth(pcm: np.ndarray) -> np.ndarray:
    return np.apply_along_axis(np.convolve, 0, pcm, SMOOTHING, "same")


def _is_seam(shown: np.ndarray, numbers: np.ndarray) -> bool:
    """Whether the pictures do not follow one another as in the clip: two sounds meet there."""
    return bool(_steps_off_ms(shown, numbers).max(initial=0) > SEAM_MS)


def _steps_off_ms(shown: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """By how much each picture does not follow the one before it as in the clip."""
    return np.abs(np.diff(numbers) * 1000 / FPS - np.diff(shown))


def _contradictions(windows: list[Window], spans: list[Span]) -> list[str]:
    found = []
    for index, span in enumerate(spans):
        edge = 0 if span.reason is None else EDGE_MS  # a word may be all there is of a dub
        heard = "".join(window.heard for window in windows
                        if span.begin_ms + edge <= window.at_ms and window.at_ms + WINDOW_MS <= span.end_ms - edge)  # fmt: skip
        if span.reason is not None and "D" in heard:
            found.append(f"fragment {index} is called original ({span.reason}) and sounds as {heard}")
        if span.reason is None and span.speaks and set(heard) == {"o"}:
            found.append(f"fragment {index} is called dubbed and sounds as {heard}")
    return found
