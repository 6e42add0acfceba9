// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media/dub_mixer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.hpp"
#include "media/sample_time.hpp"

namespace livedub {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kEdgeFade{5};
constexpr milliseconds kActivityHop{10};
/// A pause shorter than this is part of the speech: the original does not pump up between words.
constexpr milliseconds kBridgedPause{400};
/// Quieter than this (about -46 dBFS) the dub is taken for silent.
constexpr int kSpeechPeak = 160;

float amplitude(double db) {
    return db <= MixSettings::kMute ? 0.0F : static_cast<float>(std::pow(10.0, db / 20.0));
}

/// The factor that, applied once per frame, travels `db` in `time`.
float per_frame(double db, milliseconds time, int sample_rate_hz) {
    const auto frames =
        static_cast<double>(std::max<std::int64_t>(1, samples_in(time, sample_rate_hz)));
    return static_cast<float>(std::pow(10.0, std::min(db, -0.1) / 20.0 / frames));
}

std::int16_t saturate(int value) {
    return static_cast<std::int16_t>(std::clamp(value, -32'768, 32'767));
}

}  // namespace

DubMixer::DubMixer(PcmFormat format, MixSettings settings)
    : format_{format},
      floor_{amplitude(settings.duck_db)},
      down_{per_frame(settings.duck_db, settings.attack, format.sample_rate_hz)},
      up_{1.0F / per_frame(settings.duck_db, settings.release, format.sample_rate_hz)},
      down_to_mute_{per_frame(MixSettings::kMute, settings.attack, format.sample_rate_hz)},
      up_from_mute_{1.0F / per_frame(MixSettings::kMute, settings.release, format.sample_rate_hz)},
      lookahead_{samples_in(settings.attack, format.sample_rate_hz)} {}

void DubMixer::add(const PcmChunk& dub, bool is_alone) {
    LIVEDUB_CHECK(dub.format() == format_);
    const auto channels = static_cast<std::size_t>(format_.channels);
    Dub placed{sample_at(dub.start(), format_.sample_rate_hz), dub.samples()};
    if (const std::int64_t past = position_ - placed.first; past > 0) {
        const auto cut = std::min(placed.samples.size(), static_cast<std::size_t>(past) * channels);
        placed.samples.erase(placed.samples.begin(),
                             placed.samples.begin() + static_cast<std::ptrdiff_t>(cut));
        placed.first = position_;
    }
    fade_edges(placed.samples);
    if (is_alone) {
        const auto frames = static_cast<std::int64_t>(placed.samples.size() / channels);
        speech_.push_back({.first = placed.first, .last = placed.first + frames, .is_alone = true});
    } else {
        find_speech(placed);
    }
    dubs_.push_back(std::move(placed));
}

void DubMixer::fade_edges(std::vector<std::int16_t>& samples) const {
    const auto channels = static_cast<std::size_t>(format_.channels);
    const std::size_t frames = samples.size() / channels;
    const auto fade = std::min(
        frames / 2, static_cast<std::size_t>(samples_in(kEdgeFade, format_.sample_rate_hz)));
    for (std::size_t frame = 0; frame < fade; ++frame) {
        const float gain = static_cast<float>(frame) / static_cast<float>(fade);
        for (std::size_t channel = 0; channel < channels; ++channel) {
            for (auto* sample : {&samples[frame * channels + channel],
                                 &samples[(frames - 1 - frame) * channels + channel]}) {
                *sample =
                    static_cast<std::int16_t>(std::lround(static_cast<float>(*sample) * gain));
            }
        }
    }
}

void DubMixer::find_speech(const Dub& dub) {
    const auto channels = static_cast<std::size_t>(format_.channels);
    const auto hop = static_cast<std::size_t>(samples_in(kActivityHop, format_.sample_rate_hz));
    const std::int64_t bridge = samples_in(kBridgedPause, format_.sample_rate_hz);
    for (std::size_t at = 0; at < dub.samples.size(); at += hop * channels) {
        const auto end = std::min(dub.samples.size(), at + hop * channels);
        const bool speaks = std::any_of(dub.samples.begin() + static_cast<std::ptrdiff_t>(at),
                                        dub.samples.begin() + static_cast<std::ptrdiff_t>(end),
                                        [](int sample) { return std::abs(sample) > kSpeechPeak; });
        if (!speaks) {
            continue;
        }
        const Span span{.first = dub.first + static_cast<std::int64_t>(at / channels),
                        .last = dub.first + static_cast<std::int64_t>(end / channels),
                        .is_alone = false};
        if (!speech_.empty() && !speech_.back().is_alone &&
            span.first - speech_.back().last <= bridge) {
            speech_.back().last = span.last;
        } else {
            speech_.push_back(span);
        }
    }
}

float DubMixer::floor_at(std::int64_t frame) {
    while (!speech_.empty() && speech_.front().last <= frame) {
        speech_.pop_front();
    }
    const bool is_ducked = !speech_.empty() && speech_.front().first - lookahead_ <= frame;
    if (!is_ducked) {
        return 1.0F;
    }
    return speech_.front().is_alone ? 0.0F : floor_;
}

void DubMixer::mix(std::span<std::int16_t> original) {
    const auto channels = static_cast<std::size_t>(format_.channels);
    LIVEDUB_CHECK(original.size() % channels == 0);
    const auto frames = static_cast<std::int64_t>(original.size() / channels);
    const bool is_untouched =
        gain_ >= 1.0F &&
        (speech_.empty() || speech_.front().first - lookahead_ > position_ + frames);
    if (!is_untouched) {
        // Gains below this are inaudible: from there the way down ends at zero and the way up
        // begins.
        constexpr float kInaudible = 2e-5F;
        for (std::int64_t frame = 0; frame < frames; ++frame) {
            const float floor = floor_at(position_ + frame);
            if (gain_ > floor) {
                const float lower = gain_ * (gain_ > floor_ ? down_ : down_to_mute_);
                gain_ = std::max(floor, lower < kInaudible ? 0.0F : lower);
            } else {
                const float up = gain_ < floor_ ? up_from_mute_ : up_;
                gain_ = std::min(floor, std::max(gain_, kInaudible) * up);
            }
            for (std::size_t channel = 0; channel < channels; ++channel) {
                auto& sample = original[static_cast<std::size_t>(frame) * channels + channel];
                sample = static_cast<std::int16_t>(std::lround(static_cast<float>(sample) * gain_));
            }
        }
    }
    add_speech(original);
    position_ += frames;
    drop_past();
}

void DubMixer::add_speech(std::span<std::int16_t> block) const {
    const auto channels = static_cast<std::int64_t>(format_.channels);
    const std::int64_t block_end = position_ + static_cast<std::int64_t>(block.size()) / channels;
    for (const Dub& dub : dubs_) {
        const std::int64_t dub_end =
            dub.first + static_cast<std::int64_t>(dub.samples.size()) / channels;
        const std::int64_t from = std::max(position_, dub.first);
        const std::int64_t to = std::min(block_end, dub_end);
        for (std::int64_t i = from * channels; i < to * channels; ++i) {
            auto& out = block[static_cast<std::size_t>(i - position_ * channels)];
            out = saturate(out + dub.samples[static_cast<std::size_t>(i - dub.first * channels)]);
        }
    }
}

void DubMixer::seek(std::int64_t frame) {
    LIVEDUB_CHECK(frame >= position_);
    position_ = frame;
    drop_past();
}

void DubMixer::drop_past() {
    const auto channels = static_cast<std::int64_t>(format_.channels);
    while (!dubs_.empty() &&
           dubs_.front().first +
                   static_cast<std::int64_t>(dubs_.front().samples.size()) / channels <=
               position_) {
        dubs_.pop_front();
    }
}

}  // namespace livedub
