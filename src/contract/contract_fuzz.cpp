// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The first byte chooses the message, the rest is its JSON text. What could be read is written,
// read and written again: the two texts must be the same.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.hpp"
#include "contract/fragment_messages.hpp"
#include "contract/hook_event.hpp"
#include "contract/session_messages.hpp"

namespace {

using namespace livedub::contract;

constexpr std::string_view kAttachment = "\x01\xFF bytes";

template <auto Parse>
void round_trip(std::string_view text) {
    const auto message = Parse(text);
    if (!message) {
        LIVEDUB_CHECK(!message.error().message.empty());
        LIVEDUB_CHECK(message.error().message.size() < 1'000);
        return;
    }
    const std::string written = to_json(*message);
    const auto again = Parse(written);
    LIVEDUB_CHECK(again.has_value());
    LIVEDUB_CHECK(to_json(*again) == written);
}

void init(std::string_view text) {
    const auto message = parse_stream_init(text);
    if (message && message->dialect == Dialect::kNested) {
        round_trip<parse_stream_init>(text);
    }
}

void fragment(std::string_view text) {
    std::array<std::string, 1> attachments{std::string{kAttachment}};
    auto message = parse_fragment_data(std::string{text}, attachments, StreamInit{}, true);
    if (!message) {
        LIVEDUB_CHECK(!message.error().violation.message.empty());
        return;
    }
    auto written = to_json(*std::move(message));
    auto again = parse_fragment_data(written.json, written.attachments, StreamInit{}, true);
    LIVEDUB_CHECK(again.has_value());
    LIVEDUB_CHECK(to_json(*std::move(again)).json == written.json);
}

void hook(std::string_view text) {
    const auto event = parse_hook_event(text);
    if (event) {
        LIVEDUB_CHECK(!event->stream_id.empty() && event->stream_id.size() <= 128);
    } else {
        LIVEDUB_CHECK(!event.error().empty());
        LIVEDUB_CHECK(to_json(event.error()).starts_with(R"({"detail":[{"loc":["body")"));
    }
}

void processed(std::string_view text, Dialect dialect) {
    std::array<std::string, 1> attachments{std::string{kAttachment}};
    auto message = parse_fragment_processed(text, attachments);
    if (!message) {
        return;
    }
    auto written = to_json(*std::move(message), dialect);
    auto again = parse_fragment_processed(written.json, written.attachments);
    LIVEDUB_CHECK(again.has_value());
    LIVEDUB_CHECK(to_json(*std::move(again), dialect).json == written.json);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string input{data + 1, data + size};
    const std::string_view text{input};
    switch (data[0]) {
        case 'a':
            round_trip<parse_fragment_ack>(text);
            break;
        case 'b':
            round_trip<parse_backpressure>(text);
            break;
        case 'c':
            round_trip<parse_stream_control>(text);
            break;
        case 'd':
            (void)parse_simulate_disconnect(text);
            break;
        case 'e':
            round_trip<parse_error_event>(text);
            break;
        case 'f':
            fragment(text);
            break;
        case 'h':
            hook(text);
            break;
        case 'i':
            init(text);
            break;
        case 'm':
            round_trip<parse_stream_complete>(text);
            break;
        case 'p':
            processed(text, Dialect::kNested);
            break;
        case 'q':
            processed(text, Dialect::kFlat);
            break;
        case 'r':
            round_trip<parse_stream_ready>(text);
            break;
        case 's':
            (void)parse_error_simulation(text);
            break;
        default:
            break;
    }
    return 0;
}
