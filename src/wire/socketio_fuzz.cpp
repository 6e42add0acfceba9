// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Whatever decodes must encode to something that decodes to the same, and an event taken apart and
// joined must be that event again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "wire/socketio.hpp"

namespace {

void check_event(std::string_view json) {
    const auto event = livedub::wire::split_event(std::string{json});
    if (!event) {
        return;
    }
    const auto again =
        livedub::wire::split_event(livedub::wire::join_event(event->name, event->argument));
    if (!again || again->name != event->name || again->argument != event->argument) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    check_event(input);
    const auto packet = livedub::wire::decode_socketio(std::string{input});
    if (!packet) {
        return 0;
    }
    check_event(packet->json);
    const auto again = livedub::wire::decode_socketio(livedub::wire::encode_socketio(*packet));
    if (!again || *again != *packet) {
        std::abort();
    }
    return 0;
}
