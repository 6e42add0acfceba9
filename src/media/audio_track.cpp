// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media/audio_track.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "media/sample_time.hpp"

namespace livedub {
namespace {

using std::chrono::milliseconds;

/// Within this a chunk counts as continuing the last one: encoders' timestamps jitter by up to a
/// frame.
constexpr milliseconds kJitter{45};
/// Drift removal begins at the first and ends at the second.
constexpr milliseconds kDriftNoticed{4};
constexpr milliseconds kDriftGone{1};
/// Weight of one chunk in the smoothed deviation: averages over about two seconds.
constexpr double kSmoothing = 0.01;
/// Frames dropped or doubled in a chunk of 1024: 0.4 %, which nobody hears.
constexpr std::int64_t kFramesPerChunk = 4;
constexpr milliseconds kEdgeFade{5};

}  // namespace

AudioTrack::AudioTrack(PcmFormat format, StreamDuration longest)
    : format_{format}, longest_{samples_in(longest, format.sample_rate_hz)} {}

void AudioTrack::append(const PcmChunk& chunk) {
    LIVEDUB_CHECK(chunk.format() == format_);
    const auto frames = static_cast<std::int64_t>(chunk.frames());
    const std::int64_t deviation = sample_at(chunk.start(), format_.sample_rate_hz) - end_;
    const bool is_continuous =
        !is_resyncing_ && std::abs(deviation) <= samples_in(kJitter, format_.sample_rate_hz);
    if (is_continuous) {
        append_drifting(chunk, deviation);
        return;
    }

    is_resyncing_ = false;
    is_removing_drift_ = false;
    deviation_ = 0.0;
    if (deviation != 0 && end_ > 0) {
        ++corrections_;
        fade_out_end();
    }
    if (deviation > 0) {
        fill_to(end_ + deviation);
    }
    const std::int64_t overlap = std::min(frames, std::max<std::int64_t>(0, -deviation));
    append_samples(chunk.samples().data() + overlap * format_.channels, frames - overlap);
    if (overlap == frames) {
        is_resyncing_ = true;  // all of it was old: the next one decides
    }
}

void AudioTrack::append_drifting(const PcmChunk& chunk, std::int64_t deviation) {
    const auto frames = static_cast<std::int64_t>(chunk.frames());
    deviation_ += kSmoothing * (static_cast<double>(deviation) - deviation_);

    const auto rate = format_.sample_rate_hz;
    const auto noticed = static_cast<double>(samples_in(kDriftNoticed, rate));
    const auto gone = static_cast<double>(samples_in(kDriftGone, rate));
    if (!is_removing_drift_ && std::abs(deviation_) > noticed) {
        is_removing_drift_ = true;
        ++corrections_;
    } else if (is_removing_drift_ && std::abs(deviation_) < gone) {
        is_removing_drift_ = false;
    }
    if (!is_removing_drift_ || frames < 2 * kFramesPerChunk) {
        append_samples(chunk.samples().data(), frames);
        return;
    }

    // Positive: the sound is early and grows by doubling frames; negative: late, and shrinks.
    const bool grows = deviation_ > 0;
    const std::int64_t part = frames / kFramesPerChunk;
    for (std::int64_t i = 0; i < kFramesPerChunk; ++i) {
        const std::int64_t from = i * part;
        const std::int64_t to = i + 1 == kFramesPerChunk ? frames : from + part;
        const auto* samples = chunk.samples().data() + from * format_.channels;
        append_samples(samples, grows ? to - from : to - from - 1);
        if (grows) {
            append_samples(samples + (to - from - 1) * format_.channels, 1);
        }
    }
    deviation_ += grows ? -kFramesPerChunk : kFramesPerChunk;
}

void AudioTrack::fill_to(std::int64_t frame) {
    if (frame <= end_) {
        return;
    }
    if (frame - end_ >= longest_) {  // only the last part would be kept: do not make the rest
        samples_.clear();
        begin_ = end_ = frame - longest_;
    }
    samples_.resize(samples_.size() + static_cast<std::size_t>((frame - end_) * format_.channels));
    end_ = frame;
    drop_before(end_ - longest_);
}

void AudioTrack::append_samples(const std::int16_t* samples, std::int64_t frames) {
    samples_.insert(samples_.end(), samples, samples + frames * format_.channels);
    end_ += frames;
    drop_before(end_ - longest_);
}

void AudioTrack::fade_out_end() {
    const std::int64_t fade =
        std::min(end_ - begin_, samples_in(kEdgeFade, format_.sample_rate_hz));
    for (std::int64_t i = 0; i < fade * format_.channels; ++i) {
        auto& sample = samples_[samples_.size() - 1 - static_cast<std::size_t>(i)];
        sample = static_cast<std::int16_t>(sample * (i / format_.channels) / fade);
    }
}

std::vector<std::int16_t> AudioTrack::read(std::int64_t from, std::int64_t to) const {
    std::vector<std::int16_t> out(static_cast<std::size_t>(std::max<std::int64_t>(0, to - from)) *
                                  static_cast<std::size_t>(format_.channels));
    const std::int64_t first = std::max(from, begin_);
    const std::int64_t last = std::min(to, end_);
    if (first < last) {
        std::copy(samples_.begin() + (first - begin_) * format_.channels,
                  samples_.begin() + (last - begin_) * format_.channels,
                  out.begin() + (first - from) * format_.channels);
    }
    return out;
}

void AudioTrack::drop_before(std::int64_t frame) {
    const std::int64_t past = std::min(frame, end_) - begin_;
    // Moving what remains costs as much as what is dropped brings only if done rarely.
    if (past < format_.sample_rate_hz && end_ - begin_ < longest_ + format_.sample_rate_hz) {
        return;
    }
    samples_.erase(samples_.begin(), samples_.begin() + past * format_.channels);
    begin_ += past;
}

StreamDuration AudioTrack::skew() const {
    return StreamDuration{
        std::llround(-deviation_ * static_cast<double>(kNanosPerSecond) / format_.sample_rate_hz)};
}

}  // namespace livedub
