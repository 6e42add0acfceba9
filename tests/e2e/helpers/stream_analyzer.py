# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""What came out at live/<stream>/out, measured from the media against what went in at live/<stream>/in.

    analyzer = StreamAnalyzer(sent, received)        # two support.flv.Recording
    analyzer.codecs(), analyzer.duration_s()           # as ffprobe sees the recording
    analyzer.av_offsets_ms()                            # change of sound against picture, at every click
    analyzer.likeness(12_000, 13_500).correlation       # of the sounds in a span of the input

Times are milliseconds of the input's clock; that of the output is the same, a constant later, and how much
later is read from the pictures, which come out as they went in. Clicks, frame numbers, levels and gaps are
measured by support/{marks,h264,audio}.py; this joins them.
"""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from support import audio, h264, marks
from support.flv import Recording

# How far apart two equal sounds may lie and still be found equal: more than the A/V limit.
SEARCH_MS = 30.0
# What of a dub counts as speech: espeak-ng speaks at -20 dB and pauses in digital silence.
SPEAKING_DB = -50.0
WINDOW_S = 0.02

Span = tuple[float, float]


@dataclass
class Likeness:
    """Two sounds of one length, laid over each other as well as it goes."""

    correlation: float  # 1: the same but for its level; 0: nothing to do with each other
    level_db: float  # by how much the second is louder
    lag_ms: float  # by how much the second is later


def compare(first: np.ndarray, second: np.ndarray, rate: int, search_ms: float = SEARCH_MS) -> Likeness:
    """How alike the sounds are at the lag, at most search_ms, at which they are most alike.

    `second` begins search_ms before the place where it is expected, and ends as much behind it.
    """
    reach = int(search_ms * rate / 1000)
    a, b = (sound.reshape(len(sound), -1).mean(axis=1).astype(np.float64) for sound in (first, second))
    if len(b) != len(a) + 2 * reach or not len(a):
        raise ValueError(f"{len(a)} samples cannot be searched for in {len(b)}")
    size = 1 << int(np.ceil(np.log2(len(a) + len(b))))
    products = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)[: 2 * reach + 1]
    norms = np.sqrt(np.maximum(_powers(b, len(a)) * np.sum(np.square(a)), 1e-20))
    best = int(np.argmax(products / norms))
    part = b[best : best + len(a)]
    return Likeness(float(products[best] / norms[best]), audio.level_db(part) - audio.level_db(a),
                    (best - reach) * 1000.0 / rate)  # fmt: skip


def _powers(sound: np.ndarray, length: int) -> np.ndarray:
    """Sum of squares of every stretch of that length."""
    sums = np.concatenate([[0.0], np.cumsum(np.square(sound))])
    return sums[length:] - sums[:-length]


def decode(file: bytes, rate: int) -> np.ndarray:
    """A fragment's sound as it went over the wire, at the given rate."""
    with tempfile.NamedTemporaryFile(suffix=".m4a") as source:
        source.write(file)
        source.flush()
        raw = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", source.name, "-ar", str(rate), "-ac", "2", "-f", "f32le", "-"],
            capture_output=True, check=True,
        ).stdout  # fmt: skip
    return np.frombuffer(raw, "<f4").reshape(-1, 2)


def speaking(pcm: np.ndarray, rate: int, begin_ms: float = 0.0) -> list[Span]:
    """Where a dub is not silent; it is pure speech on silence."""
    loud = audio.levels_db(pcm, rate, WINDOW_S) > SPEAKING_DB
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(np.int8), [0]])))
    step_ms = WINDOW_S * 1000
    return [(begin_ms + b * step_ms, begin_ms + e * step_ms) for b, e in edges.reshape(-1, 2)]


def without(spans: list[Span], holes: list[Span], before_ms: float, after_ms: float) -> list[Span]:
    """What of `spans` lies in none of `holes`, each of which is that much wider."""
    rest = spans
    for begin, end in holes:
        begin, end = begin - before_ms, end + after_ms
        rest = [part for a, b in rest for part in ((a, min(b, begin)), (max(a, end), b)) if part[1] > part[0]]
    return rest


class StreamAnalyzer:
    """Looks at two recordings that are complete. `lead_in_ms` is how long the stream had been on when they begin."""

    def __init__(self, sent: Recording, received: Recording, lead_in_ms: float = 0.0) -> None:
        self.sent, self.received, self._lead_in_ms = sent, received, lead_in_ms

    # As any player sees it ---------------------------------------------------------------------------------

    @cached_property
    def probe(self) -> dict:
        """ffprobe's view of the recording as a file."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "received.flv"
            self.received.write(path)
            # The packets are read to the end: a live recording has no duration in its header.
            done = subprocess.run(
                ["ffprobe", "-v", "error", "-of", "json", "-show_entries",
                 "stream=codec_name,codec_type:packet=codec_type,pts_time",
                 str(path)], capture_output=True, text=True, check=True,
            )  # fmt: skip
        return json.loads(done.stdout)

    def codecs(self) -> list[str]:
        return sorted(stream["codec_name"] for stream in self.probe["streams"])

    def duration_s(self, kind: str) -> float:
        """From the first to the end of the last packet of "video" or "audio"."""
        packets = [p for p in self.probe["packets"] if p["codec_type"] == kind]
        times = sorted(float(packet["pts_time"]) for packet in packets)
        return times[-1] - times[0] + float(np.median(np.diff(times)))

    # Picture -----------------------------------------------------------------------------------------------

    @cached_property
    def digests(self) -> tuple[list[bytes], list[bytes]]:
        return h264.picture_digests(self.sent), h264.picture_digests(self.received)

    def first_picture(self) -> int:
        """Where in the input the output begins, if it is a run of it, byte for byte; else -1."""
        return h264.align(self.digests[0], self.digests[1])

    @cached_property
    def shift_ms(self) -> float:
        """What has to be added to a time of the input to have that of the output."""
        begin = self.first_picture()
        if begin < 0:
            raise ValueError("the pictures that came out are not those that went in")
        pairs = zip(self.sent.pictures()[begin:], self.received.pictures())
        return float(np.median([after.dts_ms - before.dts_ms for before, after in pairs]))

    def delays_s(self, settle_s: float = 2.0) -> np.ndarray:
        """How long after it went in each picture came out; the beginning of each recording comes in a burst. ffmpeg
        hands a packet on when it knows the next of the other track, so pictures behind the last sound wait for the end."""
        sent, received = self.sent.pictures()[self.first_picture() :], self.received.pictures()
        begin_in = self.sent.tags[0].arrived + settle_s
        begin_out = self.received.tags[0].arrived + settle_s
        end_in, end_out = self.sent.sounds()[-1].dts_ms, self.received.sounds()[-1].dts_ms
        return np.array([after.arrived - before.arrived for before, after in zip(sent, received)
                         if before.arrived > begin_in and after.arrived > begin_out
                         and before.dts_ms < end_in and after.dts_ms < end_out])  # fmt: skip

    def longest_stop_s(self, settle_s: float = 2.0) -> float:
        """The longest time without a picture while it was being watched."""
        arrived = [tag.arrived for tag in self.received.pictures()]
        return max(b - a for a, b in zip(arrived, arrived[1:]) if a > arrived[0] + settle_s)

    # Picture and sound -------------------------------------------------------------------------------------

    def av_offsets_ms(self) -> dict[int, float]:
        """By second of the clip: how much later the sound is against its picture than it was in the input."""
        before, after = self.offsets
        own = float(np.median([offset.offset_ms for offset in before]))
        return {offset.second: offset.offset_ms - own for offset in after}

    @cached_property
    def offsets(self) -> tuple[list[marks.Offset], list[marks.Offset]]:
        """The clicks of the input and of the output against their pictures."""
        return marks.av_offsets(self.sent), marks.av_offsets(self.received)

    @cached_property
    def clip_zero_ms(self) -> float:
        """Where on the input's clock the clip's own time 0 lies, also when only a later part of it was sent."""
        return float(np.median([offset.at_ms - offset.second * 1000 for offset in self.offsets[0]]))

    def stream_zero_ms(self) -> float:
        """Where on the input's clock the stream's own time 0 lies, from which fragments count: its first packet."""
        return min(self.sent.sounds()[0].dts_ms, self.sent.pictures()[0].dts_ms) - self._lead_in_ms

    def end_ms(self) -> float:
        """Where on the input's clock the sound of the recording ends that ends first."""
        lengths_ms = [len(sound) * 1000 / self.rate for sound in self.sounds]
        return min(self._zeros_ms[0] + lengths_ms[0], self._zeros_ms[1] + lengths_ms[1] - self.shift_ms)

    # Sound -------------------------------------------------------------------------------------------------

    @cached_property
    def rate(self) -> int:
        """Of the sound, in samples a second: what went in is what comes out."""
        rates = {rate for _, rate in self._decoded}
        if len(rates) != 1:
            raise ValueError(f"the input and the output have different rates: {rates} Hz")
        return rates.pop()

    @cached_property
    def _decoded(self) -> tuple:
        return marks.decode_audio(self.sent), marks.decode_audio(self.received)

    @property
    def sounds(self) -> tuple[np.ndarray, np.ndarray]:
        """All samples of the input and of the output."""
        return self._decoded[0][0], self._decoded[1][0]

    @cached_property
    def _zeros_ms(self) -> tuple[float, float]:
        """The time of the first sample of each."""
        return marks.sample_clock(self.sent, self.rate)(0), marks.sample_clock(self.received, self.rate)(0)

    def sound_in(self, begin_ms: float, end_ms: float) -> np.ndarray:
        """The input's sound of that span."""
        first = round((begin_ms - self._zeros_ms[0]) * self.rate / 1000)
        count = round((end_ms - begin_ms) * self.rate / 1000)
        if first < 0 or first + count > len(self.sounds[0]):
            raise ValueError(f"{begin_ms:.0f} to {end_ms:.0f} ms was not recorded")
        return self.sounds[0][first : first + count]

    def likeness(self, begin_ms: float, end_ms: float) -> Likeness:
        """How far the output in that span is the original."""
        return self._compare(self.sound_in(begin_ms, end_ms), 1, begin_ms + self.shift_ms)

    def likeness_to_input(self, pcm: np.ndarray, begin_ms: float) -> Likeness:
        """How far `pcm` is what the input has from that time on."""
        return self._compare(pcm, 0, begin_ms)

    def _compare(self, pcm: np.ndarray, which: int, begin_ms: float) -> Likeness:
        reach = int(SEARCH_MS * self.rate / 1000)
        first = round((begin_ms - self._zeros_ms[which]) * self.rate / 1000) - reach
        wide = self.sounds[which][max(0, first) : first + len(pcm) + 2 * reach]
        if first < 0 or len(wide) != len(pcm) + 2 * reach:
            raise ValueError(f"{begin_ms:.0f} ms and {SEARCH_MS:g} ms around it were not recorded")
        return compare(pcm, wide, self.rate)

    def sound_steps_ms(self) -> float:
        """The worst step from one packet of sound to the next, against one AAC frame."""
        return max(abs(error) for _, error in audio.packet_gaps_ms(self.received, self.rate))

    def dropouts_s(self) -> list[float]:
        """Moments of silence inside the output; the clip never is silent. The encoder's run-in and run-out are."""
        pcm = self.sounds[1]
        return [at for at in audio.dropouts(pcm, self.rate) if 0.2 < at < len(pcm) / self.rate - 0.3]
