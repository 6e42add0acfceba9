// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/engineio.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "wire/base64.hpp"
#include "wire/utf8.hpp"

namespace livedub::wire {
namespace {

constexpr char kSeparator = '\x1e';
constexpr char kBinaryMark = 'b';
constexpr double kLongestMs = 24 * 3600 * 1000.0;  // no heartbeat is slower than a day

std::optional<double> number_of(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number()) {
        return std::nullopt;
    }
    return found->get<double>();
}

Result<std::chrono::milliseconds> duration_of(const nlohmann::json& object, const char* key) {
    const auto value = number_of(object, key);
    if (!value || !(*value >= 1) || *value > kLongestMs) {
        return fail(ErrorCode::kProtocol, fmt::format("handshake without a sensible {}", key));
    }
    return std::chrono::milliseconds{static_cast<std::chrono::milliseconds::rep>(*value)};
}

std::size_t limit_of(const nlohmann::json& object) {
    constexpr auto kNone = std::numeric_limits<std::size_t>::max();
    const auto value = number_of(object, "maxPayload");
    return value && *value >= 1 && *value < 1e15 ? static_cast<std::size_t>(*value) : kNone;
}

std::vector<std::string> upgrades_of(const nlohmann::json& object) {
    std::vector<std::string> upgrades;
    const auto found = object.find("upgrades");
    if (found != object.end() && found->is_array()) {
        for (const auto& upgrade : *found) {
            if (upgrade.is_string()) {
                upgrades.push_back(upgrade.get<std::string>());
            }
        }
    }
    return upgrades;
}

Result<EngineIoPacket> decode_from_payload(std::string_view text) {
    if (!text.starts_with(kBinaryMark)) {
        return decode_engineio(std::string{text});
    }
    auto bytes = decode_base64(text.substr(1));
    if (!bytes) {
        return tl::unexpected{std::move(bytes).error()};
    }
    return EngineIoPacket{EngineIoType::kMessage, std::move(*bytes), true};
}

}  // namespace

Result<EngineIoPacket> decode_engineio(std::string frame) {
    if (frame.empty()) {
        return fail(ErrorCode::kProtocol, "an empty packet");
    }
    if (frame[0] < '0' || frame[0] > '6') {
        return fail(ErrorCode::kProtocol,
                    fmt::format("no packet type: 0x{:02x}", static_cast<unsigned char>(frame[0])));
    }
    const auto type = static_cast<EngineIoType>(frame[0]);
    EngineIoPacket packet{.type = type, .payload = std::move(frame)};
    packet.payload.keep(packet.payload.view().substr(1));
    return packet;
}

std::string encode_engineio(EngineIoPacket packet) {
    auto text = std::move(packet.payload).take();
    if (packet.inset.text) {
        text.insert(packet.inset.at, *packet.inset.text);
    }
    text.insert(text.begin(), static_cast<char>(packet.type));
    return text;
}

Result<std::vector<EngineIoPacket>> decode_engineio_payload(std::string_view body) {
    const auto count = static_cast<std::size_t>(std::ranges::count(body, kSeparator)) + 1;
    if (count > kMostPayloadPackets) {
        return fail(ErrorCode::kProtocol, fmt::format("{} packets in one payload", count));
    }
    if (!is_utf8(body)) {
        return fail(ErrorCode::kProtocol, "a payload that is no UTF-8");
    }
    std::vector<EngineIoPacket> packets;
    packets.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t end = std::min(body.find(kSeparator), body.size());
        auto packet = decode_from_payload(body.substr(0, end));
        if (!packet) {
            return tl::unexpected{std::move(packet).error().with_context(
                fmt::format("packet {} of {}", i + 1, count))};
        }
        packets.push_back(std::move(*packet));
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    return packets;
}

std::string encode_engineio_payload(std::span<const EngineIoPacket> packets) {
    std::string body;
    for (const auto& packet : packets) {
        if (&packet != packets.data()) {
            body.push_back(kSeparator);
        }
        if (packet.is_binary) {
            body.push_back(kBinaryMark);
            body += encode_base64(packet.payload);
        } else {
            body += encode_engineio(packet);
        }
    }
    return body;
}

std::string encode_handshake(const EngineIoHandshake& handshake) {
    const nlohmann::ordered_json json{{"sid", handshake.sid},
                                      {"upgrades", handshake.upgrades},
                                      {"pingInterval", handshake.ping_interval.count()},
                                      {"pingTimeout", handshake.ping_timeout.count()},
                                      {"maxPayload", handshake.max_payload}};
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<EngineIoHandshake> decode_handshake(std::string_view json) {
    const auto object = nlohmann::json::parse(json, nullptr, false);
    if (!object.is_object()) {
        return fail(ErrorCode::kProtocol, "handshake is not a JSON object");
    }
    const auto sid = object.find("sid");
    if (sid == object.end() || !sid->is_string() || sid->get_ref<const std::string&>().empty()) {
        return fail(ErrorCode::kProtocol, "handshake without a sid");
    }
    const auto interval = duration_of(object, "pingInterval");
    if (!interval) {
        return tl::unexpected{interval.error()};
    }
    const auto timeout = duration_of(object, "pingTimeout");
    if (!timeout) {
        return tl::unexpected{timeout.error()};
    }
    return EngineIoHandshake{.sid = sid->get<std::string>(),
                             .upgrades = upgrades_of(object),
                             .ping_interval = *interval,
                             .ping_timeout = *timeout,
                             .max_payload = limit_of(object)};
}

}  // namespace livedub::wire
