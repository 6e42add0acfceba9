// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/sniff.hpp"

#include <cstddef>
#include <cstdint>

#include "clips/clip.hpp"

namespace livedub::clips {
namespace {

constexpr std::size_t kAdtsHeaderSize = 7;

std::uint32_t byte_at(std::string_view bytes, std::size_t at) noexcept {
    return static_cast<std::uint8_t>(bytes[at]);
}

/// Twelve bits of sync and a layer of zero; MPEG audio of other layers has the same sync.
bool is_adts_sync(std::string_view bytes) noexcept {
    return bytes.size() >= 2 && byte_at(bytes, 0) == 0xFFU && (byte_at(bytes, 1) & 0xF6U) == 0xF0U;
}

}  // namespace

bool is_adts_chain(std::string_view bytes) noexcept {
    for (int frame = 0; frame < 3; ++frame) {
        if (!is_adts_sync(bytes) || bytes.size() < kAdtsHeaderSize) {
            return false;
        }
        const std::size_t size =
            (byte_at(bytes, 3) & 0x03U) << 11U | byte_at(bytes, 4) << 3U | byte_at(bytes, 5) >> 5U;
        if (size < kAdtsHeaderSize || size > bytes.size()) {
            return false;
        }
        bytes.remove_prefix(size);
        if (bytes.empty()) {
            return true;
        }
    }
    return true;
}

std::optional<ClipFormat> sniff_clip(std::string_view bytes) noexcept {
    if (bytes.size() >= 8 && bytes.substr(4, 4) == "ftyp") {
        return ClipFormat::kM4a;
    }
    if (bytes.size() >= 12 && bytes.substr(0, 4) == "RIFF" && bytes.substr(8, 4) == "WAVE") {
        return ClipFormat::kWav;
    }
    if (is_adts_sync(bytes)) {
        return ClipFormat::kAdts;
    }
    return std::nullopt;
}

}  // namespace livedub::clips
