// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media_session/sound_path.hpp"

#include <algorithm>
#include <utility>

#include "media/sample_time.hpp"
#include "wire/flv.hpp"

namespace livedub {
namespace {

using std::chrono::milliseconds;

constexpr int kMonoBitrate = 64'000;
constexpr int kStereoBitrate = 128'000;
constexpr PcmFormat kDefaultFormat{.sample_rate_hz = 48'000, .channels = 2};
/// Dubs reach the mixer this much before they are heard, so that it can duck in time.
constexpr milliseconds kPlacedAhead{100};
/// An encoder that is this far behind has stopped working.
constexpr milliseconds kEncoderPatience{10'000};

PcmFormat kept(int sample_rate_hz, int channels) {
    const bool is_kept = sample_rate_hz == 44'100 || sample_rate_hz == 48'000;
    return {.sample_rate_hz = is_kept ? sample_rate_hz : 48'000, .channels = channels == 1 ? 1 : 2};
}

Result<PcmFormat> format_of(Codec codec, const Bytes& config, PcmFormat coded) {
    constexpr std::size_t kOpusChannels = 9;  // where OpusHead has them
    if (codec == Codec::kOpus && config.size() > kOpusChannels) {
        return kept(48'000, config[kOpusChannels]);
    }
    if (codec != Codec::kAac) {
        return coded == PcmFormat{} ? kDefaultFormat : kept(coded.sample_rate_hz, coded.channels);
    }
    const auto parsed = wire::parse_audio_specific_config(config);
    if (!parsed) {
        return tl::unexpected{parsed.error()};
    }
    return kept(static_cast<int>(parsed->sample_rate_hz), parsed->channels);
}

}  // namespace

SoundPath::SoundPath(MixSettings mix, StreamDuration longest, Sinks sinks)
    : mix_{mix}, longest_{longest}, sinks_{std::move(sinks)} {}

Result<void> SoundPath::configure(Codec codec, SharedBytes config, PcmFormat coded) {
    if (config_ && codec == codec_ && coded == coded_ && *config == *config_) {
        return {};  // there is a decoder, or it was said that there is none
    }
    if (!track_) {
        const auto format = format_of(codec, *config, coded);
        if (!format) {
            return tl::unexpected{format.error()};
        }
        if (auto started = start(*format); !started) {
            return started;
        }
    }
    drain_decoder();
    auto decoder = gst::AudioDecoder::start(codec, *config, track_->format(), sinks_.on_pcm,
                                            sinks_.on_error, coded);
    if (!decoder && codec != codec_) {
        decoder_.reset();
    }
    codec_ = codec;
    config_ = std::move(config);
    coded_ = coded;
    if (!decoder) {
        return tl::unexpected{std::move(decoder.error())};
    }
    decoder_ = std::move(*decoder);
    return {};
}

Result<void> SoundPath::start_silent() {
    return start(kDefaultFormat);
}

Result<void> SoundPath::start(PcmFormat format) {
    auto encoder = gst::AacEncoder::start(
        format, format.channels == 1 ? kMonoBitrate : kStereoBitrate, sinks_.on_frame);
    if (!encoder) {
        return tl::unexpected{std::move(encoder.error())};
    }
    encoder_ = std::move(*encoder);
    track_.emplace(format, longest_);
    mixer_.emplace(format, mix_);
    return {};
}

bool SoundPath::decode(const EncodedUnit& frame, StreamTime dts) {
    return decoder_ != nullptr && decoder_->push(frame.payload, dts);
}

void SoundPath::add(const PcmChunk& chunk) {
    if (resync_at_ && chunk.start() >= *resync_at_) {
        track_->resync();
        resync_at_.reset();
    }
    track_->append(chunk);
    shifts_.placed(end(), track_->skew());
}

void SoundPath::drain_decoder() {
    if (decoder_) {
        decoder_->drain();
    }
}

PcmChunk SoundPath::cut(StreamTime start, StreamTime end) const {
    const auto& format = track_->format();
    auto samples = track_->read(sample_at(start, format.sample_rate_hz),
                                sample_at(end, format.sample_rate_hz));
    return *PcmChunk::make(start, format, std::move(samples));
}

void SoundPath::place(PcmChunk dub, bool is_alone) {
    const auto start = dub.start();
    dubs_.insert_or_assign(start, PlacedDub{std::move(dub), is_alone});
}

void SoundPath::mix_until(StreamTime until) {
    const auto& format = track_->format();
    const std::int64_t from = mixer_->position();
    const std::int64_t to = sample_at(until, format.sample_rate_hz);
    if (to <= from) {
        return;
    }
    while (!dubs_.empty() && dubs_.begin()->first <= until + kPlacedAhead) {
        mixer_->add(dubs_.begin()->second.sound, dubs_.begin()->second.is_alone);
        dubs_.erase(dubs_.begin());
    }
    track_->fill_to(to);
    auto samples = track_->read(from, to);
    mixer_->mix(samples);
    encode(std::move(samples));
}

void SoundPath::forget_before(StreamTime time) {
    track_->drop_before(
        std::min(mixer_->position(), sample_at(time, track_->format().sample_rate_hz)));
}

void SoundPath::encode(std::vector<std::int16_t> samples) {
    // The encoder counts what it takes, so nothing may be skipped: what it refuses is offered
    // again.
    if (unencoded_.empty()) {
        unencoded_ = std::move(samples);
    } else {
        unencoded_.insert(unencoded_.end(), samples.begin(), samples.end());
    }
    if (encoder_->push(unencoded_)) {
        unencoded_.clear();
        return;
    }
    const auto& format = track_->format();
    const auto most = samples_in(kEncoderPatience, format.sample_rate_hz) * format.channels;
    if (unencoded_.size() > static_cast<std::size_t>(most)) {
        sinks_.on_error(Error{ErrorCode::kExhausted, "the AAC encoder does not keep up"});
    }
}

void SoundPath::drain_encoder() {
    encoder_->drain();
}

std::optional<StreamTime> SoundPath::frame_time(const gst::AacFrame& frame) const {
    if (frame.first_sample < 0) {
        return std::nullopt;
    }
    return sample_time(frame.first_sample, track_->format().sample_rate_hz);
}

EncodedUnit SoundPath::output_config() const {
    EncodedUnit unit;
    unit.kind = UnitKind::kAudioConfig;
    unit.codec = Codec::kAac;
    unit.payload = std::make_shared<const Bytes>(encoder_->audio_specific_config());
    return unit;
}

StreamTime SoundPath::end() const {
    return sample_time(track_->end(), track_->format().sample_rate_hz);
}

StreamTime SoundPath::mixed() const {
    return sample_time(mixer_->position(), track_->format().sample_rate_hz);
}

}  // namespace livedub
