// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/messages.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "engines/whisper/parcel.hpp"

namespace livedub::whisper {
namespace {

constexpr std::size_t kNumber = 4;  // bytes; also of a length, so of an empty text or list
constexpr auto kLastCode = static_cast<std::int32_t>(ErrorCode::kInternal);

tl::unexpected<Error> unreadable(std::string_view what) {
    return fail(ErrorCode::kProtocol, "unreadable " + std::string{what});
}

template <typename T>
Result<T> when_done(const ParcelReader& in, T value, std::string_view what) {
    if (!in.is_done()) {
        return unreadable(what);
    }
    return value;
}

}  // namespace

std::string to_body(const Ready& value) {
    ParcelWriter out;
    out.text(value.version);
    out.number(static_cast<std::int32_t>(value.languages.size()));
    for (const auto& language : value.languages) {
        out.text(language);
    }
    out.number(value.audio_ctx);
    out.number(value.has_voice_gate ? 1 : 0);
    return out.take();
}

Result<Ready> ready_from(std::string_view body) {
    ParcelReader in{body};
    Ready value{.version = in.text()};
    value.languages.resize(in.count(kNumber));
    for (auto& language : value.languages) {
        language = in.text();
    }
    value.audio_ctx = in.number();
    value.has_voice_gate = in.number() != 0;
    return when_done(in, std::move(value), "greeting");
}

std::string to_body(const HearRequest& value) {
    ParcelWriter out;
    out.number(value.threads);
    out.number(value.beam_size);
    out.real(value.temperature);
    out.number(value.audio_ctx);
    out.text(value.language);
    out.text(value.prompt);
    out.samples(value.samples);
    return out.take();
}

Result<HearRequest> hear_request_from(std::string_view body) {
    ParcelReader in{body};
    HearRequest value;
    value.threads = in.number();
    value.beam_size = in.number();
    value.temperature = in.real();
    value.audio_ctx = in.number();
    value.language = in.text();
    value.prompt = in.text();
    value.samples = in.samples();
    return when_done(in, std::move(value), "request");
}

std::string to_body(const Heard& value) {
    ParcelWriter out;
    out.number(value.has_voice ? 1 : 0);
    out.text(value.language);
    out.number(static_cast<std::int32_t>(value.segments.size()));
    for (const auto& segment : value.segments) {
        out.real(segment.no_speech_probability);
        out.number(static_cast<std::int32_t>(segment.tokens.size()));
        for (const auto& token : segment.tokens) {
            out.text(token.bytes);
            out.number(token.begin_cs);
            out.number(token.end_cs);
            out.real(token.log_probability);
        }
    }
    return out.take();
}

Result<Heard> heard_from(std::string_view body) {
    ParcelReader in{body};
    Heard value{.has_voice = in.number() != 0, .language = in.text()};
    value.segments.resize(in.count(2 * kNumber));
    for (auto& segment : value.segments) {
        segment.no_speech_probability = in.real();
        segment.tokens.resize(in.count(4 * kNumber));
        for (auto& token : segment.tokens) {
            token.bytes = in.text();
            token.begin_cs = in.number();
            token.end_cs = in.number();
            token.log_probability = in.real();
        }
    }
    return when_done(in, std::move(value), "words");
}

std::string to_body(const MeasureRequest& value) {
    ParcelWriter out;
    out.number(value.threads);
    out.number(value.audio_ctx);
    out.number(static_cast<std::int32_t>(value.beam_sizes.size()));
    for (const int size : value.beam_sizes) {
        out.number(size);
    }
    return out.take();
}

Result<MeasureRequest> measure_request_from(std::string_view body) {
    ParcelReader in{body};
    MeasureRequest value{.threads = in.number(), .audio_ctx = in.number()};
    value.beam_sizes.resize(in.count(kNumber));
    for (auto& size : value.beam_sizes) {
        size = in.number();
    }
    return when_done(in, std::move(value), "request to measure");
}

std::string to_body(const Measured& value) {
    ParcelWriter out;
    out.real(value.encode_ms);
    out.number(static_cast<std::int32_t>(value.decode_ms.size()));
    for (const float time : value.decode_ms) {
        out.real(time);
    }
    return out.take();
}

Result<Measured> measured_from(std::string_view body) {
    ParcelReader in{body};
    Measured value{.encode_ms = in.real()};
    value.decode_ms.resize(in.count(kNumber));
    for (auto& time : value.decode_ms) {
        time = in.real();
    }
    const auto is_time = [](float time) { return std::isfinite(time) && time >= 0.0F; };
    if (!is_time(value.encode_ms) || !std::ranges::all_of(value.decode_ms, is_time)) {
        return unreadable("measurement");
    }
    return when_done(in, std::move(value), "measurement");
}

std::string to_body(const Error& value) {
    ParcelWriter out;
    out.number(static_cast<std::int32_t>(value.code()));
    out.text(value.message());
    return out.take();
}

Error error_from(std::string_view body) {
    ParcelReader in{body};
    const auto code = in.number();
    auto message = in.text();
    if (!in.is_done() || code < 1 || code > kLastCode) {
        return unreadable("error").value();
    }
    return {static_cast<ErrorCode>(code), std::move(message)};
}

std::string to_body(std::int32_t value) {
    ParcelWriter out;
    out.number(value);
    return out.take();
}

Result<std::int32_t> number_from(std::string_view body) {
    ParcelReader in{body};
    const auto value = in.number();
    return when_done(in, value, "number");
}

}  // namespace livedub::whisper
