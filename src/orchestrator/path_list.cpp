// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "orchestrator/path_list.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <nlohmann/json.hpp>

#include "media_session/stream_table.hpp"

namespace livedub::orchestrator {
namespace {

using nlohmann::json;

json parsed(std::string_view text) {
    return json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

std::string text_of(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<std::string> query_of(const json& object) {
    const auto found = object.find("query");
    return found != object.end() && found->is_string() ? std::optional{found->get<std::string>()}
                                                       : std::nullopt;
}

std::optional<ListedInput> input_of(const json& item) {
    if (!item.is_object()) {
        return std::nullopt;
    }
    const auto ready = item.find("ready");
    ListedInput input{
        .path = text_of(item, "name"), .source_type = {}, .source_id = {}, .query = query_of(item)};
    if (ready == item.end() || *ready != true || input_stream_id(input.path).empty()) {
        return std::nullopt;
    }
    if (const auto source = item.find("source"); source != item.end() && source->is_object()) {
        input.source_type = text_of(*source, "type");
        input.source_id = text_of(*source, "id");
    }
    return input;
}

}  // namespace

Result<PathPage> parse_path_page(std::string_view text) {
    const auto page = parsed(text);
    const auto items = page.is_object() ? page.find("items") : page.end();
    const auto count = page.is_object() ? page.find("pageCount") : page.end();
    if (items == page.end() || !items->is_array() || count == page.end() ||
        !count->is_number_unsigned()) {
        return fail(ErrorCode::kProtocol, "the answer is no list of paths");
    }
    PathPage made{.inputs = {}, .page_count = count->get<std::size_t>()};
    for (const auto& item : *items) {
        if (auto input = input_of(item)) {
            made.inputs.push_back(std::move(*input));
        }
    }
    return made;
}

std::string publisher_page(std::string_view source_type, std::string_view source_id) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kKinds{
        {{"rtmpConn", "rtmpconns"},
         {"rtmpsConn", "rtmpsconns"},
         {"rtspSession", "rtspsessions"},
         {"rtspsSession", "rtspssessions"},
         {"srtConn", "srtconns"},
         {"webRTCSession", "webrtcsessions"}}};
    const auto* const kind =
        std::ranges::find(kKinds, source_type, [](const auto& pair) { return pair.first; });
    const bool is_id = !source_id.empty() && std::ranges::all_of(source_id, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-';
    });
    if (kind == kKinds.end() || !is_id) {
        return {};
    }
    return "/v3/" + std::string{kind->second} + "/get/" + std::string{source_id};
}

std::optional<std::string> parse_publisher_query(std::string_view text) {
    const auto description = parsed(text);
    return description.is_object() ? query_of(description) : std::nullopt;
}

}  // namespace livedub::orchestrator
