// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Feeds an FLV stream in two pieces (the first byte says where it is cut) and parses each body.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "wire/flv.hpp"

namespace {

void parse(const livedub::Result<std::vector<livedub::wire::FlvTag>>& tags) {
    if (!tags) {
        return;
    }
    for (const auto& tag : *tags) {
        const livedub::wire::ByteView body{*tag.body};
        if (const auto video = livedub::wire::parse_video_tag(body)) {
            (void)body.subspan(video->payload_offset);
        }
        if (const auto audio = livedub::wire::parse_audio_tag(body)) {
            (void)livedub::wire::parse_audio_specific_config(body.subspan(audio->payload_offset));
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const livedub::wire::ByteView bytes{data + 1, size - 1};
    const std::size_t cut = std::min<std::size_t>(data[0], bytes.size());
    livedub::wire::FlvTagReader reader;
    const auto first = reader.feed(bytes.first(cut));
    parse(first);
    if (first) {
        parse(reader.feed(bytes.subspan(cut)));
    }
    return 0;
}
