// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/online/speech_api.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "clips/clip.hpp"
#include "clips/sound_file.hpp"
#include "engines/online/service_answer.hpp"
#include "speech/samples.hpp"
#include "speech/trim_silence.hpp"

namespace livedub::online {
namespace {

using nlohmann::json;

struct SpeedRange {
    double slowest;
    double fastest;
};
constexpr SpeedRange kOpenAiSpeeds{.slowest = 0.25, .fastest = 4.0};
constexpr SpeedRange kElevenLabsSpeeds{.slowest = 0.7, .fastest = 1.2};

constexpr int kElevenLabsRate = 24'000;  // the highest that every plan has

/// Speech of half a minute at 48 kHz, stereo, is 6 MB.
constexpr std::size_t kMostBytes = std::size_t{10} << 20U;

/// Nearer to it than this the natural speed is meant, which need not be said.
constexpr double kNatural = 0.005;

/// Rounded, as the services document it; nullopt: the natural one.
std::optional<double> speed_of(const SpokenText& spoken, const SpeedRange& range) {
    constexpr double kSteps = 100.0;
    const auto wished = spoken.speed * spoken.voice.speed;
    if (!std::isfinite(wished) || std::abs(wished - 1.0) < kNatural) {
        return std::nullopt;
    }
    return std::round(std::clamp(wished, range.slowest, range.fastest) * kSteps) / kSteps;
}

std::string either(const std::string& preferred, const std::string& otherwise) {
    return preferred.empty() ? otherwise : preferred;
}

/// As RFC 3986 has it: for a path or a query.
std::string escaped(std::string_view text) {
    constexpr std::string_view kUnreserved = "-._~";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_kept = byte < 0x80 && (std::isalnum(byte) != 0 ||
                                             kUnreserved.find(c) != std::string_view::npos);
        out += is_kept ? std::string{c} : fmt::format("%{:02X}", byte);
    }
    return out;
}

http::FetchRequest post(std::string url, const json& body) {
    return {.url = std::move(url),
            .method = "POST",
            .headers = {{"Content-Type", "application/json"}},
            // What is not UTF-8 cannot be asked in JSON; it is replaced.
            .body = body.dump(-1, ' ', false, json::error_handler_t::replace),
            .max_bytes = kMostBytes};
}

/// Those of ElevenLabs' models that are told which language to speak; the others find it out, and
/// refuse to be told.
bool takes_language(std::string_view model) {
    return model.find("_v2_5") != std::string_view::npos || model.starts_with("eleven_v3");
}

/// Whether that is something to read: sound of any kind has bytes among its first that are none.
bool is_text(std::string_view bytes) {
    constexpr std::size_t kLookedAt = 256;
    constexpr std::string_view kBlank = "\t\r\n";
    return std::ranges::all_of(bytes.substr(0, kLookedAt), [&](char c) {
        return static_cast<unsigned char>(c) >= ' ' || kBlank.find(c) != std::string_view::npos;
    });
}

Result<PcmChunk> decode_samples(std::string_view bytes, int rate_hz, clips::FilePart part) {
    if (bytes.size() % 2 != 0 && part == clips::FilePart::kWhole) {
        return fail(ErrorCode::kInternal, "the sound is cut short");
    }
    std::vector<std::int16_t> samples(bytes.size() / 2);
    for (std::size_t at = 0; at < samples.size(); ++at) {
        const auto low = static_cast<unsigned char>(bytes[2 * at]);
        const auto high = static_cast<unsigned char>(bytes[2 * at + 1]);
        samples[at] = static_cast<std::int16_t>(high << 8U | low);
    }
    return PcmChunk::make(StreamTime{}, {.sample_rate_hz = rate_hz, .channels = 1},
                          std::move(samples));
}

/// By what it is, not by what it is said to be: proxies and servers of the same interface send what
/// they have.
Result<PcmChunk> decode(const http::FetchedPage& page, clips::FilePart part, int raw_rate_hz) {
    if (clips::sniff_sound_file(page.body)) {
        return clips::decode_sound_file(page.body, part);
    }
    const auto no_sound = [](std::string_view what) {
        return fail(ErrorCode::kInternal, fmt::format("the answer is {}, no sound", what));
    };
    if (page.content_type.starts_with("text/") ||
        page.content_type.starts_with("application/json")) {
        return no_sound(page.content_type);
    }
    if (is_text(page.body)) {
        return no_sound("text");
    }
    if (raw_rate_hz > 0) {
        return decode_samples(page.body, raw_rate_hz, part);
    }
    return fail(
        ErrorCode::kInternal,
        fmt::format("the answer, {} bytes of \"{}\", is none of WAV, MP3, AAC, M4A, Ogg and "
                    "FLAC",
                    page.body.size(), page.content_type));
}

/// What is heard of it, mono: from the first sound to the last.
Result<PcmChunk> audible(const PcmChunk& sound) {
    const auto mono = speech::mix_down(sound);
    auto samples = speech::trim_silence(speech::to_pcm16(mono.samples, 1), mono.sample_rate_hz);
    if (samples.empty()) {
        return fail(ErrorCode::kInternal, "the answer is silent");
    }
    return PcmChunk::make(StreamTime{}, {.sample_rate_hz = mono.sample_rate_hz, .channels = 1},
                          std::move(samples));
}

}  // namespace

SpeechApi openai_speech_api(const OpenAiSpeech& service) {
    return {.name = "openai-compatible",
            .model = service.model,
            .ask = [url = below(service.url, "/audio/speech"),
                    service](const SpokenText& spoken) -> Result<http::FetchRequest> {
                const auto voice = either(spoken.voice.id, service.voice);
                if (voice.empty()) {
                    return fail(ErrorCode::kInvalidArgument,
                                "openai-compatible: the voice profile has no voice_id, and "
                                "OPENAI_TTS_VOICE is not set");
                }
                json body{{"model", either(spoken.voice.model, service.model)},
                          {"voice", voice},
                          {"input", spoken.text},
                          {"response_format", "wav"}};
                if (const auto speed = speed_of(spoken, kOpenAiSpeeds)) {
                    body["speed"] = *speed;
                }
                auto request = post(url, body);
                if (!service.key.empty()) {
                    request.headers.emplace_back("Authorization", "Bearer " + service.key);
                }
                return request;
            },
            .most_tries = 2};
}

SpeechApi elevenlabs_api(ElevenLabs service) {
    if (service.url.empty()) {
        service.url = "https://api.elevenlabs.io";
    }
    return {
        .name = "elevenlabs",
        .model = service.model,
        .ask = [service](const SpokenText& spoken) -> Result<http::FetchRequest> {
            const auto voice = either(spoken.voice.id, service.voice);
            if (voice.empty()) {
                return fail(ErrorCode::kInvalidArgument,
                            "elevenlabs: the voice profile has no voice_id, and "
                            "ELEVENLABS_VOICE_ID is not set");
            }
            const auto model = either(spoken.voice.model, service.model);
            json body{{"text", spoken.text}, {"model_id", model}};
            if (takes_language(model)) {
                body["language_code"] = primary_language(spoken.language);
            }
            if (const auto speed = speed_of(spoken, kElevenLabsSpeeds)) {
                body["voice_settings"] = {{"speed", *speed}};
            }
            auto request = post(
                below(service.url, fmt::format("/v1/text-to-speech/{}/stream?output_format=pcm_{}",
                                               escaped(voice), kElevenLabsRate)),
                body);
            request.headers.emplace_back("xi-api-key", service.key);
            return request;
        },
        .raw_rate_hz = kElevenLabsRate,
        .most_tries = 2,
        .ask_models =
            [service] {
                return http::FetchRequest{.url = below(service.url, "/v1/models"),
                                          .headers = {{"xi-api-key", service.key}}};
            }};
}

SpeechApi coqui_api(const std::string& url) {
    constexpr std::string_view kPath = "/api/tts";
    auto base = below(url, "");
    if (base.ends_with(kPath)) {
        base.resize(base.size() - kPath.size());
    }
    return {
        .name = "coqui",
        .ask = [url = below(base, kPath)](const SpokenText& spoken) -> Result<http::FetchRequest> {
            return http::FetchRequest{
                .url = fmt::format("{}?text={}&speaker_id={}&language_id={}", url,
                                   escaped(spoken.text),
                                   escaped(either(spoken.voice.speaker, spoken.voice.id)),
                                   escaped(primary_language(spoken.language))),
                .max_bytes = kMostBytes};
        }};
}

Result<PcmChunk> read_speech(const http::FetchedPage& page, const SpeechApi& api) {
    const auto failed = [&](std::string_view why) {
        return fail(ErrorCode::kInternal, fmt::format("{}: {}", api.name, why));
    };
    if (page.status != kOk) {
        return tl::unexpected{speech_refusal_in(
            page, api.name, {"/error/message", "/error", "/detail/message", "/detail"})};
    }
    if (page.body.empty()) {
        return failed("the answer is empty");
    }
    const auto part = page.is_whole ? clips::FilePart::kWhole : clips::FilePart::kBeginning;
    auto speech = decode(page, part, api.raw_rate_hz).and_then(audible);
    if (!speech) {
        return failed(speech.error().message());
    }
    if (page.is_whole && speech->duration() >= clips::kLongestClip) {
        return failed(fmt::format("{} s of speech or more", clips::kLongestClip.count()));
    }
    return speech;
}

bool EnoughSpeech::operator()(const http::FetchedPage& so_far) {
    const auto size = so_far.body.size();
    if (so_far.status != kOk || size < look_at_) {
        return false;
    }
    const auto speech = decode(so_far, clips::FilePart::kBeginning, raw_rate_hz_).and_then(audible);
    if (speech && speech->duration() > longest_) {
        return true;
    }
    // When there will be enough, if it goes on as it began; what came first may be silence, or no
    // sound yet.
    const double share =
        speech ? std::chrono::duration<double>{speech->duration()} / longest_ : 0.0;
    const double grown = std::clamp(1.0 / std::max(share, 0.1), 1.125, 2.0);
    look_at_ = static_cast<std::size_t>(static_cast<double>(size) * grown) + 1;
    return false;
}

bool speaks_language(const http::FetchedPage& models, std::string_view model,
                     std::string_view language) {
    const auto list = models.status == kOk ? json::parse(models.body, nullptr, false) : json{};
    if (!list.is_array()) {
        return true;
    }
    const auto text_of = [](const json& object, const char* key) {
        const auto found = object.is_object() ? object.find(key) : object.end();
        return found != object.end() && found->is_string() ? found->get<std::string>() : "";
    };
    for (const auto& entry : list) {
        if (text_of(entry, "model_id") != model || !entry.contains("languages") ||
            !entry["languages"].is_array() || entry["languages"].empty()) {
            continue;
        }
        return std::ranges::any_of(entry["languages"], [&](const json& it) {
            return primary_language(text_of(it, "language_id")) == primary_language(language);
        });
    }
    return true;
}

}  // namespace livedub::online
