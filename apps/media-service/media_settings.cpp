// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "media_settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <string_view>
#include <utility>

#include "common/stream_settings.hpp"
#include "sio/server_url.hpp"

namespace livedub {
namespace {

using config::Settings;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array<std::string_view, 2> kAutoOrOff{"auto", "off"};
constexpr std::array<std::string_view, 2> kPassthroughOrStop{"passthrough", "stop"};
constexpr std::array<std::string_view, 2> kOriginalOrSilence{"original", "silence"};
constexpr std::array<std::string_view, 3> kStsModes{"enabled", "passthrough", "disabled"};

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> schemes) {
    return std::ranges::any_of(schemes, [text](std::string_view scheme) {
        return text.starts_with(scheme) && text.size() > scheme.size();
    });
}

std::string without_trailing_slashes(std::string text) {
    text.erase(text.find_last_not_of('/') + 1);
    return text;
}

void read_http(SettingsReader& reader, const Settings& settings, MediaServiceConfig& config) {
    int port = 0;
    reader.take(port, settings.integer("PORT", 0, 65'535));
    config.http = {settings.text("HOST"), static_cast<std::uint16_t>(port)};
    if (settings.is_set("ORCH_HTTP_ADDR")) {
        Endpoint both;
        reader.endpoint(both, "ORCH_HTTP_ADDR");
        if (settings.source("HOST") < settings.source("ORCH_HTTP_ADDR")) {
            config.http.host = both.host;
        }
        if (settings.source("PORT") < settings.source("ORCH_HTTP_ADDR")) {
            config.http.port = both.port;
        }
    }
    reader.take(config.metrics_enabled, settings.boolean("METRICS_ENABLED"));
    config.hook_token = settings.text("HOOK_TOKEN");
}

/// "rtmp://user:pass@host" -> "rtmp://host" and "user=user&pass=pass": where MediaMTX and our own
/// server look for them. They stay percent-encoded, as they are in either place.
void move_credentials(std::string& url, std::string& query) {
    constexpr std::string_view kScheme = "://";
    const auto scheme = url.find(kScheme);
    if (scheme == std::string::npos) {
        return;
    }
    const auto begin = scheme + kScheme.size();
    const auto sign = url.rfind('@', url.find('/', begin));
    if (sign == std::string::npos || sign < begin) {
        return;
    }
    const auto both = url.substr(begin, sign - begin);
    const auto colon = std::min(both.find(':'), both.size());
    query =
        "user=" + both.substr(0, colon) + "&pass=" + both.substr(std::min(colon + 1, both.size()));
    url.erase(begin, sign + 1 - begin);
}

void read_media_server(SettingsReader& reader, const Settings& settings,
                       MediaServiceConfig& config) {
    const auto& host = settings.text("MEDIAMTX_HOST");
    config.rtmp_base = settings.text("MEDIAMTX_RTMP_URL");
    if (config.rtmp_base.empty()) {
        config.rtmp_base = "rtmp://" + host + ":1935";
    } else if (!starts_with_any(config.rtmp_base, {"rtmp://", "rtmps://"})) {
        reader.refuse("MEDIAMTX_RTMP_URL", "a URL like rtmp://mediamtx:1935");
    }
    config.rtmp_base = without_trailing_slashes(config.rtmp_base);
    move_credentials(config.rtmp_base, config.rtmp_query);

    config.media_api_url = settings.text("MEDIAMTX_API_URL");
    if (config.media_api_url.empty()) {
        config.media_api_url = "http://" + host + ":9997";
    } else if (config.media_api_url == "off") {
        config.media_api_url.clear();
    } else if (!starts_with_any(config.media_api_url, {"http://", "https://"})) {
        reader.refuse("MEDIAMTX_API_URL", "a URL like http://mediamtx:9997, or off");
    }
    config.media_api_url = without_trailing_slashes(config.media_api_url);
}

void read_sts(SettingsReader& reader, const Settings& settings, MediaServiceConfig& config) {
    auto& sts = config.sts;
    sts.url = without_trailing_slashes(settings.text("STS_SERVICE_URL"));
    if (!sio::parse_server_url(sts.url)) {
        reader.refuse("STS_SERVICE_URL",
                      "http, https, ws or wss with a host and a port, like http://localhost:3000");
    }
    sts.path = settings.text("STS_SOCKETIO_PATH");
    sts.name_space = settings.text("STS_NAMESPACE");
    for (const auto* name : {"STS_SOCKETIO_PATH", "STS_NAMESPACE"}) {
        if (!settings.text(name).starts_with('/')) {
            reader.refuse(name, "a path that begins with /");
        }
    }
    sts.api_key = settings.text("STS_API_KEY");
    sts.link.worker_id = config.log.identity.instance_id;

    std::string choice;
    reader.take(choice, settings.choice("STS_BINARY", kAutoOrOff));
    sts.link.wants_binary = choice == "auto";
    reader.take(choice, settings.choice("STS_RECONNECT_EXHAUSTED", kPassthroughOrStop));
    sts.link.when_exhausted = choice == "stop" ? sts_client::WhenExhausted::kStop
                                               : sts_client::WhenExhausted::kPassthrough;
    reader.take(choice, settings.choice("WORKER_NO_SPEECH_AUDIO", kOriginalOrSilence));
    sts.link.no_speech = choice == "silence" ? sts_client::NoSpeechAudio::kSilence
                                             : sts_client::NoSpeechAudio::kOriginal;
    bool is_insecure = false;
    reader.take(is_insecure, settings.boolean("STS_TLS_INSECURE"));
    sts.verify_certificate = !is_insecure;

    reader.take(sts.link.breaker.threshold,
                settings.integer("CIRCUIT_BREAKER_THRESHOLD", 1, 1'000));
    reader.take(sts.link.breaker.open_time,
                settings.duration("CIRCUIT_BREAKER_TIMEOUT", seconds{1}, seconds{1}, hours{1}));

    config.skips_sts = config.stream.mode == StreamMode::kOriginal;
    reader.take(choice, settings.choice("WORKER_STS_MODE", kStsModes));
    if (settings.source("SKIP_STS_CONNECTION") < settings.source("WORKER_STS_MODE")) {
        config.skips_sts = choice != "enabled";
        config.stream.mode = config.skips_sts ? StreamMode::kOriginal : StreamMode::kDub;
    }
}

void read_bytes(SettingsReader& reader, const Settings& settings, const std::string& name,
                std::uint64_t& into) {
    const auto& text = settings.text(name);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    if (error != std::errc{} || end != text.data() + text.size()) {
        reader.refuse(name, "a whole number of bytes, 0 for no limit");
    }
}

/// What concerns this service alone; what it shares with `livedub up` comes after it.
std::vector<config::SettingSpec> own_settings() {
    return {
        {.name = "HOST", .default_value = "0.0.0.0", .help = "Address of the HTTP API"},
        {.name = "PORT", .default_value = "8080", .help = "Its port; 0: any free one"},
        {.name = "ORCH_HTTP_ADDR", .default_value = "", .help = "HOST:PORT in one"},
        {.name = "MEDIAMTX_HOST",
         .default_value = "mediamtx",
         .help = "The media server, where the URLs do not say",
         .aliases = {"ORCH_MEDIAMTX_HOST", "WORKER_MEDIAMTX_HOST"}},
        {.name = "MEDIAMTX_RTMP_URL",
         .default_value = "",
         .help = "Where streams are pulled from and published to",
         .has_keys = true},
        {.name = "MEDIAMTX_API_URL",
         .default_value = "",
         .help = "Where the media server says what it has, or off"},
        {.name = "MEDIAMTX_RTSP_URL", .default_value = "", .help = "Reserved"},
        {.name = "STS_SERVICE_URL",
         .default_value = "http://localhost:3000",
         .help = "The speech service",
         .aliases = {"WORKER_STS_SERVICE_URL"}},
        {.name = "STS_SOCKETIO_PATH", .default_value = "/socket.io/", .help = "Its path"},
        {.name = "STS_NAMESPACE", .default_value = "/", .help = "Its namespace"},
        {.name = "STS_API_KEY",
         .default_value = "",
         .help = "Its key",
         .aliases = {"WORKER_STS_API_KEY"},
         .is_secret = true},
        {.name = "STS_BINARY",
         .default_value = "auto",
         .help = "Sound as binary where the service can: auto or off"},
        {.name = "STS_TLS_INSECURE",
         .default_value = "false",
         .help = "true: its certificate is not checked"},
        {.name = "STS_RECONNECT_EXHAUSTED",
         .default_value = "passthrough",
         .help = "When it cannot be reached: passthrough, or stop the stream"},
        {.name = "WORKER_STS_MODE",
         .default_value = "enabled",
         .help = "enabled, passthrough or disabled; SKIP_STS_CONNECTION goes before"},
        {.name = "WORKER_NO_SPEECH_AUDIO",
         .default_value = "original",
         .help = "Where nobody speaks: original or silence"},
        {.name = "CIRCUIT_BREAKER_THRESHOLD",
         .default_value = "5",
         .help = "Failures in a row after which the service is left alone"},
        {.name = "CIRCUIT_BREAKER_TIMEOUT",
         .default_value = "30s",
         .help = "For how long, 1s to 1h"},
        {.name = "WORKER_SEGMENT_DIR",
         .default_value = "/tmp/segments",
         .help = "Where segments are stored",
         .aliases = {"SEGMENT_DIR"}},
        {.name = "SEGMENT_RETENTION",
         .default_value = "1h",
         .help = "How long they are kept; 0: for ever"},
        {.name = "SEGMENT_MAX_BYTES",
         .default_value = "1073741824",
         .help = "How much of a stream is kept; 0: all"},
        {.name = "METRICS_ENABLED", .default_value = "true", .help = "false: no /metrics"},
        {.name = "HOOK_TOKEN",
         .default_value = "",
         .help = "Bearer token that hooks have to show",
         .is_secret = true},
        {.name = "GST_DEBUG", .default_value = "", .help = "Passed to GStreamer"},
    };
}

}  // namespace

const std::vector<config::SettingSpec>& media_service_settings() {
    static const auto specs = [] {
        auto all = own_settings();
        std::ranges::move(stream_settings(), std::back_inserter(all));
        std::ranges::move(log_settings("json"), std::back_inserter(all));
        std::ranges::move(identity_settings(), std::back_inserter(all));
        return all;
    }();
    return specs;
}

Result<MediaServiceConfig> make_media_service_config(const Settings& settings) {
    MediaServiceConfig config;
    SettingsReader reader{settings};
    read_log_settings(reader, settings, config.log);
    read_identity(reader, settings, config.log.identity);
    read_http(reader, settings, config);
    read_media_server(reader, settings, config);
    read_stream_settings(reader, settings, config.stream, config.most_streams);
    read_captions(reader, settings, config.captions_dir);
    read_sts(reader, settings, config);
    config.gst_debug = settings.text("GST_DEBUG");

    reader.directory(config.segment_dir, "WORKER_SEGMENT_DIR");
    reader.take(config.segment_retention,
                settings.duration("SEGMENT_RETENTION", seconds{1}, milliseconds{0}, hours{87'600}));
    read_bytes(reader, settings, "SEGMENT_MAX_BYTES", config.segment_max_bytes);

    if (reader.error()) {
        return tl::unexpected{std::move(*reader.error())};
    }
    return config;
}

}  // namespace livedub
