// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/to_m4a.hpp"

#include <memory>
#include <string>
#include <utility>

#include "clips/clip.hpp"

namespace livedub::clips {
namespace {

Result<std::string> encode(const PcmChunk& sound, const std::stop_token& stop) {
    const PcmFormat known{.sample_rate_hz = nearest_clip_rate(sound.format().sample_rate_hz),
                          .channels = sound.format().channels};
    return known == sound.format() ? encode_clip(sound, ClipFormat::kM4a, stop)
                                   : encode_clip(convert(sound, known), ClipFormat::kM4a, stop);
}

struct ToM4a {
    const std::stop_token& stop;

    Result<std::string> operator()(const ClipBytes& clip) const { return adts_to_m4a(*clip); }
    Result<std::string> operator()(const PcmChunk& sound) const { return encode(sound, stop); }
    Result<std::string> operator()(const AacPackets& packets) const {
        return packets_to_m4a(packets);
    }
};

}  // namespace

bool is_aac_clip(const ClipBytes& clip) noexcept {
    const auto format = clip == nullptr ? std::nullopt : sniff_clip(*clip);
    return format == ClipFormat::kM4a || format == ClipFormat::kAdts;
}

Result<ClipBytes> to_m4a(const ClipOrSound& from, const std::stop_token& stop) {
    const auto* const clip = std::get_if<ClipBytes>(&from);
    if (clip != nullptr && !is_aac_clip(*clip)) {
        return fail(ErrorCode::kInvalidArgument, "neither MP4 nor ADTS");
    }
    if (clip != nullptr && sniff_clip(**clip) == ClipFormat::kM4a) {
        return *clip;
    }
    auto bytes = std::visit(ToM4a{stop}, from);
    if (!bytes) {
        return tl::unexpected{std::move(bytes).error()};
    }
    return std::make_shared<const std::string>(std::move(*bytes));
}

}  // namespace livedub::clips
