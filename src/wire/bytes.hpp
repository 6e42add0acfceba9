// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the parsers of this room take and give: views and runs of bytes, and the big-endian numbers
// that RTMP, FLV and AMF are made of. The readers here do not check bounds; whoever calls them has.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace livedub::wire {

using ByteView = std::span<const std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;
/// A payload that any number of receivers hold at once; nobody changes it.
using SharedBytes = std::shared_ptr<const Bytes>;

[[nodiscard]] constexpr std::uint32_t read_be16(const std::uint8_t* at) noexcept {
    return static_cast<std::uint32_t>(at[0]) << 8U | at[1];
}
[[nodiscard]] constexpr std::uint32_t read_be24(const std::uint8_t* at) noexcept {
    return static_cast<std::uint32_t>(at[0]) << 16U | read_be16(at + 1);
}
[[nodiscard]] constexpr std::uint32_t read_be32(const std::uint8_t* at) noexcept {
    return static_cast<std::uint32_t>(at[0]) << 24U | read_be24(at + 1);
}

inline void append_be16(Bytes& out, std::uint32_t value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8U));
    out.push_back(static_cast<std::uint8_t>(value));
}
inline void append_be24(Bytes& out, std::uint32_t value) {
    out.push_back(static_cast<std::uint8_t>(value >> 16U));
    append_be16(out, value);
}
inline void append_be32(Bytes& out, std::uint32_t value) {
    out.push_back(static_cast<std::uint8_t>(value >> 24U));
    append_be24(out, value);
}
inline void append_bytes(Bytes& out, ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace livedub::wire
