// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The server's answer must not depend on how the client's bytes are cut (the first byte says
// where).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "wire/rtmp_handshake.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace livedub::wire;  // NOLINT(google-build-using-namespace)
    if (size == 0) {
        return 0;
    }
    const ByteView bytes{data, size};
    const std::size_t cut = std::min<std::size_t>(data[size - 1] * 8U, size);

    RtmpServerHandshake whole{1};
    Bytes answer;
    const auto used = whole.feed(bytes, answer);

    RtmpServerHandshake pieces{1};
    Bytes answer_in_two;
    const auto first = pieces.feed(bytes.first(cut), answer_in_two);
    if (first) {
        const auto second = pieces.feed(bytes.subspan(*first), answer_in_two);
        if (used && second && (*used != *first + *second || answer != answer_in_two)) {
            std::abort();
        }
    }
    if (used && *used > size) {
        std::abort();
    }
    return 0;
}
