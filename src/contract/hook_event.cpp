// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "contract/hook_event.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "contract/document.hpp"
#include "contract/json_value.hpp"
#include "contract/plain_text.hpp"
#include "files/json_excerpt.hpp"

namespace livedub::contract {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestName = 256;
constexpr std::size_t kLongestQuery = 8'192;

constexpr std::array<std::string_view, 21> kKnownSourceTypes{
    "rtmp",         "rtsp",         "webrtc",       "srt",           "rtmpConn",
    "rtmpsConn",    "rtspSession",  "rtspsSession", "webRTCSession", "srtConn",
    "mpegtsSource", "moqSession",   "rtmpSource",   "rtspSource",    "hlsSource",
    "srtSource",    "webRTCSource", "rtpSource",    "moqSource",     "rpiCameraSource",
    "redirect"};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name_character(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_name(std::string_view text, std::size_t most) {
    return !text.empty() && text.size() <= most && std::ranges::all_of(text, is_name_character);
}

/// Reads the keys of one body and gathers what is wrong with them.
class Reader {
  public:
    explicit Reader(json& body) : body_{body} {}

    /// Under either name; the first is the one in problems. Null: no value.
    json* find(std::string_view key, std::string_view alias = {}) {
        auto* const value = find_value(&body_, key);
        return value == nullptr && !alias.empty() ? find_value(&body_, alias) : value;
    }

    std::string required(std::string_view key, const json* value, std::string_view allowed) {
        if (value == nullptr) {
            add(key, fmt::format("is missing; it must be {}", allowed), "missing");
            return {};
        }
        if (!value->is_string()) {
            refuse(key, *value, allowed, "string_type");
            return {};
        }
        return value->get<std::string>();
    }

    std::optional<std::string> optional(std::string_view key, std::size_t most) {
        const auto* const value = find(key);
        if (value == nullptr) {
            return std::nullopt;
        }
        const auto allowed = fmt::format("a string of at most {} characters", most);
        if (!value->is_string()) {
            refuse(key, *value, allowed, "string_type");
            return std::nullopt;
        }
        auto text = value->get<std::string>();
        if (count_characters(text) > most) {
            refuse(key, *value, allowed, "string_too_long");
            return std::nullopt;
        }
        return text;
    }

    void refuse(std::string_view key, const json& value, std::string_view allowed,
                std::string_view type) {
        add(key, fmt::format("is {}; it must be {}", files::excerpt(value), allowed), type);
    }

    void add(std::string_view key, std::string_view what, std::string_view type) {
        problems_.push_back({.field = std::string{key},
                             .message = fmt::format("{} {}", key, what),
                             .type = std::string{type}});
    }

    std::vector<HookProblem> take_problems() { return std::move(problems_); }

  private:
    json& body_;
    std::vector<HookProblem> problems_;
};

void read_path(Reader& reader, HookEvent& event) {
    constexpr std::string_view kAllowed =
        "live/<id>/in or live/<id>/out, with 1 to 128 of a-z A-Z 0-9 _ - as id";
    constexpr std::string_view kPrefix = "live/";
    constexpr std::size_t kLongestId = 128;
    const auto* const value = reader.find("path");
    event.path = reader.required("path", value, kAllowed);
    if (value == nullptr || !value->is_string()) {
        return;
    }
    const std::string_view path{event.path};
    const auto slash = path.rfind('/');
    const auto direction = path.substr(slash == std::string_view::npos ? path.size() : slash + 1);
    if (path.starts_with(kPrefix) && slash > kPrefix.size() &&
        (direction == "in" || direction == "out")) {
        event.stream_id = path.substr(kPrefix.size(), slash - kPrefix.size());
        event.direction = direction == "in" ? Direction::kIn : Direction::kOut;
    }
    if (!is_name(event.stream_id, kLongestId)) {
        reader.refuse("path", *value, kAllowed, "string_pattern_mismatch");
    }
}

void read_source_type(Reader& reader, HookEvent& event) {
    constexpr std::string_view kAllowed =
        "a letter followed by at most 63 of a-z A-Z 0-9 _ -, as \"rtmpConn\"";
    constexpr std::size_t kLongest = 64;
    const auto* const value = reader.find("sourceType", "source_type");
    event.source_type = reader.required("sourceType", value, kAllowed);
    if (value != nullptr && value->is_string() &&
        (!is_name(event.source_type, kLongest) || !is_letter(event.source_type.front()))) {
        reader.refuse("sourceType", *value, kAllowed, "string_pattern_mismatch");
    }
}

void read_source_id(Reader& reader, HookEvent& event) {
    const auto allowed = fmt::format("a string of at most {} characters", kLongestName);
    const auto* const value = reader.find("sourceId", "source_id");
    if (value != nullptr && value->is_number()) {
        event.source_id = value->dump();
        return;
    }
    event.source_id = reader.required("sourceId", value, allowed);
    if (count_characters(event.source_id) > kLongestName) {
        reader.refuse("sourceId", *value, allowed, "string_too_long");
    }
}

std::vector<HookProblem> bad_body(std::string message, std::string type) {
    return {{.field = "", .message = std::move(message), .type = std::move(type)}};
}

}  // namespace

std::string_view to_string(Direction direction) noexcept {
    return direction == Direction::kOut ? "out" : "in";
}

tl::expected<HookEvent, std::vector<HookProblem>> parse_hook_event(std::string_view json) {
    auto document = Document::parse(json);
    if (!document) {
        return tl::unexpected{bad_body("the body is " + document.error(), "json_invalid")};
    }
    if (!document->root().is_object()) {
        return tl::unexpected{bad_body(
            fmt::format("the body is {}; it must be an object", files::excerpt(document->root())),
            "model_attributes_type")};
    }
    Reader reader{document->root()};
    if (!document->repeated_key().empty()) {
        reader.add(files::first_characters(document->repeated_key(), 40),
                   "is given twice; it must be given once", "value_error");
    }
    HookEvent event;
    read_path(reader, event);
    read_source_type(reader, event);
    read_source_id(reader, event);
    event.query = reader.optional("query", kLongestQuery);
    if (event.query) {
        event.query = unescape_query_once(*event.query);
    }
    event.timestamp = reader.optional("timestamp", kLongestName).value_or("");
    event.correlation_id = reader.optional("correlation_id", kLongestName).value_or("");
    if (auto problems = reader.take_problems(); !problems.empty()) {
        return tl::unexpected{std::move(problems)};
    }
    return event;
}

std::string to_json(const std::vector<HookProblem>& problems) {
    auto detail = nlohmann::ordered_json::array();
    for (const auto& problem : problems) {
        auto location = nlohmann::ordered_json::array({"body"});
        if (!problem.field.empty()) {
            location.push_back(problem.field);
        }
        detail.push_back({{"loc", location}, {"msg", problem.message}, {"type", problem.type}});
    }
    return nlohmann::ordered_json{{"detail", detail}}.dump(
        -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

bool is_known_source_type(std::string_view source_type) noexcept {
    return std::ranges::find(kKnownSourceTypes, source_type) != kKnownSourceTypes.end();
}

std::string unescape_query_once(std::string_view query) {
    const bool is_raw = query.find_first_of("=&") != std::string_view::npos;
    std::string unescaped;
    for (std::size_t i = 0; i < query.size(); ++i) {
        unsigned value = 0;
        if (!is_raw && query[i] == '%' && i + 2 < query.size()) {
            const char* const end = query.data() + i + 3;
            const auto [stopped, error] = std::from_chars(query.data() + i + 1, end, value, 16);
            if (error == std::errc{} && stopped == end) {
                unescaped.push_back(static_cast<char>(value));
                i += 2;
                continue;
            }
        }
        unescaped.push_back(query[i]);
    }
    const bool was_escaped = unescaped.find_first_of("=&") != std::string::npos;
    return was_escaped ? unescaped : std::string{query};
}

}  // namespace livedub::contract
