// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The messages that open, steer and close a session (external contract, 1.3 to 1.5, 1.11, 1.13).
// parse_* take the JSON text of an event's argument and check everything; to_json is their inverse.
// Unknown keys are ignored; integers may be written 6000.0; booleans are no integers; every key of
// an outgoing message is written, null when there is no value.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "contract/violation.hpp"

namespace livedub::contract {

/// The shape of stream:init chooses it; all later server events of the session use it (1.3).
enum class Dialect {
    kNested = 1,
    kFlat = 2,
};

struct StreamInit {
    Dialect dialect = Dialect::kNested;
    std::string stream_id;  // flat: may be empty, then it is the new session_id
    std::string worker_id;
    std::string source_language = "en";
    std::string target_language = "es";
    std::string voice_profile = "default";
    std::int64_t chunk_duration_ms = 6'000;
    int sample_rate_hz = 48'000;  // flat: 16 000
    int channels = 1;
    std::string format = "m4a";  // flat: pcm_f32le
    std::vector<std::string> domain_hints;
    std::string output_format = "m4a";  // flat: as format
    std::optional<int> output_sample_rate_hz;
    std::optional<int> output_channels;
    bool binary = false;
    std::optional<int> max_inflight;  // 3 when not given
    std::optional<int> timeout_ms;    // FRAGMENT_TIMEOUT_MS when not given; flat: 15 000
};

/// Errors: INVALID_CONFIG, naming the field.
[[nodiscard]] Checked<StreamInit> parse_stream_init(std::string_view json);
/// What media-service sends: nested, with all config keys.
[[nodiscard]] std::string to_json(const StreamInit& init);

struct StreamReady {
    std::string stream_id;
    std::string session_id;
    int max_inflight = 3;
    bool binary = false;
    bool has_stages = true;  // false in echo mode: asr, translation, tts, duration_matching
};
[[nodiscard]] Checked<StreamReady> parse_stream_ready(std::string_view json);
[[nodiscard]] std::string to_json(const StreamReady& ready);

/// stream:pause, stream:resume, stream:end.
struct StreamControl {
    std::optional<std::string> stream_id;
    std::optional<std::string> reason;
};
/// Errors: MALFORMED_DATA. Empty text counts as {}.
[[nodiscard]] Checked<StreamControl> parse_stream_control(std::string_view json);
[[nodiscard]] std::string to_json(const StreamControl& control);

struct StreamComplete {
    std::string stream_id;
    std::int64_t total_duration_ms = 0;    // of the original audio
    std::int64_t session_duration_ms = 0;  // wall clock
    std::int64_t success_count = 0;
    std::int64_t partial_count = 0;
    std::int64_t failed_count = 0;
    double avg_processing_time_ms = 0.0;
    double p95_processing_time_ms = 0.0;
    std::map<std::string, std::int64_t> errors_by_stage;
    std::map<std::string, std::int64_t> errors_by_code;
};
[[nodiscard]] Checked<StreamComplete> parse_stream_complete(std::string_view json);
[[nodiscard]] std::string to_json(const StreamComplete& complete);

struct Backpressure {
    std::string stream_id;
    std::string severity;  // low, medium, high
    std::string action;    // none, slow_down, pause
    int current_inflight = 0;
    int max_inflight = 3;
    int queue_depth = 0;
    std::optional<std::string> threshold_exceeded;  // low, medium, high
    std::optional<int> recommended_delay_ms;
};
[[nodiscard]] Checked<Backpressure> parse_backpressure(std::string_view json);
[[nodiscard]] std::string to_json(const Backpressure& backpressure);

/// The `error` event.
struct ErrorEvent {
    std::string error_id;  // uuid
    std::optional<std::string> stream_id;
    std::optional<std::string> fragment_id;
    std::string code;
    std::string message;
    std::string severity = "error";  // warning, error, fatal
    bool retryable = false;
    std::optional<std::string> stage;
    std::string details;   // JSON text of an object; empty: null
    std::string metadata;  // likewise
};
[[nodiscard]] Checked<ErrorEvent> parse_error_event(std::string_view json);
[[nodiscard]] std::string to_json(const ErrorEvent& error);

// Test controls (1.13) ----------------------------------------------------------------------------

struct ErrorRule {
    enum class Trigger {
        kSequenceNumber = 1,
        kFragmentId = 2,
        kNthFragment = 3,
    };
    Trigger trigger = Trigger::kSequenceNumber;
    std::variant<std::int64_t, std::string> value;
    std::string error_code;
    std::string error_message = "Simulated error";
    bool retryable = true;
    std::optional<std::string> stage;
};

struct ErrorSimulation {
    bool enabled = false;
    std::vector<ErrorRule> rules;
};
/// Errors: MALFORMED_DATA.
[[nodiscard]] Checked<ErrorSimulation> parse_error_simulation(std::string_view json);

struct ErrorSimulationAck {
    bool is_accepted = false;
    std::int64_t rules_count = 0;
    std::string message;
};
[[nodiscard]] std::string to_json(const ErrorSimulationAck& ack);

struct SimulateDisconnect {
    std::int64_t delay_ms = 0;
    std::string reason = "test";
};
[[nodiscard]] Checked<SimulateDisconnect> parse_simulate_disconnect(std::string_view json);

struct SimulateDisconnectAck {
    std::string status;  // scheduled, rejected
    std::optional<std::int64_t> disconnect_at_ms;
    std::string message;
};
[[nodiscard]] std::string to_json(const SimulateDisconnectAck& ack);

}  // namespace livedub::contract
