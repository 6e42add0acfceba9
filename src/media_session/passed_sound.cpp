// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "media_session/passed_sound.hpp"

#include <utility>

#include "wire/flv.hpp"

namespace livedub {

Result<void> PassedSound::configure(SharedBytes config) {
    if (config_ && *config_ == *config) {
        return {};
    }
    while (!packets_.empty()) {
        drop_oldest();
    }
    config_.reset();
    const auto parsed = wire::parse_audio_specific_config(*config);
    if (!parsed) {
        return tl::unexpected{parsed.error()};
    }
    constexpr int kUsualChannels = 2;  // where the packets themselves say how many there are
    format_ = {.sample_rate_hz = static_cast<int>(parsed->sample_rate_hz),
               .channels = parsed->channels == 0 ? kUsualChannels : parsed->channels};
    config_ = std::move(config);
    return {};
}

void PassedSound::add(StreamTime start, SharedBytes bytes) {
    if (!config_) {
        ++dropped_;
        return;
    }
    bytes_ += bytes->size();
    packets_.push_back({start, std::move(bytes)});
    while (packets_.size() > kMostPackets || bytes_ > kMostBytes) {
        drop_oldest();
    }
}

std::optional<AacPackets> PassedSound::take_before(StreamTime end) {
    AacPackets taken{.config = config_, .format = format_, .packets = {}};
    while (!packets_.empty() && packets_.front().start < end) {
        bytes_ -= packets_.front().bytes->size();
        taken.packets.push_back(std::move(packets_.front()));
        packets_.pop_front();
    }
    return taken.packets.empty() ? std::nullopt : std::optional{std::move(taken)};
}

std::optional<StreamTime> PassedSound::end() const {
    if (packets_.empty()) {
        return std::nullopt;
    }
    const auto last = sample_time(AacPackets::kSamplesPerPacket, format_.sample_rate_hz);
    return packets_.back().start + last.time_since_epoch();
}

void PassedSound::drop_oldest() {
    bytes_ -= packets_.front().bytes->size();
    packets_.pop_front();
    ++dropped_;
}

}  // namespace livedub
