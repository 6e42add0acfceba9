// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/service_answers.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace livedub::doctor {
namespace {

using nlohmann::json;

constexpr int kOk = 200;

json parse(std::string_view body) {
    return json::parse(body, nullptr, false);
}

/// The text at `key`, short enough to be shown; empty when there is none.
std::string text_at(const json& object, const char* key) {
    constexpr std::size_t kMost = 60;
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end() || !found->is_string()) {
        return {};
    }
    auto text = found->get<std::string>().substr(0, kMost);
    std::erase_if(text, [](unsigned char c) { return c < ' ' || c > '~'; });
    return text;
}

}  // namespace

Result<std::string> said_by_media_server(int status, std::string_view body) {
    if (status != kOk) {
        return fail(ErrorCode::kProtocol, fmt::format("answered with status {}", status));
    }
    const auto answer = parse(body);
    if (!answer.is_object() || !answer.contains("items") || !answer["items"].is_array()) {
        return fail(ErrorCode::kProtocol, "answered, but not with a list of paths");
    }
    const auto& items = answer["items"];
    const auto ready = std::ranges::count_if(items, [](const json& item) {
        return item.is_object() && item.contains("ready") && item["ready"] == true;
    });
    return fmt::format("{} path{}, {} ready", items.size(), items.size() == 1 ? "" : "s", ready);
}

Result<std::string> said_by_speech_service(int status, std::string_view body) {
    const auto answer = parse(body);
    const auto health = text_at(answer, "status");
    if (health.empty()) {
        return fail(ErrorCode::kProtocol,
                    fmt::format("answered with status {}, but not with its health", status));
    }
    const auto service = text_at(answer, "service");
    auto said = service.empty() ? health : service + " " + health;
    if (status != kOk) {
        return fail(ErrorCode::kUnavailable, fmt::format("{} (status {})", said, status));
    }
    return said;
}

}  // namespace livedub::doctor
