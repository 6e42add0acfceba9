// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/paths_api.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "telemetry/metrics.hpp"

namespace livedub::rtmp {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kDefaultItemsPerPage = 100;
constexpr std::string_view kList = "/v3/paths/list";
constexpr std::string_view kGet = "/v3/paths/get/";

http::Response json(int status, const ordered_json& body) {
    // Names and queries are bytes of strangers: what is not UTF-8 is replaced, not thrown about.
    return {.status = status,
            .content_type = "application/json",
            .body = body.dump(-1, ' ', false, ordered_json::error_handler_t::replace)};
}

http::Response error(int status, std::string_view text) {
    return json(status, {{"error", text}});
}

std::string rfc3339(std::chrono::system_clock::time_point time) {
    const auto since_epoch = time.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    const auto fraction =
        std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch - seconds);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:09}Z",
                       fmt::gmtime(static_cast<std::time_t>(seconds.count())), fraction.count());
}

ordered_json to_json(const PeerInfo& peer) {
    return {{"type", peer.type}, {"id", peer.id}};
}

ordered_json to_json(const PathInfo& path) {
    ordered_json item;
    item["name"] = path.name;
    item["confName"] = "all_others";
    item["source"] = nullptr;
    if (path.source) {
        item["source"] = to_json(*path.source);
    }
    item["ready"] = path.is_ready;
    item["readyTime"] = nullptr;
    if (path.ready_time) {
        item["readyTime"] = rfc3339(*path.ready_time);
    }
    item["tracks"] = path.tracks;
    item["bytesReceived"] = path.bytes_received;
    item["bytesSent"] = path.bytes_sent;
    item["readers"] = ordered_json::array();
    for (const auto& reader : path.readers) {
        item["readers"].push_back(to_json(reader));
    }
    item["query"] = path.query;
    return item;
}

/// nullopt when the text is there and no number of the range.
std::optional<std::size_t> number_of(const std::string& text, std::size_t when_absent,
                                     std::size_t least) {
    if (text.empty()) {
        return when_absent;
    }
    std::size_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(text.data(), end, number);
    if (failed != std::errc{} || stopped != end || number < least) {
        return std::nullopt;
    }
    return number;
}

http::Response list(const std::vector<PathInfo>& paths, const std::string& query) {
    const auto per_page =
        number_of(http::query_value(query, "itemsPerPage"), kDefaultItemsPerPage, 1);
    const auto page = number_of(http::query_value(query, "page"), 0, 0);
    if (!per_page) {
        return error(400, "invalid items per page");
    }
    if (!page) {
        return error(400, "invalid page");
    }
    const std::size_t page_count =
        paths.size() / *per_page + (paths.size() % *per_page == 0 ? 0 : 1);
    ordered_json items = ordered_json::array();
    if (*page < page_count) {
        const std::size_t begin = *page * *per_page;
        const std::size_t count = std::min(*per_page, paths.size() - begin);
        for (std::size_t i = begin; i < begin + count; ++i) {
            items.push_back(to_json(paths[i]));
        }
    }
    return json(
        200, {{"itemCount", paths.size()}, {"pageCount", page_count}, {"items", std::move(items)}});
}

}  // namespace

http::Handler make_paths_api(std::function<std::vector<PathInfo>()> paths) {
    return [paths = std::move(paths)](const http::Request& request) {
        if (request.method != "GET" && request.method != "HEAD") {
            return error(405, "method not allowed");
        }
        if (request.path == kList) {
            return list(paths(), request.query);
        }
        if (request.path.starts_with(kGet)) {
            const auto name = http::percent_decode(request.path.substr(kGet.size()));
            const auto all = paths();
            const auto found = std::ranges::find(all, name, &PathInfo::name);
            return found == all.end() ? error(404, "path not found") : json(200, to_json(*found));
        }
        return error(404, "not found");
    };
}

http::Handler make_paths_api(const Server& server) {
    return make_paths_api([&server] { return server.paths(); });
}

http::Handler make_metrics_page(const prometheus::Registry& registry) {
    return [&registry](const http::Request& request) -> http::Response {
        if (request.path != "/metrics" && request.path != "/") {
            return {.status = 404, .body = "not found\n"};
        }
        return {.content_type = kMetricsContentType, .body = expose(registry)};
    };
}

}  // namespace livedub::rtmp
