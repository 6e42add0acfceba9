// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The sound of one stream from the packets that come in to the packets that go out: decoded, kept
// as one unbroken track, mixed with its dubs and encoded by one encoder that never stops.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "gst/aac_decoder.hpp"
#include "gst/aac_encoder.hpp"
#include "media/audio_track.hpp"
#include "media/dub_mixer.hpp"
#include "media/encoded_unit.hpp"
#include "media_session/av_offset.hpp"

namespace livedub {

/// Only the session's thread touches it.
class SoundPath {
  public:
    /// Called from GStreamer's threads; the session hands the values back to add() and
    /// frame_time().
    struct Sinks {
        std::function<void(PcmChunk)> on_pcm;
        std::function<void(gst::AacFrame)> on_frame;
        std::function<void(Error)> on_error;
    };

    /// @param longest Most sound held: the delay and a little more.
    SoundPath(MixSettings mix, StreamDuration longest, Sinks sinks);

    /// True once the format is known; until then nothing below but configure() may be called.
    [[nodiscard]] bool is_started() const noexcept { return track_.has_value(); }

    /// Takes what a decoder needs before the first frame. The first one fixes rate and channels of
    /// the stream for good (its own at 44.1 and 48 kHz, else 48 kHz; at most stereo); later ones
    /// only change the decoder. What cannot be decoded is said once, until something else comes.
    ///
    /// @param coded EncodedUnit::coded_format.
    ///
    /// Errors: kInvalidArgument (codec or configuration), kUnavailable (a plug-in is missing).
    [[nodiscard]] Result<void> configure(Codec codec, SharedBytes config, PcmFormat coded = {});

    /// Goes on without sound from the sender: silence, until configure() brings some.
    [[nodiscard]] Result<void> start_silent();

    /// False while sound of this kind cannot be decoded, or not yet.
    [[nodiscard]] bool decodes(Codec codec) const noexcept {
        return decoder_ != nullptr && codec == codec_;
    }

    /// Decodes one frame; the sound comes back through on_pcm. False: it was lost (a full decoder).
    bool decode(const EncodedUnit& frame, StreamTime dts);

    /// The stream's clock jumped: sound from `at` on is placed exactly.
    void jumped(StreamTime at) { resync_at_ = at; }

    void add(const PcmChunk& chunk);

    /// No more sound for now: waits (at most 1 s) until all that was decoded has come out.
    void drain_decoder();

    /// The stretch [start, end) of the original, of which nothing was forgotten.
    [[nodiscard]] PcmChunk cut(StreamTime start, StreamTime end) const;

    /// Gives a dub for a stretch that has not been mixed yet.
    /// @param is_alone As DubMixer::add().
    void place(PcmChunk dub, bool is_alone);

    /// Mixes and encodes up to `until`; what the sender did not deliver is silence. Frames come
    /// back through on_frame.
    void mix_until(StreamTime until);

    /// What lies before `time` and has been mixed will not be cut any more.
    void forget_before(StreamTime time);

    /// The last mix: what is in the encoder comes out.
    void drain_encoder();

    /// Decoding time of an encoded frame; nullopt for the encoder's run-in before time zero.
    [[nodiscard]] std::optional<StreamTime> frame_time(const gst::AacFrame& frame) const;

    /// How much later than it was stamped the sound at `moment` lies (AudioTrack::skew() when it
    /// was added). Moments are asked for in order: what lies before is forgotten.
    [[nodiscard]] StreamDuration shift_at(StreamTime moment) { return shifts_.take(moment); }

    [[nodiscard]] EncodedUnit output_config() const;
    /// One past the last moment of sound held, and of sound mixed.
    [[nodiscard]] StreamTime end() const;
    [[nodiscard]] StreamTime mixed() const;
    [[nodiscard]] const AudioTrack& track() const { return *track_; }

  private:
    [[nodiscard]] Result<void> start(PcmFormat format);
    void encode(std::vector<std::int16_t> samples);

    // Constant after construction.
    const MixSettings mix_;
    const StreamDuration longest_;
    const Sinks sinks_;

    std::optional<AudioTrack> track_;
    std::optional<DubMixer> mixer_;
    ShiftHistory shifts_;
    struct PlacedDub {
        PcmChunk sound;
        bool is_alone = false;
    };
    std::map<StreamTime, PlacedDub> dubs_;  // decided, not yet with the mixer; by start
    std::optional<StreamTime> resync_at_;
    std::vector<std::int16_t> unencoded_;  // mixed, but refused by a busy encoder; bounded
    // What configure() was told last.
    Codec codec_ = Codec::kNone;
    SharedBytes config_;
    PcmFormat coded_;

    // Last, so that their threads are gone before anything else is.
    std::unique_ptr<gst::AacEncoder> encoder_;
    std::unique_ptr<gst::AudioDecoder> decoder_;
};

}  // namespace livedub
