// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <limits>
#include <utility>

#include <fmt/format.h>

#include "contract/audio_formats.hpp"
#include "contract/error_codes.hpp"
#include "contract/fields.hpp"
#include "contract/fragment_messages.hpp"
#include "contract/json_writer.hpp"

namespace livedub::contract {
namespace {

constexpr Range kSampleRate{.least = 8'000, .most = 96'000};
constexpr Range kChannels{.least = 1, .most = 2};
constexpr Range kDuration{.least = 0, .most = 60'000};
constexpr Range kAnyInteger{.least = std::numeric_limits<std::int64_t>::min(),
                            .most = std::numeric_limits<std::int64_t>::max()};
constexpr Length kAnyText{.least = 0, .most = kAnyLength};
constexpr std::string_view kNotGranted =
    "is an attachment; it must be base64 text in a session without config.binary";

/// A number that can be read keeps the fragment's result slot, whatever else is wrong with it.
std::optional<std::int64_t> readable_number(Document& document) {
    Complaint ignored{""};
    return Fields{&document.root(), "", ignored}.integer_if("sequence_number", Range{});
}

Audio read_nested_audio(Fields audio, std::span<std::string> attachments, bool may_be_binary) {
    Audio read;
    read.format = audio.choice_if("format", kAudioFormats).value_or("m4a");
    read.sample_rate_hz = static_cast<int>(audio.integer("sample_rate_hz", kSampleRate));
    read.channels = static_cast<int>(audio.integer("channels", kChannels));
    read.duration_ms = audio.integer("duration_ms", kDuration);
    if (!audio.has_attachment("data")) {
        read.data = audio.text("data_base64", kAnyText);
    } else if (may_be_binary) {
        read.data = audio.attachment("data", attachments);
        read.is_binary = true;
    } else {
        audio.complaint().add(audio.name("data"), kNotGranted);
    }
    return read;
}

/// @param top The fragment: in the flat dialect, what describes the audio stands beside it.
Audio read_flat_audio(Fields& top, const StreamInit& init) {
    Audio read;
    read.format = top.choice_if("format", kAudioFormats).value_or(init.format);
    const auto rate = top.integer_if("sample_rate", kSampleRate);
    const auto rate_hz = top.integer_if("sample_rate_hz", kSampleRate);
    read.sample_rate_hz = static_cast<int>(rate_hz.value_or(rate.value_or(init.sample_rate_hz)));
    read.channels = static_cast<int>(top.integer_if("channels", kChannels).value_or(init.channels));
    const auto duration = top.integer_if("duration_ms", kDuration);
    read.duration_ms = duration.value_or(init.chunk_duration_ms);
    read.is_duration_stated = duration.has_value();
    read.data = top.text("audio", kAnyText);
    return read;
}

void read_metadata(Fields& top, FragmentData& fragment) {
    fragment.metadata = top.json_if("metadata");
    if (!fragment.metadata.empty()) {
        auto metadata = top.object_if("metadata");
        const auto pts = metadata.integer_if("pts_ns", kAnyInteger);
        const auto source_pts = metadata.integer_if("source_pts_ns", kAnyInteger);
        fragment.pts_ns = pts ? pts : source_pts;
    }
}

void check_size(const Audio& audio, bool is_flat, Complaint& complaint) {
    const std::size_t most = audio.is_binary ? kMostAudioBytes : kMostAudioBase64;
    if (audio.data.size() > most) {
        const auto* const nested = audio.is_binary ? "audio.data" : "audio.data_base64";
        complaint.add_as(error_code::kFragmentTooLarge, is_flat ? "audio" : nested,
                         fmt::format("has {} {}; it must have at most {}", audio.data.size(),
                                     audio.is_binary ? "bytes" : "characters of base64", most));
    }
}

FragmentData read_fragment(Fields& top, std::span<std::string> attachments, const StreamInit& init,
                           bool may_be_binary) {
    FragmentData fragment;
    fragment.fragment_id = top.text("fragment_id", {.least = 1});
    const bool is_flat = top.has_text("audio");
    if (is_flat && !top.has("stream_id")) {
        fragment.stream_id = init.stream_id;
    } else {
        fragment.stream_id = top.text("stream_id", {.least = 0});
    }
    fragment.sequence_number = top.integer("sequence_number", Range{});
    fragment.timestamp = top.integer("timestamp", Range{});
    if (!attachments.empty() && !may_be_binary) {
        top.complaint().add("audio.data", kNotGranted);
    }
    if (is_flat) {
        fragment.audio = read_flat_audio(top, init);
    } else if (top.has_object("audio")) {
        fragment.audio = read_nested_audio(top.object("audio"), attachments, may_be_binary);
    } else {
        top.refuse("audio", "an object or base64 text");
    }
    read_metadata(top, fragment);
    check_size(fragment.audio, is_flat, top.complaint());
    return fragment;
}

}  // namespace

tl::expected<FragmentData, FragmentViolation> parse_fragment_data(
    wire::Slice json, std::span<std::string> attachments, const StreamInit& init,
    bool may_be_binary) {
    const std::string code{error_code::kMalformedData};
    auto document = parse_document_in_place(std::move(json), code);
    if (!document) {
        return tl::unexpected{FragmentViolation{.violation = std::move(document).error()}};
    }
    const auto number = readable_number(*document);
    Complaint complaint{code};
    check_keys(*document, complaint);
    Fields top{&document->root(), "", complaint};
    auto fragment = read_fragment(top, attachments, init, may_be_binary);
    auto& audio = fragment.audio;
    audio.is_proven_base64 = !audio.is_binary && document->is_proven_base64(audio.data);
    if (!complaint.first()) {
        return fragment;
    }
    FragmentViolation violation{.violation = *complaint.first(), .sequence_number = number};
    if (!fragment.fragment_id.empty()) {
        violation.fragment_id = std::move(fragment.fragment_id);
    }
    if (!fragment.stream_id.empty()) {
        violation.stream_id = std::move(fragment.stream_id);
    }
    return tl::unexpected{std::move(violation)};
}

WithAttachments to_json(FragmentData fragment) {
    constexpr std::size_t kRest = 1'024;
    auto& audio = fragment.audio;
    WithAttachments message;
    JsonWriter json{(audio.is_binary ? 0 : audio.data.size()) + fragment.metadata.size() + kRest};
    json.text("fragment_id", fragment.fragment_id);
    json.text("stream_id", fragment.stream_id);
    json.integer("sequence_number", fragment.sequence_number);
    json.integer("timestamp", fragment.timestamp);
    json.begin("audio");
    json.text("format", audio.format);
    json.integer("sample_rate_hz", audio.sample_rate_hz);
    json.integer("channels", audio.channels);
    json.integer("duration_ms", audio.duration_ms);
    if (audio.is_binary) {
        json.attachment("data", message.attachments.size());
        message.attachments.push_back(std::move(audio.data));
    } else {
        json.text("data_base64", audio.data);
    }
    json.end();
    if (fragment.metadata.empty() && fragment.pts_ns) {
        json.begin("metadata");
        json.integer("pts_ns", *fragment.pts_ns);
        json.end();
    } else {
        json.json("metadata", fragment.metadata);
    }
    message.json = std::move(json).finish();
    return message;
}

}  // namespace livedub::contract
