// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// decode_clip() on any bytes: an error or sound of at most the longest clip, never a crash.

#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "clips/clip.hpp"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace livedub;
    using namespace livedub::clips;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto format = size % 2 == 0 ? ClipFormat::kM4a : ClipFormat::kPcmF32;
    const auto clip =
        decode_clip(bytes, {.format = format, .pcm = {.sample_rate_hz = 48'000, .channels = 2}});
    if (clip) {
        LIVEDUB_CHECK(clip->sound.frames() > 0);
        LIVEDUB_CHECK(clip->sound.duration() <= kLongestClip);
    }
    static_cast<void>(adts_to_m4a(bytes));
    return 0;
}
