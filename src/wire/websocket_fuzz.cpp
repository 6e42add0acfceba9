// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// However the bytes are cut, the same messages and the same violation come out.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/websocket.hpp"

namespace {

using livedub::wire::WebSocketMessage;
using livedub::wire::WebSocketOpcode;
using livedub::wire::WebSocketReader;

constexpr std::size_t kMost = 70'000;

/// False: there was a violation, which is in `messages` now.
bool take(WebSocketReader& reader, std::string_view input,
          std::vector<WebSocketMessage>& messages) {
    std::string text{input};
    std::span<char> bytes{text};
    while (true) {
        auto taken = reader.take(bytes);
        if (!taken) {
            messages.push_back({WebSocketOpcode::kContinuation, std::string{taken.error().what}});
            return false;
        }
        if (!*taken) {
            return true;
        }
        messages.push_back(std::move(**taken));
    }
}

std::vector<WebSocketMessage> read_whole(std::string_view input) {
    WebSocketReader reader{kMost};
    std::vector<WebSocketMessage> messages;
    static_cast<void>(take(reader, input, messages));
    return messages;
}

std::vector<WebSocketMessage> read_in_pieces(std::string_view input, std::size_t size) {
    WebSocketReader reader{kMost};
    std::vector<WebSocketMessage> messages;
    while (!input.empty()) {
        const auto piece = input.substr(0, size);
        input.remove_prefix(piece.size());
        if (!take(reader, piece, messages)) {
            break;
        }
    }
    return messages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const auto whole = read_whole(input);
    for (const std::size_t piece : {1U, 7U, 100U}) {
        if (read_in_pieces(input, piece) != whole) {
            std::abort();
        }
    }
    for (const auto& message : whole) {
        if (message.bytes.size() > kMost) {
            std::abort();
        }
    }
    return 0;
}
