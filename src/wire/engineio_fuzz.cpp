// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A packet, a payload of packets, a handshake: whatever decodes must encode to something that
// decodes to the same, and to the same text where there is only one.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "wire/engineio.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace livedub::wire;  // NOLINT(google-build-using-namespace)
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    if (const auto packet = decode_engineio(std::string{input});
        packet && encode_engineio(*packet) != input) {
        std::abort();
    }
    if (const auto packets = decode_engineio_payload(input);
        packets && encode_engineio_payload(*packets) != input) {
        std::abort();
    }
    if (const auto handshake = decode_handshake(input)) {
        const auto text = encode_handshake(*handshake);
        const auto again = decode_handshake(text);
        if (!again || again->sid != handshake->sid || encode_handshake(*again) != text) {
            std::abort();
        }
    }
    return 0;
}
