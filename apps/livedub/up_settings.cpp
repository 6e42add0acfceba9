// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "up_settings.hpp"

#include <array>
#include <charconv>
#include <filesystem>
#include <utility>

#include <unistd.h>

namespace livedub {
namespace {

using config::Settings;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 2> kDuckOrMute{"duck", "mute"};
constexpr std::array<std::string_view, 2> kTextOrJson{"text", "json"};

/// Takes values one after the other and keeps the first error.
class Reader {
  public:
    explicit Reader(const Settings& settings) : settings_{settings} {}

    template <typename T>
    void take(T& into, Result<T> value) {
        if (value) {
            into = std::move(*value);
        } else if (!error_) {
            error_ = std::move(value.error());
        }
    }

    void endpoint(Endpoint& into, const std::string& name) {
        if (auto parsed = parse_endpoint(settings_.text(name))) {
            into = std::move(*parsed);
        } else {
            refuse(name, "HOST:PORT with a port from 0 to 65535, like 0.0.0.0:1935");
        }
    }

    void language(std::string& into, const std::string& name) {
        if (is_language_tag(settings_.text(name))) {
            into = settings_.text(name);
        } else {
            refuse(name, "a language tag of 2 to 10 characters, like es or pt-BR");
        }
    }

    void refuse(const std::string& name, std::string_view allowed) {
        if (!error_) {
            error_ = settings_.refuse(name, allowed);
        }
    }

    [[nodiscard]] std::optional<Error>& error() { return error_; }

  private:
    const Settings& settings_;
    std::optional<Error> error_;
};

bool is_writable_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    return std::filesystem::is_directory(path, error) && ::access(path.c_str(), W_OK) == 0;
}

void read_stream(Reader& reader, const Settings& settings, StreamOptions& stream) {
    reader.language(stream.source_language, "WORKER_SOURCE_LANGUAGE");
    reader.language(stream.target_language, "WORKER_TARGET_LANGUAGE");
    stream.voice = settings.text("WORKER_VOICE_PROFILE");

    const seconds one{1};
    const milliseconds one_ms{1};
    reader.take(stream.segment,
                settings.duration("WORKER_SEGMENT_DURATION", one, one, seconds{30}));
    reader.take(stream.delay, settings.duration("OUTPUT_DELAY", one, milliseconds{0}, seconds{60}));
    reader.take(stream.sts_timeout,
                settings.duration("WORKER_STS_TIMEOUT_MS", one_ms, one, seconds{120}));
    reader.take(stream.grace,
                settings.duration("ORCH_GRACE_PERIOD", one, milliseconds{0}, minutes{5}));
    reader.take(stream.ready_timeout,
                settings.duration("WORKER_READY_TIMEOUT", one, one, minutes{5}));
    if (stream.delay.count() > 0 && stream.delay < stream.segment + one) {
        reader.refuse("OUTPUT_DELAY", "0, or segment + 1s to 60s");
    }
    bool skips_speech = false;
    reader.take(skips_speech, settings.boolean("SKIP_STS_CONNECTION"));
    bool speaks = true;
    reader.take(speaks, settings.boolean("LIVEDUB_SPEECH"));
    stream.mode = speaks && !skips_speech ? StreamMode::kDub : StreamMode::kOriginal;

    std::string under;
    int duck_db = 0;
    reader.take(under, settings.choice("WORKER_ORIGINAL_AUDIO", kDuckOrMute));
    reader.take(duck_db, settings.integer("WORKER_DUCK_DB", -60, 0));
    stream.mix.duck_db = under == "mute" ? MixSettings::kMute : duck_db;
}

}  // namespace

const std::vector<config::SettingSpec>& up_settings() {
    static const std::vector<config::SettingSpec> specs{
        {.name = "LIVEDUB_RTMP",
         .default_value = "0.0.0.0:1935",
         .help = "RTMP address",
         .flag = "rtmp"},
        {.name = "LIVEDUB_API",
         .default_value = "0.0.0.0:9997",
         .help = "HTTP API address",
         .flag = "api"},
        {.name = "LIVEDUB_METRICS",
         .default_value = "0.0.0.0:9998",
         .help = "Prometheus metrics address",
         .flag = "metrics"},
        {.name = "WORKER_SOURCE_LANGUAGE",
         .default_value = "en",
         .help = "Language spoken in the stream",
         .flag = "from",
         .aliases = {"WORKER_SOURCE_LANG"}},
        {.name = "WORKER_TARGET_LANGUAGE",
         .default_value = "es",
         .help = "Language to dub into",
         .flag = "to",
         .aliases = {"WORKER_TARGET_LANG"}},
        {.name = "WORKER_VOICE_PROFILE",
         .default_value = "default",
         .help = "Voice of the dub",
         .flag = "voice",
         .aliases = {"WORKER_TTS_VOICE"}},
        {.name = "WORKER_SEGMENT_DURATION",
         .default_value = "6s",
         .help = "Length of a fragment, 1s to 30s",
         .flag = "segment"},
        {.name = "OUTPUT_DELAY",
         .default_value = "0",
         .help = "Delay from in to out, up to 60s; 0 = segment + speech timeout + 1s",
         .flag = "delay",
         .aliases = {"WORKER_BUFFER_TARGET"}},
        {.name = "WORKER_STS_TIMEOUT_MS",
         .default_value = "8000",
         .help = "Time allowed for the speech of a fragment"},
        {.name = "WORKER_ORIGINAL_AUDIO",
         .default_value = "duck",
         .help = "The original under a dub: duck or mute",
         .flag = "original-audio"},
        {.name = "WORKER_DUCK_DB",
         .default_value = "-15",
         .help = "How far it is ducked, -60 to 0 dB",
         .flag = "duck-db"},
        {.name = "LIVEDUB_SPEECH",
         .default_value = "on",
         .help = "off: original audio for everything",
         .flag = "speech"},
        {.name = "SKIP_STS_CONNECTION", .default_value = "false", .help = "true: as --speech off"},
        {.name = "ASR_PROVIDER", .default_value = "auto", .help = "Recogniser"},
        {.name = "TRANSLATION_PROVIDER", .default_value = "apertium", .help = "Translator"},
        {.name = "TTS_PROVIDER", .default_value = "auto", .help = "Synthesizer"},
        {.name = "STS_MAX_WORKERS",
         .default_value = "4",
         .help = "Speech threads, at most one a core"},
        {.name = "MAX_CONCURRENT_STREAMS",
         .default_value = "10",
         .help = "Streams dubbed at once, 0 = no limit",
         .aliases = {"ORCH_MAX_WORKERS"}},
        {.name = "WORKER_READY_TIMEOUT",
         .default_value = "15s",
         .help = "How long a stream waits for its input at the start, 1s to 5m"},
        {.name = "ORCH_GRACE_PERIOD",
         .default_value = "30s",
         .help = "How long a stream waits for its publisher to come back, up to 5m",
         .flag = "grace"},
        {.name = "LIVEDUB_CAPTIONS",
         .default_value = "",
         .help = "Directory for transcripts and WebVTT captions",
         .flag = "captions"},
        {.name = "LOG_LEVEL",
         .default_value = "INFO",
         .help = "DEBUG, INFO, WARNING, ERROR or CRITICAL"},
        {.name = "LOG_FORMAT", .default_value = "text", .help = "text or json"},
    };
    return specs;
}

Result<UpConfig> make_up_config(const Settings& settings) {
    UpConfig config;
    Reader reader{settings};
    reader.endpoint(config.rtmp, "LIVEDUB_RTMP");
    reader.endpoint(config.api, "LIVEDUB_API");
    reader.endpoint(config.metrics, "LIVEDUB_METRICS");
    read_stream(reader, settings, config.stream);

    int most_streams = 0;
    reader.take(most_streams, settings.integer("MAX_CONCURRENT_STREAMS", 0, 10'000));
    config.most_streams = static_cast<std::size_t>(most_streams);
    int workers = 0;
    reader.take(workers, settings.integer("STS_MAX_WORKERS", 1, 256));

    config.speech.recogniser = settings.text("ASR_PROVIDER");
    config.speech.translator = settings.text("TRANSLATION_PROVIDER");
    config.speech.synthesizer = settings.text("TTS_PROVIDER");
    config.speech.workers = static_cast<std::size_t>(workers);

    if (const auto& dir = settings.text("LIVEDUB_CAPTIONS"); !dir.empty()) {
        if (!is_writable_directory(dir)) {
            reader.refuse("LIVEDUB_CAPTIONS", "a directory that can be written to");
        }
        config.captions_dir = dir;
    }
    config.log_level = settings.text("LOG_LEVEL");
    std::string format;
    reader.take(format, settings.choice("LOG_FORMAT", kTextOrJson));
    config.log_format = format == "json" ? LogFormat::kJson : LogFormat::kText;

    if (reader.error()) {
        return tl::unexpected{std::move(*reader.error())};
    }
    return config;
}

std::optional<Endpoint> parse_endpoint(const std::string& text) {
    const auto colon = text.rfind(':');
    auto host = colon == std::string::npos ? std::string{} : text.substr(0, colon);
    const auto port_text = colon == std::string::npos ? text : text.substr(colon + 1);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    int port = -1;
    const auto [end, error] =
        std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
    if (error != std::errc{} || end != port_text.data() + port_text.size() || port < 0 ||
        port > 65'535) {
        return std::nullopt;
    }
    return Endpoint{host.empty() ? "0.0.0.0" : host, static_cast<std::uint16_t>(port)};
}

}  // namespace livedub
