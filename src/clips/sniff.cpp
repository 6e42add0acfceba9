// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/sniff.hpp"

#include <algorithm>
#include <array>
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

/// Bytes of the frame that begins here; 0 when none does.
std::size_t adts_frame_size(std::string_view bytes) noexcept {
    if (!is_adts_sync(bytes) || bytes.size() < kAdtsHeaderSize) {
        return 0;
    }
    const std::size_t size =
        (byte_at(bytes, 3) & 0x03U) << 11U | byte_at(bytes, 4) << 3U | byte_at(bytes, 5) >> 5U;
    return size < kAdtsHeaderSize ? 0 : size;
}

/// The same of the third layer; of no other, which nobody sends.
std::size_t mp3_frame_size(std::string_view bytes) noexcept {
    constexpr std::array<std::uint16_t, 15> kMpeg1Kbps{0,   32,  40,  48,  56,  64,  80, 96,
                                                       112, 128, 160, 192, 224, 256, 320};
    constexpr std::array<std::uint16_t, 15> kMpeg2Kbps{0,  8,  16, 24,  32,  40,  48, 56,
                                                       64, 80, 96, 112, 128, 144, 160};
    constexpr std::array<std::uint32_t, 3> kRates{44'100, 48'000, 32'000};
    if (bytes.size() < 4 || byte_at(bytes, 0) != 0xFFU || (byte_at(bytes, 1) & 0xE6U) != 0xE2U) {
        return 0;
    }
    const auto version = byte_at(bytes, 1) >> 3U & 3U;  // 3: MPEG-1, 2: MPEG-2, 0: "2.5"
    const auto bit_rate = byte_at(bytes, 2) >> 4U;
    const auto rate = byte_at(bytes, 2) >> 2U & 3U;
    if (version == 1 || bit_rate == 0 || bit_rate == 15 || rate == 3) {
        return 0;
    }
    const bool is_mpeg1 = version == 3;
    const auto kbps = is_mpeg1 ? kMpeg1Kbps.at(bit_rate) : kMpeg2Kbps.at(bit_rate);
    const auto hz = kRates.at(rate) >> (is_mpeg1 ? 0U : version == 2 ? 1U : 2U);
    const auto padding = byte_at(bytes, 2) >> 1U & 1U;
    return (is_mpeg1 ? 144'000U : 72'000U) * kbps / hz + padding;
}

template <typename FrameSize>
bool is_chain(std::string_view bytes, FrameSize frame_size) noexcept {
    for (int frame = 0; frame < 3; ++frame) {
        const std::size_t size = frame_size(bytes);
        if (size == 0 || size > bytes.size()) {
            return false;
        }
        bytes.remove_prefix(size);
        if (bytes.empty()) {
            return true;
        }
    }
    return true;
}

}  // namespace

bool is_adts_chain(std::string_view bytes) noexcept {
    return is_chain(bytes, adts_frame_size);
}

bool is_mp3_chain(std::string_view bytes) noexcept {
    return is_chain(bytes, mp3_frame_size);
}

std::string_view past_id3(std::string_view bytes) noexcept {
    constexpr std::size_t kHeaderSize = 10;
    while (bytes.size() >= kHeaderSize && bytes.starts_with("ID3")) {
        std::size_t size = kHeaderSize;
        for (std::size_t at = 6; at < kHeaderSize; ++at) {  // seven bits of each byte
            size += static_cast<std::size_t>(byte_at(bytes, at) & 0x7FU) << 7U * (9U - at);
        }
        size += (byte_at(bytes, 5) & 0x10U) != 0 ? kHeaderSize : 0;  // the header again, behind it
        bytes.remove_prefix(std::min(size, bytes.size()));
    }
    return bytes;
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
