// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "engine_settings.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/recognition_settings.hpp"
#include "common/speech_settings.hpp"
#include "common/translation_settings.hpp"

namespace livedub {
namespace {

using config::Settings;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr milliseconds kMs{1};

/// A provider that this build has; the others of the contract are known by name and refused.
void check_provider(SettingsReader& reader, const Settings& settings, const std::string& name,
                    std::span<const std::string_view> built) {
    const auto& chosen = settings.text(name);
    if (std::ranges::find(built, chosen) != built.end()) {
        return;
    }
    if (chosen == "mock") {
        reader.refuse(name, "a real engine; for a service without any, use --mode echo");
    } else {
        reader.refuse(name, fmt::format("{} (what this build has)", fmt::join(built, ", ")));
    }
}

void stage_limit(SettingsReader& reader, const Settings& settings, const std::string& name,
                 milliseconds& into) {
    reader.take(into, settings.duration(name, kMs, milliseconds{100}, minutes{2}));
}

void read_fitting(SettingsReader& reader, const Settings& settings, speech::FitLimits& fit) {
    constexpr std::array<std::string_view, 2> kFailOrTrim{"fail", "trim"};
    constexpr double kSlowest = 0.5;
    constexpr double kFastest = 2.0;
    reader.number(fit.min_speed, "TTS_SPEED_MIN", kSlowest, kFastest);
    reader.number(fit.max_speed, "TTS_SPEED_MAX", fit.min_speed, kFastest);
    reader.number(fit.trim_silently, "DURATION_VARIANCE_SUCCESS_MAX", 0.0, 1.0);
    reader.number(fit.trim_with_notice, "DURATION_VARIANCE_PARTIAL_MAX", fit.trim_silently, 1.0);
    std::string policy;
    reader.take(policy, settings.choice("DURATION_OVERRUN_POLICY", kFailOrTrim));
    fit.beyond = policy == "trim" ? speech::OverrunPolicy::kTrim : speech::OverrunPolicy::kFail;
}

/// Names of the contract that no engine of this build reads: known, so that a file which serves
/// several builds is accepted.
std::vector<config::SettingSpec> other_engines_settings() {
    const std::string help = "For engines that this build does not have";
    std::vector<config::SettingSpec> specs{
        {.name = "GPU_MONITORING_INTERVAL", .default_value = "5s", .help = help},
    };
    return specs;
}

void check_devices(SettingsReader& reader, const Settings& settings) {
    for (const auto* name : {"DEVICE", "ASR_DEVICE", "TTS_DEVICE"}) {
        const auto& device = settings.text(name);
        if (!device.empty() && device != "cpu" && device != "auto") {
            reader.refuse(name, "cpu, auto (no engine of this build uses a GPU)");
        }
    }
}

/// A slip in them would show only in the build that reads them.
void check_other_engines_settings(SettingsReader& reader, const Settings& settings) {
    milliseconds ignored{};
    reader.take(ignored, settings.duration("GPU_MONITORING_INTERVAL", std::chrono::seconds{1},
                                           milliseconds{0}, std::chrono::hours{1}));
}

}  // namespace

void read_artifact_settings(SettingsReader& reader, const Settings& settings,
                            std::optional<ArtifactConfig>& artifacts) {
    constexpr int kMostHours = 1'000'000;
    constexpr int kMostCount = 1'000'000'000;
    bool is_on = false;
    int hours = 0;
    int most = 0;
    reader.take(is_on, settings.boolean("ENABLE_ARTIFACT_LOGGING"));
    reader.take(hours, settings.integer("ARTIFACTS_RETENTION_HOURS", 0, kMostHours));
    reader.take(most, settings.integer("ARTIFACTS_MAX_COUNT", 0, kMostCount));
    if (is_on) {
        ArtifactConfig config{.path = {},
                              .limits = {.longest_kept = std::chrono::hours{hours},
                                         .most_fragments = static_cast<std::size_t>(most)}};
        reader.directory(config.path, "ARTIFACTS_PATH");
        artifacts = std::move(config);
    }
}

std::vector<config::SettingSpec> engine_settings() {
    auto specs = recognition_settings();
    const std::vector<config::SettingSpec> own{
        {.name = "STS_MAX_WORKERS",
         .default_value = "4",
         .help = "Engine threads, at most one a core"},
        {.name = "ASR_TIMEOUT_MS", .default_value = "5000", .help = "Most for recognition"},
        {.name = "TRANSLATION_TIMEOUT_MS", .default_value = "5000", .help = "Most for translation"},
        {.name = "TTS_TIMEOUT_MS", .default_value = "10000", .help = "Most for synthesis"},
        {.name = "TTS_SPEED_MIN", .default_value = "1.0", .help = "Slowest speech, 0.5 to 2.0"},
        {.name = "TTS_SPEED_MAX", .default_value = "2.0", .help = "Fastest speech, 0.5 to 2.0"},
        {.name = "DURATION_VARIANCE_SUCCESS_MAX",
         .default_value = "0.10",
         .help = "Overrun that is trimmed without a word"},
        {.name = "DURATION_VARIANCE_PARTIAL_MAX",
         .default_value = "0.20",
         .help = "Overrun that is trimmed and called partial"},
        {.name = "DURATION_OVERRUN_POLICY",
         .default_value = "fail",
         .help = "fail or trim what overruns more"},
        {.name = "ENABLE_ARTIFACT_LOGGING",
         .default_value = "false",
         .help = "Keep the sound and the texts of every fragment"},
        {.name = "ARTIFACTS_PATH",
         .default_value = "/tmp/sts-artifacts",
         .help = "Directory to keep them in"},
        {.name = "ARTIFACTS_RETENTION_HOURS",
         .default_value = "24",
         .help = "For how long, 0 = for ever",
         .aliases = {"ARTIFACT_RETENTION_HOURS"}},
        {.name = "ARTIFACTS_MAX_COUNT",
         .default_value = "1000",
         .help = "Of how many fragments, 0 = of all",
         .aliases = {"ARTIFACT_MAX_COUNT"}},
        {.name = "DEVICE", .default_value = "cpu", .help = "cpu or auto"},
        {.name = "ASR_DEVICE", .default_value = "", .help = "Instead of DEVICE"},
        {.name = "TTS_DEVICE", .default_value = "", .help = "Instead of DEVICE"},
    };
    std::ranges::copy(own, std::back_inserter(specs));
    std::ranges::move(speech_settings(), std::back_inserter(specs));
    std::ranges::move(translation_settings(), std::back_inserter(specs));
    std::ranges::move(other_engines_settings(), std::back_inserter(specs));
    return specs;
}

void read_engine_settings(SettingsReader& reader, const Settings& settings,
                          engines::SpeechConfig& speech) {
    constexpr int kMostWorkers = 256;
    const auto recognisers = recognisers_of_this_build();
    const std::vector<std::string_view> names{recognisers.begin(), recognisers.end()};
    check_provider(reader, settings, "ASR_PROVIDER", names);
    read_recognition_settings(reader, settings, speech);
    read_translation_settings(reader, settings, speech);
    read_speech_settings(reader, settings, speech);
    int workers = 0;
    reader.take(workers, settings.integer("STS_MAX_WORKERS", 1, kMostWorkers));
    speech.workers = static_cast<std::size_t>(workers);
    stage_limit(reader, settings, "ASR_TIMEOUT_MS", speech.stage_limits.recognise);
    stage_limit(reader, settings, "TRANSLATION_TIMEOUT_MS", speech.stage_limits.translate);
    stage_limit(reader, settings, "TTS_TIMEOUT_MS", speech.stage_limits.synthesise);
    read_fitting(reader, settings, speech.fit_limits);
    check_devices(reader, settings);
    check_other_engines_settings(reader, settings);
}

}  // namespace livedub
