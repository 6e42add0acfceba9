// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "contract/session_messages.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "contract/error_codes.hpp"
#include "contract/fields.hpp"
#include "contract/json_writer.hpp"
#include "contract/peer_fields.hpp"

namespace livedub::contract {
namespace {

constexpr int kMostInt = std::numeric_limits<int>::max();
constexpr Length kAnyText{.least = 0, .most = kAnyLength};

const std::string& malformed() {
    static const std::string code{error_code::kMalformedData};
    return code;
}

}  // namespace

Checked<StreamReady> parse_stream_ready(std::string_view json) {
    auto document = parse_object(json, malformed());
    if (!document) {
        return tl::unexpected{std::move(document).error()};
    }
    const PeerFields top{&document->root()};
    return StreamReady{.stream_id = top.text("stream_id").value_or(""),
                       .session_id = top.text("session_id").value_or(""),
                       .max_inflight = top.small_integer("max_inflight", 1, kMostInt).value_or(3),
                       .binary = top.flag("binary").value_or(false),
                       .has_stages = top.object("capabilities").flag("asr").value_or(true)};
}

std::string to_json(const StreamReady& ready) {
    JsonWriter json;
    json.text("stream_id", ready.stream_id);
    json.text("session_id", ready.session_id);
    json.integer("max_inflight", ready.max_inflight);
    json.flag("binary", ready.binary);
    json.begin("capabilities");
    json.flag("batch_processing", false);
    json.flag("async_delivery", true);
    json.flag("asr", ready.has_stages);
    json.flag("translation", ready.has_stages);
    json.flag("tts", ready.has_stages);
    json.flag("duration_matching", ready.has_stages);
    json.flag("binary", true);
    json.end();
    return std::move(json).finish();
}

Checked<StreamControl> parse_stream_control(std::string_view json) {
    auto document = parse_optional_object(json, malformed());
    if (!document) {
        return tl::unexpected{std::move(document).error()};
    }
    Complaint complaint{malformed()};
    Fields top{&document->root(), "", complaint};
    StreamControl control;
    control.stream_id = top.text_if("stream_id", kAnyText);
    control.reason = top.text_if("reason", kAnyText);
    return unless(complaint, std::move(control));
}

std::string to_json(const StreamControl& control) {
    JsonWriter json;
    json.text_or_null("stream_id", control.stream_id);
    json.text_or_null("reason", control.reason);
    return std::move(json).finish();
}

Checked<StreamComplete> parse_stream_complete(std::string_view json) {
    auto document = parse_object(json, malformed());
    if (!document) {
        return tl::unexpected{std::move(document).error()};
    }
    const PeerFields top{&document->root()};
    const PeerFields statistics = top.object("statistics");
    const PeerFields breakdown = top.object("error_breakdown");
    const auto count = [&](std::string_view key) {
        return top.integer(key).value_or(statistics.integer(key).value_or(0));
    };
    const auto time = [&](std::string_view key) {
        return top.number(key).value_or(statistics.number(key).value_or(0.0));
    };
    return StreamComplete{
        .stream_id = top.text("stream_id").value_or(""),
        .total_duration_ms = top.integer("total_duration_ms").value_or(0),
        .session_duration_ms = top.integer("session_duration_ms").value_or(0),
        .success_count = count("success_count"),
        .partial_count = count("partial_count"),
        .failed_count = count("failed_count"),
        .avg_processing_time_ms = time("avg_processing_time_ms"),
        .p95_processing_time_ms = time("p95_processing_time_ms"),
        .errors_by_stage = breakdown.counts("by_stage"),
        .errors_by_code = breakdown.counts("by_code"),
    };
}

namespace {

void write_counters(JsonWriter& json, const StreamComplete& complete) {
    json.integer("success_count", complete.success_count);
    json.integer("partial_count", complete.partial_count);
    json.integer("failed_count", complete.failed_count);
    json.number("avg_processing_time_ms", complete.avg_processing_time_ms);
    json.number("p95_processing_time_ms", complete.p95_processing_time_ms);
}

void write_counts(JsonWriter& json, std::string_view key,
                  const std::map<std::string, std::int64_t>& counts) {
    json.begin(key);
    for (const auto& [name, count] : counts) {
        json.integer(name, count);
    }
    json.end();
}

}  // namespace

std::string to_json(const StreamComplete& complete) {
    const auto total = complete.success_count + complete.partial_count + complete.failed_count;
    JsonWriter json{1'024};
    json.text("stream_id", complete.stream_id);
    json.integer("total_fragments", total);
    json.integer("total_duration_ms", complete.total_duration_ms);
    json.integer("session_duration_ms", complete.session_duration_ms);
    json.begin("statistics");
    json.integer("total_fragments", total);
    write_counters(json, complete);
    json.integer("total_audio_duration_ms", complete.total_duration_ms);
    json.end();
    write_counters(json, complete);
    json.begin("error_breakdown");
    write_counts(json, "by_stage", complete.errors_by_stage);
    write_counts(json, "by_code", complete.errors_by_code);
    json.end();
    return std::move(json).finish();
}

Checked<Backpressure> parse_backpressure(std::string_view json) {
    auto document = parse_object(json, malformed());
    if (!document) {
        return tl::unexpected{std::move(document).error()};
    }
    constexpr std::array<std::string_view, 3> kActions{"none", "slow_down", "pause"};
    Complaint complaint{malformed()};
    Fields required{&document->root(), "", complaint};
    if (!required.has("action")) {
        required.refuse("action", "one of none, slow_down, pause");
    }
    const PeerFields top{&document->root()};
    Backpressure backpressure{
        .stream_id = top.text("stream_id").value_or(""),
        .severity = top.text("severity").value_or("low"),
        .action = required.choice_if("action", kActions).value_or("none"),
        .current_inflight = top.small_integer("current_inflight", 0, kMostInt).value_or(0),
        .max_inflight = top.small_integer("max_inflight", 1, kMostInt).value_or(3),
        .queue_depth = top.small_integer("queue_depth", 0, kMostInt).value_or(0),
        .threshold_exceeded = top.text("threshold_exceeded"),
        .recommended_delay_ms = top.small_integer("recommended_delay_ms", 1, kMostInt),
    };
    return unless(complaint, std::move(backpressure));
}

std::string to_json(const Backpressure& backpressure) {
    JsonWriter json;
    json.text("stream_id", backpressure.stream_id);
    json.text("severity", backpressure.severity);
    json.text("action", backpressure.action);
    json.integer("current_inflight", backpressure.current_inflight);
    json.integer("max_inflight", backpressure.max_inflight);
    json.integer("queue_depth", backpressure.queue_depth);
    json.text_or_null("threshold_exceeded", backpressure.threshold_exceeded);
    json.integer_or_null("recommended_delay_ms", backpressure.recommended_delay_ms);
    return std::move(json).finish();
}

Checked<ErrorEvent> parse_error_event(std::string_view json) {
    auto document = parse_object(json, malformed());
    if (!document) {
        return tl::unexpected{std::move(document).error()};
    }
    Complaint complaint{malformed()};
    Fields required{&document->root(), "", complaint};
    ErrorEvent error;
    error.code = required.text("code", {.least = 1});
    const PeerFields top{&document->root()};
    error.error_id = top.text("error_id").value_or("");
    error.stream_id = top.text("stream_id");
    error.fragment_id = top.text("fragment_id");
    error.message = top.text("message").value_or("");
    error.severity = top.text("severity").value_or(std::string{severity_of(error.code)});
    error.retryable = top.flag("retryable").value_or(is_retryable(error.code));
    error.stage = top.text("stage");
    error.details = top.json("details");
    error.metadata = top.json("metadata");
    return unless(complaint, std::move(error));
}

std::string to_json(const ErrorEvent& error) {
    JsonWriter json;
    json.text("error_id", error.error_id);
    json.text_or_null("stream_id", error.stream_id);
    json.text_or_null("fragment_id", error.fragment_id);
    json.text("code", error.code);
    json.text("message", error.message);
    json.text("severity", error.severity);
    json.flag("retryable", error.retryable);
    json.text_or_null("stage", error.stage);
    json.json("details", error.details);
    json.json("metadata", error.metadata);
    return std::move(json).finish();
}

}  // namespace livedub::contract
