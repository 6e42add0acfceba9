// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "sts_settings.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "engine_settings.hpp"

namespace livedub {
namespace {

using config::Settings;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr milliseconds kMs{1};
constexpr seconds kSecond{1};

constexpr int kMostThousand = 1000;
constexpr int kMostPayload = 1 << 30;

/// A default that depends on the mode: the setting's own is empty.
bool boolean_or(SettingsReader& reader, const Settings& settings, const std::string& name,
                bool otherwise) {
    bool value = otherwise;
    if (!settings.text(name).empty()) {
        reader.take(value, settings.boolean(name));
    }
    return value;
}

std::size_t count(SettingsReader& reader, const Settings& settings, const std::string& name,
                  int least, int most) {
    int value = least;
    reader.take(value, settings.integer(name, least, most));
    return static_cast<std::size_t>(value);
}

std::vector<config::SettingSpec> server_settings() {
    return {
        {.name = "STS_MODE", .default_value = "full", .help = "full or echo", .flag = "mode"},
        {.name = "HOST", .default_value = "0.0.0.0", .help = "Address to listen on"},
        {.name = "PORT",
         .default_value = "8000",
         .help = "Port to listen on, 0 takes a free one",
         .aliases = {"STS_API_PORT"}},
        {.name = "ECHO_HOST", .default_value = "", .help = "Address in echo mode, instead of HOST"},
        {.name = "ECHO_PORT", .default_value = "", .help = "Port in echo mode, instead of PORT"},
        {.name = "STS_API_KEY",
         .default_value = "",
         .help = "Key that clients must show",
         .is_secret = true},
        {.name = "REQUIRE_AUTH",
         .default_value = "",
         .help = "true: refuse to start without a key; false: ask nobody [when there is a key]"},
        {.name = "ECHO_PROCESSING_DELAY_MS", .default_value = "0", .help = "Delay of an echo"},
        {.name = "STS_TEST_CONTROLS",
         .default_value = "",
         .help = "Allow simulated errors and disconnects [false, in echo mode true]"},
        {.name = "WS_PING_INTERVAL", .default_value = "25s", .help = "Between heartbeats"},
        {.name = "WS_PING_TIMEOUT", .default_value = "10s", .help = "For the answer to one"},
        {.name = "WS_MAX_BUFFER_SIZE", .default_value = "52428800", .help = "Largest message"},
        {.name = "WS_MAX_CONNECTIONS", .default_value = "50", .help = "Connections at once"},
        {.name = "WS_IDLE_TIMEOUT",
         .default_value = "300s",
         .help = "For a connection to begin a stream, 0 = for ever"},
        {.name = "WS_CORS_ORIGINS",
         .default_value = "*",
         .help = "Origins of web pages that may connect beside its own, comma separated"},
        {.name = "AUTO_DISCONNECT_DELAY",
         .default_value = "5s",
         .help = "From the end of a stream to the end of its connection"},
    };
}

std::vector<config::SettingSpec> session_settings() {
    return {
        {.name = "MAX_CONCURRENT_SESSIONS",
         .default_value = "0",
         .help = "Streams at once, 0 = no limit"},
        {.name = "STS_MAX_QUEUE",
         .default_value = "20",
         .help = "Fragments of one stream that may be outstanding"},
        {.name = "STS_RATE_LIMIT_FRAGMENTS_PER_MIN",
         .default_value = "0",
         .help = "Of one stream, 0 = no limit"},
        {.name = "SEQUENCE_GAP_TIMEOUT_MS",
         .default_value = "2000",
         .help = "How long results wait for a missing number"},
        {.name = "STS_INIT_WAIT_MS",
         .default_value = "9000",
         .help = "How long a stream waits for models that are loading"},
        {.name = "STS_UNSUPPORTED_LANGUAGE",
         .default_value = "reject",
         .help = "reject a stream of unknown languages, or accept it and fail its fragments"},
        {.name = "FRAGMENT_TIMEOUT_MS",
         .default_value = "8000",
         .help = "For a fragment, when its stream does not say"},
        {.name = "BACKPRESSURE_ENABLED",
         .default_value = "",
         .help = "Tell clients to slow down [true, in echo mode false]"},
        {.name = "BACKPRESSURE_THRESHOLD_LOW",
         .default_value = "",
         .help = "Most outstanding at level low [3]; echo: load [0.5]"},
        {.name = "BACKPRESSURE_THRESHOLD_MEDIUM",
         .default_value = "",
         .help = "Most outstanding at level medium [6]; echo: load [0.7]"},
        {.name = "BACKPRESSURE_THRESHOLD_HIGH",
         .default_value = "",
         .help = "Known for compatibility [10]; echo: load [0.9]",
         .aliases = {"BACKPRESSURE_THRESHOLD_CRITICAL"}},
    };
}

void read_address(SettingsReader& reader, const Settings& settings, StsConfig& config) {
    constexpr int kMostPort = 65'535;
    auto& server = config.server;
    // The echo's own names come first, but whoever says --port means it.
    const auto name_of = [&](const std::string& echo, const std::string& other) {
        const bool is_weaker = settings.source(echo) < settings.source(other);
        return config.is_echo && settings.is_set(echo) && !is_weaker ? echo : other;
    };
    server.host = settings.text(name_of("ECHO_HOST", "HOST"));
    const auto port = name_of("ECHO_PORT", "PORT");
    server.port = static_cast<std::uint16_t>(count(reader, settings, port, 0, kMostPort));
}

void read_auth(SettingsReader& reader, const Settings& settings, StsConfig& config) {
    const auto& key = settings.text("STS_API_KEY");
    const bool is_required = settings.text("REQUIRE_AUTH") == "auto"
                                 ? !key.empty()
                                 : boolean_or(reader, settings, "REQUIRE_AUTH", !key.empty());
    if (is_required && key.empty()) {
        reader.refuse("REQUIRE_AUTH", "auto, false, or true together with STS_API_KEY");
    }
    config.server.api_key = is_required ? key : std::string{};
}

std::vector<std::string> comma_list(std::string_view text) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        auto item = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
        item = item.substr(0, item.find_last_not_of(' ') + 1);
        if (!item.empty()) {
            items.emplace_back(item);
        }
    }
    return items;
}

void read_transport(SettingsReader& reader, const Settings& settings, StsConfig& config) {
    auto& sio = config.server.sio;
    reader.take(sio.ping_interval,
                settings.duration("WS_PING_INTERVAL", kSecond, milliseconds{100}, minutes{10}));
    reader.take(sio.ping_timeout,
                settings.duration("WS_PING_TIMEOUT", kSecond, milliseconds{100}, minutes{10}));
    sio.max_payload = count(reader, settings, "WS_MAX_BUFFER_SIZE", 1024, kMostPayload);
    sio.max_connections = count(reader, settings, "WS_MAX_CONNECTIONS", 1, 100 * kMostThousand);
    reader.take(config.server.idle_timeout,
                settings.duration("WS_IDLE_TIMEOUT", kSecond, milliseconds{0}, minutes{24 * 60}));
    sio.cors_origins = comma_list(settings.text("WS_CORS_ORIGINS"));
}

void read_backpressure(SettingsReader& reader, const Settings& settings, StsConfig& config) {
    auto& limits = config.server.session.backpressure;
    limits.is_enabled = boolean_or(reader, settings, "BACKPRESSURE_ENABLED", !config.is_echo);
    const auto given = [&settings](const char* name) { return !settings.text(name).empty(); };
    if (config.is_echo) {
        constexpr int kEchoPauseMs = 1'000;
        limits.measure = sts_session::BackpressureLimits::Measure::kLoad;
        limits.pause_ms = kEchoPauseMs;
        double low = 0.5;
        reader.number(low, "BACKPRESSURE_THRESHOLD_LOW", 0.0, 1.0);
        reader.number(limits.medium_load, "BACKPRESSURE_THRESHOLD_MEDIUM", low, 1.0);
        reader.number(limits.high_load, "BACKPRESSURE_THRESHOLD_HIGH", limits.medium_load, 10.0);
        return;
    }
    if (given("BACKPRESSURE_THRESHOLD_LOW")) {
        const auto most = given("BACKPRESSURE_THRESHOLD_MEDIUM")
                              ? kMostThousand
                              : static_cast<int>(limits.most_at_medium);
        limits.most_at_low = count(reader, settings, "BACKPRESSURE_THRESHOLD_LOW", 0, most);
    }
    if (given("BACKPRESSURE_THRESHOLD_MEDIUM")) {
        limits.most_at_medium = count(reader, settings, "BACKPRESSURE_THRESHOLD_MEDIUM",
                                      static_cast<int>(limits.most_at_low), kMostThousand);
    }
    if (given("BACKPRESSURE_THRESHOLD_HIGH")) {
        config.unused_high_threshold =
            count(reader, settings, "BACKPRESSURE_THRESHOLD_HIGH", 0, kMostThousand);
    }
}

void read_session(SettingsReader& reader, const Settings& settings, StsConfig& config) {
    constexpr std::array<std::string_view, 2> kRejectOrAccept{"reject", "accept"};
    auto& session = config.server.session;
    session.has_stages = !config.is_echo;
    session.has_test_controls = boolean_or(reader, settings, "STS_TEST_CONTROLS", config.is_echo);
    session.max_streams =
        count(reader, settings, "MAX_CONCURRENT_SESSIONS", 0, 100 * kMostThousand);
    session.max_queue = count(reader, settings, "STS_MAX_QUEUE", 1, kMostThousand);
    session.rate_per_minute =
        count(reader, settings, "STS_RATE_LIMIT_FRAGMENTS_PER_MIN", 0, 100 * kMostThousand);
    reader.take(session.fragment_timeout,
                settings.duration("FRAGMENT_TIMEOUT_MS", kMs, kSecond, seconds{120}));
    reader.take(session.gap_timeout,
                settings.duration("SEQUENCE_GAP_TIMEOUT_MS", kMs, milliseconds{0}, minutes{1}));
    reader.take(session.init_wait,
                settings.duration("STS_INIT_WAIT_MS", kMs, milliseconds{0}, minutes{5}));
    reader.take(session.disconnect_delay,
                settings.duration("AUTO_DISCONNECT_DELAY", kSecond, milliseconds{0}, minutes{10}));
    std::string unsupported;
    reader.take(unsupported, settings.choice("STS_UNSUPPORTED_LANGUAGE", kRejectOrAccept));
    session.unsupported_language = unsupported == "accept"
                                       ? sts_session::UnsupportedLanguage::kAccept
                                       : sts_session::UnsupportedLanguage::kReject;
}

}  // namespace

const std::vector<config::SettingSpec>& sts_settings() {
    static const auto specs = [] {
        auto all = server_settings();
        for (auto part :
             {session_settings(), engine_settings(), log_settings("json"), identity_settings()}) {
            std::ranges::move(part, std::back_inserter(all));
        }
        return all;
    }();
    return specs;
}

Result<StsConfig> make_sts_config(const Settings& settings) {
    constexpr std::array<std::string_view, 2> kFullOrEcho{"full", "echo"};
    StsConfig config;
    SettingsReader reader{settings};
    std::string mode;
    reader.take(mode, settings.choice("STS_MODE", kFullOrEcho));
    config.is_echo = mode == "echo";

    read_address(reader, settings, config);
    read_auth(reader, settings, config);
    read_transport(reader, settings, config);
    read_session(reader, settings, config);
    read_backpressure(reader, settings, config);
    read_log_settings(reader, settings, config.log);
    read_identity(reader, settings, config.log.identity);
    if (config.is_echo) {
        reader.take(config.echo_delay, settings.duration("ECHO_PROCESSING_DELAY_MS", kMs,
                                                         milliseconds{0}, minutes{2}));
    } else {
        read_engine_settings(reader, settings, config.speech);
        read_artifact_settings(reader, settings, config.artifacts);
    }
    if (reader.error()) {
        return tl::unexpected{std::move(*reader.error())};
    }
    return config;
}

}  // namespace livedub
