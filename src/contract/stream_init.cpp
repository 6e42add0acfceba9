// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <utility>

#include "contract/audio_formats.hpp"
#include "contract/error_codes.hpp"
#include "contract/fields.hpp"
#include "contract/json_writer.hpp"
#include "contract/session_messages.hpp"

namespace livedub::contract {
namespace {

constexpr Range kSampleRate{.least = 8'000, .most = 96'000};
constexpr Range kChannels{.least = 1, .most = 2};
constexpr int kFlatTimeoutMs = 15'000;
constexpr int kDefaultTimeoutMs = 8'000;
constexpr int kDefaultMaxInflight = 3;

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// The shape of a BCP-47 tag: letters and digits in parts joined by "-", the first at least two
/// long.
bool is_language_tag(std::string_view text) {
    constexpr std::size_t kLongest = 10;
    if (text.size() > kLongest) {
        return false;
    }
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('-', begin), text.size());
        const auto part = text.substr(begin, end - begin);
        if (part.size() < (begin == 0 ? 2U : 1U) || !std::ranges::all_of(part, is_alphanumeric)) {
            return false;
        }
        begin = end + 1;
    }
    return true;
}

std::string read_language(Fields& config, std::string_view key, std::string fallback) {
    if (!config.has(key)) {
        return fallback;
    }
    constexpr std::string_view kAllowed =
        R"(a language tag of 2 to 10 characters, as "en" or "pt-BR")";
    if (!config.has_text(key)) {
        config.refuse(key, kAllowed);
        return fallback;
    }
    auto tag = config.peek_text(key);
    if (!is_language_tag(tag)) {
        config.refuse(key, kAllowed);
        return fallback;
    }
    return tag;
}

std::string read_voice(Fields& config, std::string fallback) {
    constexpr std::size_t kLongest = 128;
    constexpr std::string_view kKey = "voice_profile";
    if (config.has_text(kKey)) {
        if (const auto voice = config.peek_text(kKey); voice.empty() || voice.size() > kLongest) {
            config.refuse_as(error_code::kInvalidVoiceProfile, kKey, "the name of a voice profile");
        }
    }
    return config.text_if(kKey, {.least = 0, .most = kAnyLength}).value_or(std::move(fallback));
}

std::optional<int> small(std::optional<std::int64_t> value) {
    return value ? std::optional{static_cast<int>(*value)} : std::nullopt;
}

/// What both dialects have, at the top or in config.
void read_common(Fields& from, StreamInit& init) {
    init.source_language = read_language(from, "source_language", "en");
    init.target_language = read_language(from, "target_language", "es");
    init.voice_profile = read_voice(from, "default");
    init.chunk_duration_ms =
        from.integer_if("chunk_duration_ms", {.least = 100, .most = 60'000}).value_or(6'000);
    init.channels = small(from.integer_if("channels", kChannels)).value_or(1);
    init.domain_hints = from.texts_if("domain_hints", {.least = 0, .most = 128});
}

void read_limits(Fields& top, StreamInit& init) {
    init.max_inflight = small(top.integer_if("max_inflight", {.least = 1, .most = 10}));
    init.timeout_ms = small(top.integer_if("timeout_ms", {.least = 1'000, .most = 120'000}));
}

std::optional<int> read_output_rate(Fields& config) {
    constexpr std::string_view kKey = "output_sample_rate_hz";
    const auto rate = small(config.integer_if(kKey, kSampleRate));
    if (rate && std::ranges::find(kAacRates, *rate) == kAacRates.end()) {
        config.refuse(kKey,
                      "8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200 "
                      "or 96000");
    }
    return rate;
}

StreamInit read_nested(Fields& top) {
    StreamInit init;
    init.stream_id = top.text("stream_id", {.least = 1});
    init.worker_id = top.text("worker_id", {.least = 1});
    auto config = top.object("config");
    read_common(config, init);
    init.sample_rate_hz = small(config.integer_if("sample_rate_hz", kSampleRate)).value_or(48'000);
    init.format = config.choice_if("format", kAudioFormats).value_or("m4a");
    init.output_format = config.choice_if("output_format", kOutputFormats).value_or("m4a");
    init.output_sample_rate_hz = read_output_rate(config);
    init.output_channels = small(config.integer_if("output_channels", kChannels));
    init.binary = config.flag_if("binary").value_or(false);
    read_limits(top, init);
    return init;
}

StreamInit read_flat(Fields& top) {
    StreamInit init{.dialect = Dialect::kFlat};
    init.stream_id = top.text_if("stream_id", {.least = 1}).value_or("");
    init.worker_id = top.text_if("worker_id", {.least = 1}).value_or("");
    read_common(top, init);
    const auto rate = small(top.integer_if("sample_rate", kSampleRate));
    const auto rate_hz = small(top.integer_if("sample_rate_hz", kSampleRate));
    init.sample_rate_hz = rate_hz.value_or(rate.value_or(16'000));
    init.format = top.choice_if("format", kAudioFormats).value_or("pcm_f32le");
    init.output_format = output_format_of(init.format);
    init.output_sample_rate_hz = init.sample_rate_hz;
    init.output_channels = init.channels;
    read_limits(top, init);
    init.timeout_ms = init.timeout_ms.value_or(kFlatTimeoutMs);
    return init;
}

bool looks_flat(const Fields& top) {
    constexpr std::array<std::string_view, 8> kMarks{
        "source_language", "target_language", "voice_profile", "chunk_duration_ms",
        "sample_rate",     "sample_rate_hz",  "channels",      "format"};
    return !top.has_key("config") &&
           std::ranges::any_of(kMarks, [&](auto key) { return top.has_key(key); });
}

}  // namespace

Checked<StreamInit> parse_stream_init(std::string_view json) {
    const std::string code{error_code::kInvalidConfig};
    auto document = parse_object(json, code);
    if (!document) {
        return tl::unexpected{std::move(document).error()};
    }
    Complaint complaint{code};
    Fields top{&document->root(), "", complaint};
    auto init = looks_flat(top) ? read_flat(top) : read_nested(top);
    return unless(complaint, std::move(init));
}

std::string to_json(const StreamInit& init) {
    JsonWriter json;
    json.text("stream_id", init.stream_id);
    json.text("worker_id", init.worker_id);
    json.begin("config");
    json.text("source_language", init.source_language);
    json.text("target_language", init.target_language);
    json.text("voice_profile", init.voice_profile);
    json.integer("chunk_duration_ms", init.chunk_duration_ms);
    json.integer("sample_rate_hz", init.sample_rate_hz);
    json.integer("channels", init.channels);
    json.text("format", init.format);
    json.texts_or_null("domain_hints", init.domain_hints);
    json.text("output_format", init.output_format);
    json.integer_or_null("output_sample_rate_hz", init.output_sample_rate_hz);
    json.integer_or_null("output_channels", init.output_channels);
    json.flag("binary", init.binary);
    json.end();
    json.integer("max_inflight", init.max_inflight.value_or(kDefaultMaxInflight));
    json.integer("timeout_ms", init.timeout_ms.value_or(kDefaultTimeoutMs));
    return std::move(json).finish();
}

}  // namespace livedub::contract
