// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// decode_sound_file() on any bytes: an error or sound of at most the longest clip, never a crash.
// All of a file is refused where its beginning is taken, but not the other way round.

#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "clips/clip.hpp"
#include "clips/sound_file.hpp"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace livedub;
    using namespace livedub::clips;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto beginning = decode_sound_file(bytes, FilePart::kBeginning);
    if (beginning) {
        LIVEDUB_CHECK(sniff_sound_file(bytes).has_value());
        LIVEDUB_CHECK(beginning->frames() > 0);
        LIVEDUB_CHECK(beginning->duration() <= kLongestClip);
    }
    const auto whole = decode_sound_file(bytes, FilePart::kWhole);
    if (whole) {
        LIVEDUB_CHECK(beginning.has_value());
        LIVEDUB_CHECK(whole->frames() == beginning->frames());
        LIVEDUB_CHECK(whole->duration() < kLongestClip);
    }
    return 0;
}
