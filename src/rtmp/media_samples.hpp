// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Small media messages for tests: bodies that parse as what they are, no picture in them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "rtmp/media_message.hpp"
#include "wire/amf0.hpp"

namespace livedub::rtmp::samples {

inline wire::RtmpMessage message(wire::MessageType type, std::uint32_t timestamp_ms,
                                 wire::Bytes body) {
    return {.type = type,
            .timestamp_ms = timestamp_ms,
            .stream_id = kMessageStreamId,
            .payload = std::move(body)};
}

/// @param mark Tells one from another; the last byte.
inline wire::RtmpMessage video_config(std::uint8_t mark = 0) {
    return message(wire::MessageType::kVideo, 0, {0x17, 0, 0, 0, 0, 1, 0x64, 0, 0x1F, mark});
}
inline wire::RtmpMessage audio_config() {
    return message(wire::MessageType::kAudio, 0, {0xAF, 0, 0x12, 0x10});
}
inline wire::RtmpMessage keyframe(std::uint32_t timestamp_ms, std::size_t size = 16) {
    wire::Bytes body{0x17, 1, 0, 0, 0};
    body.resize(size, 0x65);
    return message(wire::MessageType::kVideo, timestamp_ms, std::move(body));
}
inline wire::RtmpMessage inter_frame(std::uint32_t timestamp_ms, std::size_t size = 16) {
    wire::Bytes body{0x27, 1, 0, 0, 0};
    body.resize(size, 0x41);
    return message(wire::MessageType::kVideo, timestamp_ms, std::move(body));
}
inline wire::RtmpMessage audio_frame(std::uint32_t timestamp_ms, std::size_t size = 8) {
    wire::Bytes body{0xAF, 1};
    body.resize(size, 0x21);
    return message(wire::MessageType::kAudio, timestamp_ms, std::move(body));
}
inline wire::RtmpMessage metadata(std::uint32_t timestamp_ms = 0) {
    wire::Bytes body;
    wire::append_amf0(body, "@setDataFrame");
    wire::append_amf0(body, "onMetaData");
    wire::append_amf0(body, wire::AmfEcmaArray{{{"width", 1280.0}}});
    return message(wire::MessageType::kData, timestamp_ms, std::move(body));
}
inline wire::RtmpMessage cue_point(std::uint32_t timestamp_ms) {
    wire::Bytes body;
    wire::append_amf0(body, "onCuePoint");
    wire::append_amf0(body, wire::AmfEcmaArray{{{"name", "goal"}}});
    return message(wire::MessageType::kData, timestamp_ms, std::move(body));
}

}  // namespace livedub::rtmp::samples
