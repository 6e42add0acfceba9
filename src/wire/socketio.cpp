// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/socketio.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "wire/json_scan.hpp"

namespace livedub::wire {
namespace {

constexpr std::size_t kMostAttachments = 64;
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

/// Whether it is a name as everybody's are, with nothing to unescape.
bool is_simple(std::string_view name) {
    return std::ranges::all_of(
        name, [](char c) { return (c >= 'a' && c <= 'z') || c == ':' || c == '_'; });
}

/// The name, unescaped; nullopt when it is not a string after all.
std::optional<std::string> unquote(std::string_view quoted) {
    if (const auto name = quoted.substr(1, quoted.size() - 2); is_simple(name)) {
        return std::string{name};
    }
    const auto json = nlohmann::json::parse(quoted, nullptr, false);
    return json.is_string() ? std::optional{json.get<std::string>()} : std::nullopt;
}

/// Where an event's parts are.
struct EventParts {
    std::string_view name;      // with its quotes
    std::string_view argument;  // empty when there is none
};

/// nullopt when `array` is none that begins with a string.
std::optional<EventParts> find_parts(std::string_view array) {
    std::size_t at = skip_json_space(array, 0);
    const auto is_at = [&](char c) { return at < array.size() && array[at] == c; };
    if (!is_at('[')) {
        return std::nullopt;
    }
    at = skip_json_space(array, at + 1);
    const auto name_end = is_at('"') ? end_of_json_string(array, at) : std::nullopt;
    if (!name_end) {
        return std::nullopt;
    }
    EventParts parts{.name = array.substr(at, *name_end - at), .argument = {}};
    at = skip_json_space(array, *name_end);
    while (is_at(',')) {
        const std::size_t begin = skip_json_space(array, at + 1);
        const auto end = end_of_json_value(array, begin);
        if (!end) {
            return std::nullopt;
        }
        if (parts.argument.empty()) {
            parts.argument = array.substr(begin, *end - begin);
        }
        at = skip_json_space(array, *end);
    }
    const bool is_whole = is_at(']') && skip_json_space(array, at + 1) == array.size();
    return is_whole ? std::optional{parts} : std::nullopt;
}

void append_head(std::string& text, const SocketIoPacket& packet) {
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
}

void append_event(std::string& text, std::string_view name, std::string_view argument) {
    using nlohmann::json;
    text.push_back('[');
    if (is_simple(name)) {
        text.push_back('"');
        text += name;
        text.push_back('"');
    } else {
        text += json(name).dump(-1, ' ', false, json::error_handler_t::replace);
    }
    if (!argument.empty()) {
        text.push_back(',');
        text += argument;
    }
    text.push_back(']');
}

/// How long what is not JSON gets, at most, in a packet of that namespace.
std::size_t head_size(const SocketIoPacket& packet) {
    constexpr std::size_t kTypeAndNumbers = 32;
    return packet.name_space.size() + kTypeAndNumbers;
}

/// How long an event gets, unless its name has to be escaped.
std::size_t event_size(std::string_view name, std::string_view argument) {
    constexpr std::size_t kBrackets = 8;
    return name.size() + argument.size() + kBrackets;
}

}  // namespace

Result<SocketIoPacket> decode_socketio(Slice text) {
    std::string_view rest = text;
    if (rest.empty() || rest[0] < '0' || rest[0] > '6') {
        return fail(ErrorCode::kProtocol, "no Socket.IO packet type");
    }
    SocketIoPacket packet;
    packet.type = static_cast<SocketIoType>(rest[0]);
    rest.remove_prefix(1);
    if (is_binary(packet.type)) {
        if (auto taken = take_attachments(rest, packet); !taken) {
            return tl::unexpected{std::move(taken).error()};
        }
    }
    take_name_space(rest, packet);
    if (has_array(packet.type)) {
        if (auto taken = take_ack_id(rest, packet); !taken) {
            return tl::unexpected{std::move(taken).error()};
        }
    }
    if (auto checked = check_json(rest, packet.type); !checked) {
        return tl::unexpected{std::move(checked).error()};
    }
    text.keep(rest);
    packet.json = std::move(text);
    return packet;
}

std::string encode_socketio(const SocketIoPacket& packet) {
    std::string text;
    text.reserve(head_size(packet) + packet.json.size());
    append_head(text, packet);
    text += packet.json;
    return text;
}

Result<SocketIoEvent> split_event(Slice json_array) {
    const auto parts = find_parts(json_array);
    auto name = parts ? unquote(parts->name) : std::nullopt;
    if (!name) {
        return fail(ErrorCode::kProtocol, "an event that is no JSON array with a name");
    }
    SocketIoEvent event{.name = std::move(*name), .argument = {}};
    if (!parts->argument.empty()) {
        json_array.keep(parts->argument);
        event.argument = std::move(json_array);
    }
    return event;
}

std::string join_event(std::string_view name, std::string_view argument) {
    std::string array;
    array.reserve(event_size(name, argument));
    append_event(array, name, argument);
    return array;
}

std::string encode_event(const SocketIoPacket& packet, std::string_view name,
                         std::string_view argument) {
    std::string text;
    text.reserve(head_size(packet) + event_size(name, argument));
    append_head(text, packet);
    append_event(text, name, argument);
    return text;
}

}  // namespace livedub::wire
