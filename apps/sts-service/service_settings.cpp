// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "service_settings.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "provider_settings.hpp"
#include "setting_values.hpp"

namespace livedub {
namespace {

using config::Settings;
using std::chrono::milliseconds;
using sts_session::BackpressureLimits;

constexpr std::array<std::string_view, 2> kModes{"full", "echo"};
constexpr std::array<std::string_view, 2> kUnsupported{"reject", "accept"};
constexpr milliseconds kMs{1};
constexpr milliseconds kSecond{1'000};
constexpr milliseconds kMinute{60'000};
constexpr milliseconds kDay{86'400'000};

std::vector<config::SettingSpec> network_settings() {
    return {
        {.name = "STS_MODE",
         .default_value = "full",
         .help = "full, or echo: every fragment comes back as it was",
         .flag = "mode"},
        {.name = "HOST", .default_value = "0.0.0.0", .help = "Address"},
        {.name = "PORT",
         .default_value = "8000",
         .help = "Port, 0 for any free one",
         .aliases = {"STS_API_PORT"}},
        {.name = "ECHO_HOST", .default_value = "", .help = "In echo mode instead of HOST"},
        {.name = "ECHO_PORT", .default_value = "", .help = "In echo mode instead of PORT"},
        {.name = "ECHO_PROCESSING_DELAY_MS",
         .default_value = "0",
         .help = "How long an echo takes"},
        {.name = "STS_API_KEY", .default_value = "", .help = "What clients must show to connect"},
        {.name = "REQUIRE_AUTH",
         .default_value = "",
         .help = "true: fail without a key, false: let everybody in"},
        {.name = "WS_PING_INTERVAL", .default_value = "25s", .help = "Heartbeat"},
        {.name = "WS_PING_TIMEOUT", .default_value = "10s", .help = "How long its answer may take"},
        {.name = "WS_MAX_BUFFER_SIZE",
         .default_value = "52428800",
         .help = "Most bytes of one message"},
        {.name = "WS_MAX_CONNECTIONS", .default_value = "50", .help = "Clients at once"},
        {.name = "WS_IDLE_TIMEOUT",
         .default_value = "300s",
         .help = "How long a client may wait with stream:init, 0 for ever"},
        {.name = "WS_CORS_ORIGINS", .default_value = "*", .help = "Origins, separated by commas"},
    };
}

std::vector<config::SettingSpec> session_settings() {
    return {
        {.name = "AUTO_DISCONNECT_DELAY",
         .default_value = "5s",
         .help = "From stream:complete to the disconnect"},
        {.name = "MAX_CONCURRENT_SESSIONS",
         .default_value = "0",
         .help = "Streams at once, 0 = no limit"},
        {.name = "STS_MAX_QUEUE",
         .default_value = "20",
         .help = "Fragments of a stream that may be outstanding"},
        {.name = "STS_RATE_LIMIT_FRAGMENTS_PER_MIN",
         .default_value = "0",
         .help = "Fragments a minute of a stream, 0 = no limit"},
        {.name = "SEQUENCE_GAP_TIMEOUT_MS",
         .default_value = "2000",
         .help = "How long a result waits for missing ones"},
        {.name = "STS_INIT_WAIT_MS",
         .default_value = "9000",
         .help = "How long stream:init waits for models"},
        {.name = "STS_UNSUPPORTED_LANGUAGE",
         .default_value = "reject",
         .help = "reject, or accept the stream and fail its fragments"},
        {.name = "FRAGMENT_TIMEOUT_MS",
         .default_value = "8000",
         .help = "Most time for a fragment when the client does not say"},
        {.name = "BACKPRESSURE_ENABLED",
         .default_value = "",
         .help = "Tell clients to slow down [full: true, echo: false]"},
        {.name = "BACKPRESSURE_THRESHOLD_LOW",
         .default_value = "",
         .help = "[3; echo: 0.5 of max_inflight]"},
        {.name = "BACKPRESSURE_THRESHOLD_MEDIUM", .default_value = "", .help = "[6; echo: 0.7]"},
        {.name = "BACKPRESSURE_THRESHOLD_HIGH",
         .default_value = "",
         .help = "[10; echo: 0.9]",
         .aliases = {"BACKPRESSURE_THRESHOLD_CRITICAL"}},
        {.name = "STS_TEST_CONTROLS",
         .default_value = "",
         .help = "Let clients simulate errors [echo: true]"},
    };
}

/// Text that may be empty: nothing is set then.
template <typename Take>
void if_set(const Settings& settings, const std::string& name, const Take& take) {
    if (!settings.text(name).empty()) {
        take();
    }
}

void read_address(SettingsReader& reader, const Settings& settings, const SettingFlags& flags,
                  ServiceConfig& config) {
    const auto name_of = [&](const std::string& echo, const std::string& other) {
        const auto flag = flags.values.find(other);
        const bool is_flag_given = flag != flags.values.end() && !flag->second.empty();
        const bool is_echo =
            config.mode == ServiceMode::kEcho && !is_flag_given && !settings.text(echo).empty();
        return is_echo ? echo : other;
    };
    config.server.host = settings.text(name_of("ECHO_HOST", "HOST"));
    int port = 0;
    reader.take(port, settings.integer(name_of("ECHO_PORT", "PORT"), 0, 65'535));
    config.server.port = static_cast<std::uint16_t>(port);
}

void read_auth(SettingsReader& reader, const Settings& settings, ServiceConfig& config) {
    config.server.api_key = settings.text("STS_API_KEY");
    if_set(settings, "REQUIRE_AUTH", [&] {
        bool is_required = false;
        reader.take(is_required, settings.boolean("REQUIRE_AUTH"));
        if (!is_required) {
            config.server.api_key.clear();
        } else if (config.server.api_key.empty()) {
            reader.refuse("REQUIRE_AUTH", "false, or true with STS_API_KEY set");
        }
    });
}

void read_network(SettingsReader& reader, const Settings& settings, ServiceConfig& config) {
    auto& sio = config.server.sio;
    reader.take(sio.ping_interval,
                settings.duration("WS_PING_INTERVAL", kSecond, milliseconds{100}, kDay));
    reader.take(sio.ping_timeout,
                settings.duration("WS_PING_TIMEOUT", kSecond, milliseconds{100}, kDay));
    take_count(reader, settings, "WS_MAX_BUFFER_SIZE", 1'024, 1'073'741'824, sio.max_payload);
    take_count(reader, settings, "WS_MAX_CONNECTIONS", 1, 100'000, sio.max_connections);
    sio.max_buffered = std::max(sio.max_buffered, sio.max_payload);
    reader.take(config.server.idle_timeout,
                settings.duration("WS_IDLE_TIMEOUT", kSecond, milliseconds{0}, kDay));
    sio.cors_origins = split_list(settings.text("WS_CORS_ORIGINS"));
}

void read_backpressure(SettingsReader& reader, const Settings& settings, ServiceConfig& config) {
    const bool is_echo = config.mode == ServiceMode::kEcho;
    auto& limits = config.server.session.backpressure;
    limits.is_enabled = !is_echo;
    if_set(settings, "BACKPRESSURE_ENABLED",
           [&] { reader.take(limits.is_enabled, settings.boolean("BACKPRESSURE_ENABLED")); });
    const std::string low = "BACKPRESSURE_THRESHOLD_LOW";
    const std::string medium = "BACKPRESSURE_THRESHOLD_MEDIUM";
    const std::string high = "BACKPRESSURE_THRESHOLD_HIGH";
    if (is_echo) {
        limits.measure = BackpressureLimits::Measure::kLoad;
        limits.pause_ms = 1'000;
        double ignored = 0.0;
        if_set(settings, low, [&] { take_fraction(reader, settings, low, 0, 100, ignored); });
        if_set(settings, medium,
               [&] { take_fraction(reader, settings, medium, 0, 100, limits.medium_load); });
        if_set(settings, high,
               [&] { take_fraction(reader, settings, high, 0, 100, limits.high_load); });
        if (limits.high_load < limits.medium_load) {
            reader.refuse(high, "at least BACKPRESSURE_THRESHOLD_MEDIUM");
        }
        return;
    }
    if_set(settings, low, [&] { take_count(reader, settings, low, 0, 1'000, limits.most_at_low); });
    if_set(settings, medium,
           [&] { take_count(reader, settings, medium, 0, 1'000, limits.most_at_medium); });
    if (limits.most_at_medium < limits.most_at_low) {
        reader.refuse(medium, "at least BACKPRESSURE_THRESHOLD_LOW");
    }
    if_set(settings, high, [&] {
        std::size_t ignored = 0;
        take_count(reader, settings, high, 0, 1'000, ignored);
        config.notes.emplace_back(
            "BACKPRESSURE_THRESHOLD_HIGH: everything above MEDIUM is high already");
    });
}

void read_session(SettingsReader& reader, const Settings& settings, ServiceConfig& config) {
    auto& session = config.server.session;
    reader.take(session.disconnect_delay,
                settings.duration("AUTO_DISCONNECT_DELAY", kSecond, milliseconds{0}, kDay));
    take_count(reader, settings, "MAX_CONCURRENT_SESSIONS", 0, 1'000'000, session.max_streams);
    take_count(reader, settings, "STS_MAX_QUEUE", 1, 200, session.max_queue);
    take_count(reader, settings, "STS_RATE_LIMIT_FRAGMENTS_PER_MIN", 0, 1'000'000,
               session.rate_per_minute);
    reader.take(session.gap_timeout,
                settings.duration("SEQUENCE_GAP_TIMEOUT_MS", kMs, milliseconds{0}, kMinute));
    reader.take(session.init_wait,
                settings.duration("STS_INIT_WAIT_MS", kMs, milliseconds{0}, 10 * kMinute));
    reader.take(session.fragment_timeout,
                settings.duration("FRAGMENT_TIMEOUT_MS", kMs, kSecond, 2 * kMinute));
    std::string unsupported;
    reader.take(unsupported, settings.choice("STS_UNSUPPORTED_LANGUAGE", kUnsupported));
    session.unsupported_language = unsupported == "accept"
                                       ? sts_session::UnsupportedLanguage::kAccept
                                       : sts_session::UnsupportedLanguage::kReject;
    session.has_stages = config.mode == ServiceMode::kFull;
    session.has_test_controls = config.mode == ServiceMode::kEcho;
    if_set(settings, "STS_TEST_CONTROLS",
           [&] { reader.take(session.has_test_controls, settings.boolean("STS_TEST_CONTROLS")); });
}

}  // namespace

const std::vector<config::SettingSpec>& service_settings() {
    static const auto specs = [] {
        std::vector<config::SettingSpec> all;
        for (auto part : {network_settings(), session_settings(), provider_settings(),
                          log_settings("json"), identity_settings()}) {
            all.insert(all.end(), part.begin(), part.end());
        }
        return all;
    }();
    return specs;
}

Result<ServiceConfig> make_service_config(const Settings& settings, const SettingFlags& flags) {
    ServiceConfig config;
    SettingsReader reader{settings};
    std::string mode;
    reader.take(mode, settings.choice("STS_MODE", kModes));
    config.mode = mode == "echo" ? ServiceMode::kEcho : ServiceMode::kFull;
    read_address(reader, settings, flags, config);
    read_auth(reader, settings, config);
    read_network(reader, settings, config);
    read_session(reader, settings, config);
    read_backpressure(reader, settings, config);
    if (config.mode == ServiceMode::kEcho) {
        reader.take(config.echo_delay, settings.duration("ECHO_PROCESSING_DELAY_MS", kMs,
                                                         milliseconds{0}, 2 * kMinute));
    } else {
        read_provider_settings(reader, settings, config);
    }
    read_log_settings(reader, settings, config.log);
    read_identity(reader, settings, config.log.identity);
    if (reader.error()) {
        return tl::unexpected{std::move(*reader.error())};
    }
    return config;
}

}  // namespace livedub
