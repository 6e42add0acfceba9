// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The same bytes, whole and cut in two (the first byte says where), must give the same messages;
// and every message is parsed as what it says it is.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "wire/flv.hpp"
#include "wire/rtmp_chunk.hpp"
#include "wire/rtmp_message.hpp"

namespace {

using livedub::wire::MessageType;
using livedub::wire::RtmpMessage;

constexpr livedub::wire::ChunkLimits kLimits{.message_bytes = 65536, .chunk_streams = 8};

void parse(const RtmpMessage& message) {
    switch (message.type) {
        case MessageType::kCommand:
        case MessageType::kCommandAmf3:
            (void)livedub::wire::parse_command(message);
            break;
        case MessageType::kData:
        case MessageType::kDataAmf3:
            (void)livedub::wire::data_for_players(message);
            break;
        case MessageType::kUserControl:
            (void)livedub::wire::parse_user_control(message.payload);
            break;
        case MessageType::kVideo:
            (void)livedub::wire::parse_video_tag(message.payload);
            break;
        case MessageType::kAudio:
            (void)livedub::wire::parse_audio_tag(message.payload);
            break;
        default:
            break;
    }
}

bool is_same(const RtmpMessage& left, const RtmpMessage& right) {
    return left.type == right.type && left.timestamp_ms == right.timestamp_ms &&
           left.stream_id == right.stream_id && left.payload == right.payload;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const livedub::wire::ByteView bytes{data + 1, size - 1};
    const std::size_t cut = std::min<std::size_t>(data[0], bytes.size());

    livedub::wire::ChunkReader whole{kLimits};
    std::vector<RtmpMessage> at_once;
    const bool is_fine = whole.feed(bytes, at_once).has_value();

    livedub::wire::ChunkReader pieces{kLimits};
    std::vector<RtmpMessage> in_two;
    const bool is_fine_in_two = pieces.feed(bytes.first(cut), in_two).has_value() &&
                                pieces.feed(bytes.subspan(cut), in_two).has_value();

    if (is_fine != is_fine_in_two || !std::ranges::equal(at_once, in_two, is_same)) {
        std::abort();
    }
    std::ranges::for_each(at_once, parse);
    return 0;
}
