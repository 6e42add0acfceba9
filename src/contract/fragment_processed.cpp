// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <limits>
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "contract/error_codes.hpp"
#include "contract/fields.hpp"
#include "contract/fragment_messages.hpp"
#include "contract/json_value.hpp"
#include "contract/json_writer.hpp"
#include "contract/peer_fields.hpp"
#include "wire/base64.hpp"

namespace livedub::contract {
namespace {

ResultStatus read_status(Fields& top) {
    constexpr std::array<std::string_view, 3> kStatuses{"success", "partial", "failed"};
    if (!top.has("status")) {
        top.refuse("status", "one of success, partial, failed");
    }
    const auto status = top.choice_if("status", kStatuses).value_or("failed");
    if (status == "success") {
        return ResultStatus::kSuccess;
    }
    return status == "partial" ? ResultStatus::kPartial : ResultStatus::kFailed;
}

/// @param prefix Of the keys that describe the audio: "dubbed_audio_" where they stand beside it.
Audio read_labels(const PeerFields& from, const std::string& prefix) {
    constexpr int kMostRate = 384'000;
    constexpr int kMostChannels = 64;
    return {.format = from.text(prefix + "format").value_or("m4a"),
            .sample_rate_hz =
                from.small_integer(prefix + "sample_rate_hz", 1, kMostRate).value_or(48'000),
            .channels = from.small_integer(prefix + "channels", 1, kMostChannels).value_or(1),
            .duration_ms = from.integer(prefix + "duration_ms").value_or(0)};
}

std::optional<Audio> read_dubbed_audio(const PeerFields& top, std::span<std::string> attachments) {
    if (auto text = top.text("dubbed_audio")) {
        Audio audio = read_labels(top, "dubbed_audio_");
        audio.data = std::move(*text);
        return audio;
    }
    const PeerFields object = top.object("dubbed_audio");
    Audio audio = read_labels(object, "");
    if (auto text = object.text("data_base64")) {
        audio.data = std::move(*text);
        return audio;
    }
    const auto* const placeholder = object.find("data");
    auto* const bytes =
        placeholder == nullptr ? nullptr : find_attachment(*placeholder, attachments);
    if (bytes == nullptr) {
        return std::nullopt;
    }
    audio.data = std::move(*bytes);
    audio.is_binary = true;
    return audio;
}

std::optional<ProcessingError> read_error(const PeerFields& error) {
    if (!error.is_there()) {
        return std::nullopt;
    }
    ProcessingError read;
    read.code = error.text("code").value_or(std::string{error_code::kProcessingError});
    read.stage = error.text("stage");
    read.message = error.text("message").value_or("");
    read.retryable = error.flag("retryable").value_or(is_retryable(read.code));
    read.load_shed = error.flag("load_shed").value_or(false);
    return read;
}

std::optional<ResultMetadata> read_metadata(const PeerFields& metadata) {
    if (!metadata.is_there()) {
        return std::nullopt;
    }
    return ResultMetadata{
        .original_duration_ms = metadata.integer("original_duration_ms").value_or(0),
        .dubbed_duration_ms = metadata.integer("dubbed_duration_ms").value_or(0),
        .duration_variance_percent = metadata.number("duration_variance_percent").value_or(0.0),
        .speed_ratio = metadata.number("speed_ratio").value_or(1.0),
        .speech_duration_ms = metadata.integer("speech_duration_ms").value_or(0),
        .no_speech = metadata.flag("no_speech").value_or(false),
        .asr_model = metadata.text("asr_model"),
        .translation_model = metadata.text("translation_model"),
        .tts_model = metadata.text("tts_model"),
        .gpu_utilization = metadata.number("gpu_utilization"),
    };
}

void write_labels(JsonWriter& json, const std::string& prefix, const Audio& audio) {
    json.text(prefix + "format", audio.format);
    json.integer(prefix + "sample_rate_hz", audio.sample_rate_hz);
    json.integer(prefix + "channels", audio.channels);
    json.integer(prefix + "duration_ms", audio.duration_ms);
}

bool is_apart(const Audio& audio) {
    constexpr std::size_t kLong = 4'096;
    return !audio.is_binary && audio.is_proven_base64 && audio.data.size() >= kLong;
}

void write_base64(JsonWriter& json, std::string_view key, Audio& audio, wire::Inset& inset) {
    if (is_apart(audio)) {
        inset = {.at = json.gap(key),
                 .text = std::make_shared<const std::string>(std::move(audio.data))};
    } else {
        json.text(key, audio.is_binary ? wire::encode_base64(audio.data) : audio.data);
    }
}

void write_nested_audio(JsonWriter& json, std::optional<Audio>& audio, WithAttachments& message) {
    if (!audio) {
        json.null("dubbed_audio");
        return;
    }
    json.begin("dubbed_audio");
    write_labels(json, "", *audio);
    if (audio->is_binary) {
        json.attachment("data", message.attachments.size());
        message.attachments.push_back(std::move(audio->data));
    } else {
        write_base64(json, "data_base64", *audio, message.inset);
    }
    json.end();
}

void write_flat_audio(JsonWriter& json, std::optional<Audio>& audio, wire::Inset& inset) {
    if (audio) {
        write_base64(json, "dubbed_audio", *audio, inset);
        write_labels(json, "dubbed_audio_", *audio);
        return;
    }
    for (const auto* key : {"dubbed_audio", "dubbed_audio_format", "dubbed_audio_sample_rate_hz",
                            "dubbed_audio_channels", "dubbed_audio_duration_ms"}) {
        json.null(key);
    }
}

void write_error(JsonWriter& json, const std::optional<ProcessingError>& error) {
    if (!error) {
        json.null("error");
        return;
    }
    json.begin("error");
    json.text_or_null("stage", error->stage);
    json.text("code", error->code);
    json.text("message", error->message);
    json.flag("retryable", error->retryable);
    if (error->load_shed) {
        json.flag("load_shed", true);
    }
    json.end();
}

void write_metadata(JsonWriter& json, const std::optional<ResultMetadata>& metadata) {
    if (!metadata) {
        json.null("metadata");
        return;
    }
    json.begin("metadata");
    json.integer("original_duration_ms", metadata->original_duration_ms);
    json.integer("dubbed_duration_ms", metadata->dubbed_duration_ms);
    json.number("duration_variance_percent", metadata->duration_variance_percent);
    json.number("speed_ratio", metadata->speed_ratio);
    json.integer("speech_duration_ms", metadata->speech_duration_ms);
    json.flag("no_speech", metadata->no_speech);
    json.text_or_null("asr_model", metadata->asr_model);
    json.text_or_null("translation_model", metadata->translation_model);
    json.text_or_null("tts_model", metadata->tts_model);
    json.number_or_null("gpu_utilization", metadata->gpu_utilization);
    json.end();
}

std::size_t length_of(const FragmentProcessed& result) {
    constexpr std::size_t kRest = 2'048;
    std::size_t length = kRest;
    if (result.dubbed_audio && !is_apart(*result.dubbed_audio)) {
        const std::size_t size = result.dubbed_audio->data.size();
        length += result.dubbed_audio->is_binary ? size / 2 * 3 : size;
    }
    for (const auto* text : {&result.transcript, &result.translated_text}) {
        length += *text ? (*text)->size() : 0;
    }
    return length;
}

}  // namespace

std::string_view to_string(ResultStatus status) noexcept {
    switch (status) {
        case ResultStatus::kSuccess:
            return "success";
        case ResultStatus::kPartial:
            return "partial";
        case ResultStatus::kFailed:
            return "failed";
    }
    return "failed";
}

Checked<FragmentProcessed> parse_fragment_processed(std::string_view json,
                                                    std::span<std::string> attachments) {
    const std::string code{error_code::kMalformedData};
    auto document = parse_object(json, code);
    if (!document) {
        return tl::unexpected{std::move(document).error()};
    }
    Complaint complaint{code};
    Fields required{&document->root(), "", complaint};
    FragmentProcessed result;
    result.fragment_id = required.text("fragment_id", {.least = 1});
    result.status = read_status(required);
    const PeerFields top{&document->root()};
    const PeerFields timings = top.object("stage_timings");
    result.stream_id = top.text("stream_id").value_or("");
    result.sequence_number = top.integer("sequence_number").value_or(0);
    result.dubbed_audio = read_dubbed_audio(top, attachments);
    result.transcript = top.text("transcript");
    result.translated_text = top.text("translated_text");
    result.processing_time_ms = top.integer("processing_time_ms").value_or(0);
    result.stage_timings = {.asr = timings.integer("asr_ms").value_or(0),
                            .translation = timings.integer("translation_ms").value_or(0),
                            .tts = timings.integer("tts_ms").value_or(0)};
    result.error = read_error(top.object("error"));
    result.metadata = read_metadata(top.object("metadata"));
    return unless(complaint, std::move(result));
}

WithAttachments to_json(FragmentProcessed result, Dialect dialect) {
    WithAttachments message;
    JsonWriter json{length_of(result)};
    json.text("fragment_id", result.fragment_id);
    json.text("stream_id", result.stream_id);
    json.integer("sequence_number", result.sequence_number);
    json.text("status", to_string(result.status));
    if (dialect == Dialect::kFlat) {
        write_flat_audio(json, result.dubbed_audio, message.inset);
    } else {
        write_nested_audio(json, result.dubbed_audio, message);
    }
    json.text_or_null("transcript", result.transcript);
    json.text_or_null("translated_text", result.translated_text);
    json.integer("processing_time_ms", result.processing_time_ms);
    json.begin("stage_timings");
    json.integer("asr_ms", result.stage_timings.asr);
    json.integer("translation_ms", result.stage_timings.translation);
    json.integer("tts_ms", result.stage_timings.tts);
    json.end();
    write_error(json, result.error);
    write_metadata(json, result.metadata);
    message.json = std::move(json).finish();
    return message;
}

}  // namespace livedub::contract
