// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What this program and the worker program say to each other. The worker loads the weights, says
// kReady (or kFailed, and ends), and from then on makes workers on demand: copies of itself that
// share the weights' memory, each with a socket of its own.
//
//   to the one with the weights   kMakeWorker (and a socket) -> kWorkerMade
//                                 kEndWorker -> kWorkerEnded, whatever state that worker was in
//   to a worker                   kHear -> kHeard or kFailed;  kMeasure -> kMeasured or kFailed
//                                 kCancel -> kCancelled, before or after the answer that was due

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace livedub::whisper {

/// Add at the end.
enum class MessageKind : std::uint32_t {
    kReady = 1,
    kFailed = 2,
    kMakeWorker = 3,
    kWorkerMade = 4,
    kEndWorker = 5,
    kWorkerEnded = 6,
    kHear = 7,
    kHeard = 8,
    kMeasure = 9,
    kMeasured = 10,
    kCancel = 11,
    kCancelled = 12,
};

struct Message {
    MessageKind kind = MessageKind::kFailed;
    std::string body{};
};

/// The most that a body may have: a minute of sound is 2 MB.
inline constexpr std::uint32_t kMostBody = 8U << 20U;

struct Ready {
    std::string version;                 // of the library
    std::vector<std::string> languages;  // codes it recognises: "en", "es", ...
    int audio_ctx = 0;                   // positions of a whole window of 30 s
    bool has_voice_gate = false;
};

struct HearRequest {
    int threads = 1;
    int beam_size = 1;  // 1: greedy
    float temperature = 0.0F;
    int audio_ctx = 0;                  // positions to look at, 50 a second; 0: the whole window
    std::string language;               // a code of Ready; empty: to be detected
    std::string prompt;                 // what was said before, or what it is about
    std::vector<std::int16_t> samples;  // 16 kHz mono
};

struct HeardToken {
    std::string bytes;  // a piece of a word, maybe of a character; with the space before a word
    int begin_cs = 0;   // hundredths of a second from the first sample
    int end_cs = 0;
    float log_probability = 0.0F;
};

struct HeardSegment {
    float no_speech_probability = 0.0F;
    std::vector<HeardToken> tokens;  // text alone; marks of time and language are left out
};

struct Heard {
    bool has_voice = true;  // false: the voice gate let nothing through
    std::string language;   // as given, or as detected
    std::vector<HeardSegment> segments;
};

struct MeasureRequest {
    int threads = 1;
    int audio_ctx = 0;
    std::vector<int> beam_sizes;
};

/// What the parts of recognition take here.
struct Measured {
    float encode_ms = 0.0F;        // the sound, once
    std::vector<float> decode_ms;  // one token, for each beam size
};

// To a body and back. Errors: kProtocol.

[[nodiscard]] std::string to_body(const Ready& value);
[[nodiscard]] std::string to_body(const HearRequest& value);
[[nodiscard]] std::string to_body(const Heard& value);
[[nodiscard]] std::string to_body(const MeasureRequest& value);
[[nodiscard]] std::string to_body(const Measured& value);
[[nodiscard]] std::string to_body(const Error& value);
[[nodiscard]] std::string to_body(std::int32_t value);

[[nodiscard]] Result<Ready> ready_from(std::string_view body);
[[nodiscard]] Result<HearRequest> hear_request_from(std::string_view body);
[[nodiscard]] Result<Heard> heard_from(std::string_view body);
[[nodiscard]] Result<MeasureRequest> measure_request_from(std::string_view body);
[[nodiscard]] Result<Measured> measured_from(std::string_view body);
[[nodiscard]] Result<std::int32_t> number_from(std::string_view body);
/// Always an error: the one in the body, or that it cannot be read.
[[nodiscard]] Error error_from(std::string_view body);

}  // namespace livedub::whisper
