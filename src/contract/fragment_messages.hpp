// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The messages about one fragment (external contract, 1.4, 1.5, 1.11, 1.12). As in
// session_messages.hpp; audio stays as it came, base64 text or bytes, because decoding it is a
// worker's task and a bad one is a failed fragment, not a bad message.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/session_messages.hpp"
#include "contract/violation.hpp"
#include "wire/inset.hpp"
#include "wire/slice.hpp"

namespace livedub::contract {

/// 10 MiB of audio, as bytes and as base64 characters.
inline constexpr std::size_t kMostAudioBytes = 10'485'760;
inline constexpr std::size_t kMostAudioBase64 = 13'981'017;

struct Audio {
    std::string format = "m4a";
    int sample_rate_hz = 48'000;
    int channels = 1;
    std::int64_t duration_ms = 0;    // 0: unknown
    bool is_duration_stated = true;  // of this sound; not the stream's usual one
    std::string data;                // base64 text, or bytes when is_binary
    bool is_binary = false;          // travels as an attachment
    bool is_proven_base64 = false;   // long, and somebody has looked
};

struct FragmentData {
    std::string fragment_id;
    std::string stream_id;
    std::int64_t sequence_number = 0;
    std::int64_t timestamp = 0;  // Unix ms
    Audio audio;
    std::string metadata;                // JSON text of an object; empty: null
    std::optional<std::int64_t> pts_ns;  // from metadata, when it is there
};

/// A fragment that cannot be taken, and what of it could be read: with id and number it still has
/// a result slot (1.7).
struct FragmentViolation {
    Violation violation;
    std::optional<std::string> fragment_id;
    std::optional<std::string> stream_id;
    std::optional<std::int64_t> sequence_number;
};

/// Reads either dialect by its own shape (`audio` a string: flat). @param init The session's: the
/// defaults of a flat fragment. @param may_be_binary Whether the session was granted attachments.
///
/// Errors: MALFORMED_DATA, FRAGMENT_TOO_LARGE.
[[nodiscard]] tl::expected<FragmentData, FragmentViolation> parse_fragment_data(
    wire::Slice json, std::span<std::string> attachments, const StreamInit& init,
    bool may_be_binary);

/// A message's JSON text and the attachment it speaks of, if any. Sound that is long and proven to
/// be base64 is no part of the text yet.
struct WithAttachments {
    std::string json;
    std::vector<std::string> attachments;
    wire::Inset inset{};
};
/// Nested. Moves the audio out.
[[nodiscard]] WithAttachments to_json(FragmentData fragment);

/// Both directions.
struct FragmentAck {
    std::string fragment_id;
    std::string status;  // queued, processing; received, applied
    std::int64_t timestamp = 0;
    // Server to client only:
    std::optional<std::int64_t> queue_position;
    std::optional<std::int64_t> estimated_completion_ms;
};
[[nodiscard]] Checked<FragmentAck> parse_fragment_ack(std::string_view json);
/// With the server's keys.
[[nodiscard]] std::string to_json(const FragmentAck& ack);
/// With the client's three keys.
[[nodiscard]] std::string client_ack_to_json(const FragmentAck& ack);

struct StageTimingsMs {
    std::int64_t asr = 0;
    std::int64_t translation = 0;
    std::int64_t tts = 0;
};

struct ProcessingError {
    std::optional<std::string> stage;  // asr, translation, tts, pipeline
    std::string code;
    std::string message;
    bool retryable = false;
    /// Beyond the contract, and only written when true: the fragment was left out on purpose, so
    /// that others are in time. No reason to stop asking; peers that do not know it see the code.
    bool load_shed = false;
};

struct ResultMetadata {
    std::int64_t original_duration_ms = 0;
    std::int64_t dubbed_duration_ms = 0;
    double duration_variance_percent = 0.0;
    double speed_ratio = 1.0;
    std::int64_t speech_duration_ms = 0;
    bool no_speech = false;
    std::optional<std::string> asr_model;
    std::optional<std::string> translation_model;
    std::optional<std::string> tts_model;
    std::optional<double> gpu_utilization;
};

enum class ResultStatus {
    kSuccess = 1,
    kPartial = 2,
    kFailed = 3,
};
[[nodiscard]] std::string_view to_string(ResultStatus status) noexcept;

struct FragmentProcessed {
    std::string fragment_id;
    std::string stream_id;
    std::int64_t sequence_number = 0;
    ResultStatus status = ResultStatus::kSuccess;
    std::optional<Audio> dubbed_audio;
    std::optional<std::string> transcript;
    std::optional<std::string> translated_text;
    std::int64_t processing_time_ms = 0;
    StageTimingsMs stage_timings;
    std::optional<ProcessingError> error;
    std::optional<ResultMetadata> metadata;
};
/// Tolerant of peers: missing optional keys are defaults; `dubbed_audio` may be an object or a
/// string. Errors: MALFORMED_DATA when fragment_id or status cannot be read.
[[nodiscard]] Checked<FragmentProcessed> parse_fragment_processed(
    std::string_view json, std::span<std::string> attachments);
/// Moves the audio out. In the flat dialect audio is base64 whatever is_binary says of its source.
[[nodiscard]] WithAttachments to_json(FragmentProcessed result, Dialect dialect);

}  // namespace livedub::contract
