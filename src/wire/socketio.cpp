// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/socketio.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "wire/json_scan.hpp"

namespace livedub::wire {
namespace {

constexpr std::size_t kMostAttachments = 64;
constexpr std::size_t kMostDepth = 64;
constexpr std::string_view kDigits = "0123456789";

bool is_binary(SocketIoType type) {
    return type == SocketIoType::kBinaryEvent || type == SocketIoType::kBinaryAck;
}

/// Events and acknowledgements: an array with perhaps an id before it.
bool has_array(SocketIoType type) {
    return is_binary(type) || type == SocketIoType::kEvent || type == SocketIoType::kAck;
}

/// Takes the digits at the front; nullopt when there are none or too many.
template <typename Number>
std::optional<Number> take_number(std::string_view& text) {
    const std::size_t size = std::min(text.find_first_not_of(kDigits), text.size());
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + size, number);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(size);
    return number;
}

Result<void> take_attachments(std::string_view& text, SocketIoPacket& packet) {
    const auto count = take_number<std::size_t>(text);
    if (!count || !text.starts_with('-')) {
        return fail(ErrorCode::kProtocol, "a binary packet without its number of attachments");
    }
    if (*count > kMostAttachments) {
        return fail(ErrorCode::kProtocol, fmt::format("{} attachments", *count));
    }
    text.remove_prefix(1);
    packet.attachments = *count;
    return {};
}

void take_name_space(std::string_view& text, SocketIoPacket& packet) {
    if (!text.starts_with('/')) {
        return;
    }
    const std::size_t comma = std::min(text.find(','), text.size());
    packet.name_space = std::string{text.substr(0, comma)};
    text.remove_prefix(std::min(comma + 1, text.size()));
}

Result<void> take_ack_id(std::string_view& text, SocketIoPacket& packet) {
    if (text.empty() || kDigits.find(text[0]) == std::string_view::npos) {
        return {};
    }
    packet.ack_id = take_number<std::uint64_t>(text);
    if (!packet.ack_id) {
        return fail(ErrorCode::kProtocol, "an acknowledgement id out of range");
    }
    return {};
}

Result<void> check_json(std::string_view json, SocketIoType type) {
    if (has_array(type)) {
        return json.starts_with('[') ? Result<void>{}
                                     : fail(ErrorCode::kProtocol, "an event that is no JSON array");
    }
    if (!json.empty() &&
        std::string_view{"{[\"-0123456789tfn"}.find(json[0]) == std::string_view::npos) {
        return fail(ErrorCode::kProtocol, "a payload that is no JSON");
    }
    return {};
}

/// The name, unescaped; nullopt when it is not a string after all.
std::optional<std::string> unquote(std::string_view quoted) {
    const auto json = nlohmann::json::parse(quoted, nullptr, false);
    return json.is_string() ? std::optional{json.get<std::string>()} : std::nullopt;
}

}  // namespace

Result<SocketIoPacket> decode_socketio(std::string_view text) {
    if (text.empty() || text[0] < '0' || text[0] > '6') {
        return fail(ErrorCode::kProtocol, "no Socket.IO packet type");
    }
    SocketIoPacket packet;
    packet.type = static_cast<SocketIoType>(text[0]);
    text.remove_prefix(1);
    if (is_binary(packet.type)) {
        if (auto taken = take_attachments(text, packet); !taken) {
            return tl::unexpected{std::move(taken).error()};
        }
    }
    take_name_space(text, packet);
    if (has_array(packet.type)) {
        if (auto taken = take_ack_id(text, packet); !taken) {
            return tl::unexpected{std::move(taken).error()};
        }
    }
    if (auto checked = check_json(text, packet.type); !checked) {
        return tl::unexpected{std::move(checked).error()};
    }
    packet.json = std::string{text};
    return packet;
}

std::string encode_socketio(const SocketIoPacket& packet) {
    std::string text;
    text.reserve(packet.json.size() + packet.name_space.size() + 32);
    text.push_back(static_cast<char>(packet.type));
    if (is_binary(packet.type)) {
        text += std::to_string(packet.attachments);
        text.push_back('-');
    }
    if (packet.name_space != "/") {
        text += packet.name_space;
        text.push_back(',');
    }
    if (packet.ack_id && has_array(packet.type)) {
        text += std::to_string(*packet.ack_id);
    }
    text += packet.json;
    return text;
}

Result<SocketIoEvent> split_event(std::string_view json_array) {
    const auto refused = fail(ErrorCode::kProtocol, "an event that is no JSON array with a name");
    const std::size_t open = skip_json_space(json_array, 0);
    const auto end = end_of_json_value(json_array, open, kMostDepth);
    if (!end || json_array[open] != '[' || skip_json_space(json_array, *end) != json_array.size()) {
        return refused;
    }
    const std::size_t quote = skip_json_space(json_array, open + 1);
    if (json_array[quote] != '"') {
        return refused;
    }
    const std::size_t name_end = *end_of_json_string(json_array, quote);
    auto name = unquote(json_array.substr(quote, name_end - quote));
    if (!name) {
        return refused;
    }
    SocketIoEvent event{.name = std::move(*name), .argument = {}};
    const std::size_t comma = skip_json_space(json_array, name_end);
    if (json_array[comma] == ',') {
        const std::size_t start = skip_json_space(json_array, comma + 1);
        const std::size_t stop = *end_of_json_value(json_array, start, kMostDepth);
        event.argument = std::string{json_array.substr(start, stop - start)};
    }
    return event;
}

std::string join_event(std::string_view name, std::string_view argument) {
    using nlohmann::json;
    std::string array{"["};
    const auto quoted = json(name).dump(-1, ' ', false, json::error_handler_t::replace);
    array.reserve(quoted.size() + argument.size() + 3);
    array += quoted;
    if (!argument.empty()) {
        array.push_back(',');
        array += argument;
    }
    array.push_back(']');
    return array;
}

}  // namespace livedub::wire
