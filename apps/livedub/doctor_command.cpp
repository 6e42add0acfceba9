// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor_command.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "doctor/capacity.hpp"
#include "doctor/judge.hpp"
#include "doctor/report.hpp"
#include "doctor/report_json.hpp"
#include "doctor/table.hpp"
#include "doctor_engines.hpp"
#include "doctor_probes.hpp"
#include "exit_codes.hpp"
#include "gst/elements.hpp"
#include "models/catalogue.hpp"
#include "models/model_directory.hpp"
#include "telemetry/log.hpp"

namespace livedub {
namespace {

constexpr const char* kMediaServerUrl = "MEDIAMTX_API_URL";
constexpr const char* kSpeechServiceUrl = "STS_SERVICE_URL";
constexpr const char* kModelFolder = "MODEL_CACHE_DIR";

/// One line on the terminal that says what takes so long, and goes away. Nothing elsewhere.
class ProgressLine {
  public:
    ProgressLine() = default;
    ~ProgressLine() {
        if (is_shown_) {
            std::cerr << kErase << std::flush;
        }
    }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(std::string_view what) {
        if (is_terminal_) {
            std::cerr << kErase << "looking at " << what << " ..." << std::flush;
            is_shown_ = true;
        }
    }

  private:
    static constexpr std::string_view kErase = "\r\x1b[K";

    const bool is_terminal_ = ::isatty(STDERR_FILENO) == 1;
    bool is_shown_ = false;
};

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

bool is_utf8_locale() {
    for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        if (auto value = environment(name); !value.empty()) {
            std::ranges::transform(value, value.begin(), [](unsigned char c) {
                return static_cast<char>(std::tolower(c));
            });
            return value.find("utf-8") != std::string::npos ||
                   value.find("utf8") != std::string::npos;
        }
    }
    return false;
}

doctor::TableStyle table_style() {
    const bool is_terminal = ::isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb";
    return {.has_colours = is_terminal && environment("NO_COLOR").empty(),
            .has_symbols = is_terminal && is_utf8_locale()};
}

doctor::Plan plan_of(const UpConfig& config) {
    return {.source_language = config.stream.source_language,
            .target_language = config.stream.target_language,
            .has_speech = config.stream.mode == StreamMode::kDub,
            .segment = config.stream.segment,
            .delay = config.stream.effective_delay(),
            .most_streams = config.most_streams};
}

void add_media(doctor::Report& report) {
    const auto checks = look_at_media();
    if (!checks) {
        report.findings.push_back({.section = doctor::Section::kMedia,
                                   .name = "gstreamer",
                                   .mark = doctor::Mark::kFail,
                                   .text = checks.error().message(),
                                   .remedy = "apt-get install libgstreamer1.0-0"});
        return;
    }
    report.gstreamer = gst::library_version();
    for (const auto& check : *checks) {
        report.findings.push_back(doctor::judge_media(check));
    }
}

void add_models(doctor::Report& report, const config::Settings& settings) {
    // A flag or a file may have said where they are, as well as the environment.
    const auto environment = [&settings](const std::string& name) {
        return name == kModelFolder && settings.is_set(name) ? std::optional{settings.text(name)}
                                                             : config::process_environment()(name);
    };
    const auto directory = models::model_directory(environment);
    if (!directory) {
        report.findings.push_back({.section = doctor::Section::kModels,
                                   .name = "pulled",
                                   .mark = doctor::Mark::kInfo,
                                   .text = directory.error().message()});
        return;
    }
    doctor::ModelsCheck check{.directory = directory->string()};
    for (const auto& model : models::Catalogue::built_in().models()) {
        const auto presence = models::presence_of(model, *directory);
        if (presence == models::Presence::kPresent) {
            check.present.push_back(model.name);
        } else if (presence != models::Presence::kAbsent) {
            check.unfinished.push_back(model.name);
        }
    }
    report.findings.push_back(doctor::judge_models(check));
}

void add_capacity(doctor::Report& report, const UpConfig& config, const DoctorFlags& flags,
                  const EngineInspection& engines) {
    std::string_view reason = "not measured: an engine is missing";
    if (!report.plan.has_speech) {
        reason = "not measured: speech is off";
    } else if (flags.is_quick) {
        reason = "not measured (--quick)";
    } else if (!engines.stages.empty()) {
        const auto threads = std::max<std::size_t>(1, std::thread::hardware_concurrency());
        const auto workers = config.speech.workers;
        report.capacity =
            doctor::capacity_of({.stages = engines.stages,
                                 .cores = report.machine.cores,
                                 .workers = workers == 0 ? threads : std::min(workers, threads),
                                 .memory_available_mib = report.machine.memory_available_mib,
                                 .session_mib = engines.session_mib,
                                 .segment = report.plan.segment,
                                 .delay = report.plan.delay});
    }
    for (auto& finding : doctor::judge_capacity(report.capacity, reason, report.plan)) {
        report.findings.push_back(std::move(finding));
    }
}

doctor::Report examine(const UpConfig& config, const config::Settings& settings,
                       const DoctorFlags& flags) {
    ProgressLine progress;
    doctor::Report report{.version = LIVEDUB_VERSION, .plan = plan_of(config)};
    report.machine = doctor::read_machine();
    report.findings = doctor::judge_machine(report.machine);
    for (const auto& check : look_at_ports(config)) {
        report.findings.push_back(doctor::judge_port(check));
    }
    progress.show("GStreamer");
    add_media(report);

    auto engines = inspect_engines(config, flags.is_quick ? Measuring::kNone : Measuring::kFull,
                                   [&progress](std::string_view what) { progress.show(what); });
    for (const auto& check : engines.checks) {
        report.findings.push_back(doctor::judge_engine(check, report.plan));
    }
    report.engines = std::move(engines.checks);
    add_models(report, settings);
    add_capacity(report, config, flags, engines);

    progress.show("other services");
    report.findings.push_back(
        doctor::judge_service(ask_media_server(settings.text(kMediaServerUrl))));
    report.findings.push_back(
        doctor::judge_service(ask_speech_service(settings.text(kSpeechServiceUrl))));
    return report;
}

}  // namespace

const std::vector<config::SettingSpec>& doctor_settings() {
    static const auto specs = [] {
        auto all = up_settings();
        all.push_back({.name = kMediaServerUrl,
                       .default_value = "",
                       .help = "API of a MediaMTX to ask, like http://127.0.0.1:9997",
                       .flag = "mediamtx"});
        all.push_back({.name = kSpeechServiceUrl,
                       .default_value = "",
                       .help = "Speech service to ask, like http://127.0.0.1:3000",
                       .flag = "sts",
                       .aliases = {"WORKER_STS_SERVICE_URL"}});
        return all;
    }();
    return specs;
}

int run_doctor(const config::Settings& settings, const DoctorFlags& flags) {
    const auto config = make_up_config(settings);
    if (!config) {
        return refuse(config.error());
    }
    if (const auto unknown = unknown_engine(config->speech)) {
        return refuse(*unknown);
    }
    if (const auto set_up = set_up_logging("ERROR", config->log.format); !set_up) {
        return refuse(set_up.error());
    }
    const auto report = examine(*config, settings, flags);
    std::cout << (flags.is_json ? doctor::to_json(report) : doctor::to_table(report, table_style()))
              << std::flush;
    return doctor::is_ready(report) ? kExitStopped : kExitFailed;
}

}  // namespace livedub
