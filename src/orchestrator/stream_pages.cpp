// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "orchestrator/stream_pages.hpp"

#include <cstdint>

#include <nlohmann/json.hpp>

#include "telemetry/log.hpp"

namespace livedub::orchestrator {
namespace {

using nlohmann::ordered_json;

ordered_json text_or_null(const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(without_credentials(text));
}

std::uint64_t whole(double count) {
    return static_cast<std::uint64_t>(count);
}

ordered_json to_json(const StreamOptions& options) {
    return {{"mode", to_string(options.mode)},
            {"source_language", options.source_language},
            {"target_language", options.target_language},
            {"voice", options.voice},
            {"domain_hints", options.domain_hints},
            {"segment_ms", options.segment.count()},
            {"delay_ms", options.effective_delay().count()}};
}

ordered_json to_json(const StreamCounts& counts) {
    return {{"segments", whole(counts.segments)},
            {"fragments_sent", whole(counts.fragments_sent)},
            {"fallbacks", counts.fallbacks},
            {"dubbed_seconds", counts.dubbed_seconds},
            {"original_seconds", counts.original_seconds},
            {"errors", counts.errors},
            {"restarts", whole(counts.restarts)},
            {"input_discontinuities", whole(counts.input_discontinuities)},
            {"output_reconnects", whole(counts.output_reconnects)}};
}

ordered_json to_json(const StreamStatus& stream) {
    return {{"stream_id", stream.id},
            {"state", to_string(stream.state)},
            {"source_type", text_or_null(stream.source_type)},
            {"options", to_json(stream.options)},
            {"warnings", stream.warnings},
            {"counters", to_json(stream.counts)},
            {"output_lag_ms", stream.counts.output_lag_ms},
            {"output_delay_target_ms", stream.counts.output_delay_target_ms},
            {"av_offset_ms", stream.counts.av_offset_ms},
            {"last_error", text_or_null(stream.last_error)},
            {"ended_because", text_or_null(stream.ended)}};
}

std::string dumped(const ordered_json& document) {
    // Warnings quote what strangers sent: what is not UTF-8 is replaced, not thrown about.
    return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

std::string streams_json(std::span<const StreamStatus> streams) {
    ordered_json items = ordered_json::array();
    for (const auto& stream : streams) {
        items.push_back(to_json(stream));
    }
    return dumped({{"count", streams.size()}, {"streams", std::move(items)}});
}

std::string stream_json(const StreamStatus& stream) {
    return dumped(to_json(stream));
}

}  // namespace livedub::orchestrator
