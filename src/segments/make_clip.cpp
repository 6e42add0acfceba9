// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "segments/make_clip.hpp"

#include <memory>
#include <string>
#include <utility>

#include "clips/clip.hpp"

namespace livedub::segments {

Result<ClipBytes> make_clip(const PcmChunk& sound, const std::stop_token& stop) {
    const auto rate = clips::nearest_clip_rate(sound.format().sample_rate_hz);
    const bool is_known = rate == sound.format().sample_rate_hz;
    auto bytes =
        is_known ? clips::encode_clip(sound, clips::ClipFormat::kM4a, stop)
                 : clips::encode_clip(clips::convert(sound, {.sample_rate_hz = rate,
                                                             .channels = sound.format().channels}),
                                      clips::ClipFormat::kM4a, stop);
    if (!bytes) {
        return tl::unexpected{std::move(bytes).error()};
    }
    return std::make_shared<const std::string>(std::move(*bytes));
}

}  // namespace livedub::segments
