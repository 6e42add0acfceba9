// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "dub_command.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <iostream>
#include <iterator>
#include <optional>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "common/recognition_settings.hpp"
#include "common/speech_settings.hpp"
#include "common/translation_settings.hpp"
#include "engines/catalogue/catalogue.hpp"
#include "exit_codes.hpp"
#include "file_dub/file_dub.hpp"
#include "file_dub/progress_text.hpp"
#include "interruption.hpp"
#include "telemetry/log.hpp"

namespace livedub {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A file may take its time: limits only for what hangs.
constexpr speech::StageLimits kPatientLimits{.recognise = std::chrono::minutes{2},
                                             .translate = std::chrono::seconds{30},
                                             .synthesise = std::chrono::minutes{1}};

constexpr milliseconds kBarEvery{100};
constexpr int kPercentPerLine = 10;

/// Progress on standard error: a bar for a person, a line now and then for a log.
class ProgressDisplay {
  public:
    void show(const file_dub::FileDubProgress& progress) {
        if (is_terminal_) {
            const auto now = steady_clock::now();
            if (now - last_ >= kBarEvery) {
                last_ = now;
                std::cerr << "\r" << file_dub::progress_bar(progress, spent()) << std::flush;
                is_bar_shown_ = true;
            }
            return;
        }
        const auto percent = file_dub::percent_done(progress);
        if (percent && *percent >= next_percent_) {
            std::cerr << file_dub::progress_line(progress, spent()) << "\n";
            next_percent_ = *percent / kPercentPerLine * kPercentPerLine + kPercentPerLine;
        }
    }

    /// Takes the bar away, so that the next line begins on an empty one.
    void clear() {
        if (std::exchange(is_bar_shown_, false)) {
            std::cerr << "\r" << std::string(78, ' ') << "\r";
        }
    }

    [[nodiscard]] milliseconds spent() const {
        return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin_);
    }

  private:
    const bool is_terminal_ = ::isatty(STDERR_FILENO) == 1;
    const steady_clock::time_point begin_ = steady_clock::now();
    steady_clock::time_point last_{};
    int next_percent_ = kPercentPerLine;
    bool is_bar_shown_ = false;
};

bool is_language_tag(const std::string& text) {
    return text.size() >= 2 && text.size() <= 10 && std::ranges::all_of(text, [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
           });
}

std::optional<std::string> complaint_about(const DubFlags& flags) {
    constexpr auto kTag = "a language tag of 2 to 10 characters, like es or pt-BR";
    if (!is_language_tag(flags.from)) {
        return fmt::format("--from \"{}\" (allowed: {})", flags.from, kTag);
    }
    if (!is_language_tag(flags.to)) {
        return fmt::format("--to \"{}\" (allowed: {})", flags.to, kTag);
    }
    if (flags.from == flags.to) {
        return fmt::format("--to \"{}\" is --from (allowed: another language)", flags.to);
    }
    if (flags.original_audio != "duck" && flags.original_audio != "mute") {
        return fmt::format("--original-audio \"{}\" (allowed: duck, mute)", flags.original_audio);
    }
    if (flags.duck_db < -60 || flags.duck_db > 0) {
        return fmt::format("--duck-db \"{}\" (allowed: -60 to 0)", flags.duck_db);
    }
    return std::nullopt;
}

int say(const Error& error) {
    std::cerr << "livedub: " << error.message() << "\n";
    return error.code() == ErrorCode::kInvalidArgument ? kExitUsage : kExitFailed;
}

}  // namespace

void add_dub_flags(CLI::App& command, DubFlags& flags) {
    command.add_option("input", flags.input, "Any file that ffmpeg reads, with audio")->required();
    command
        .add_option(
            "-o,--output", flags.output,
            fmt::format("What to write ({}); captions go beside it", file_dub::known_extensions()))
        ->required();
    command.add_option("--from", flags.from, "Spoken language [en]");
    command.add_option("--to", flags.to, "Language to dub into [es]");
    command.add_option("--voice", flags.voice, "Voice profile [default]");
    command.add_option("--original-audio", flags.original_audio,
                       "Under the dub: duck or mute [duck]");
    command.add_option("--duck-db", flags.duck_db, "How far it is turned down, in dB [-15]");
}

const std::vector<config::SettingSpec>& dub_settings() {
    static const auto specs = [] {
        auto all = recognition_settings();
        std::ranges::move(speech_settings(), std::back_inserter(all));
        std::ranges::move(translation_settings(), std::back_inserter(all));
        return all;
    }();
    return specs;
}

int run_dub(const config::Settings& settings, const DubFlags& flags) {
    if (const auto complaint = complaint_about(flags)) {
        std::cerr << "livedub: " << *complaint << "\n";
        return kExitUsage;
    }
    if (const auto set_up = set_up_logging("WARNING", LogFormat::kText); !set_up) {
        return say(set_up.error());
    }
    engines::SpeechConfig speech{.stage_limits = kPatientLimits};
    SettingsReader reader{settings};
    read_recognition_settings(reader, settings, speech);
    read_translation_settings(reader, settings, speech);
    read_speech_settings(reader, settings, speech);
    if (reader.error()) {
        return say(*reader.error());
    }
    const Interruption interruption;
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    const auto job = file_dub::FileDub::check(
        {.input = flags.input,
         .output = flags.output,
         .source_language = flags.from,
         .target_language = flags.to,
         .voice = flags.voice,
         .mix = {.duck_db = flags.original_audio == "mute" ? MixSettings::kMute
                                                           : static_cast<double>(flags.duck_db)},
         .parallel = cores});
    if (!job) {
        return say(job.error());
    }
    const auto dubber = engines::make_speech_pipeline(speech);
    if (!dubber) {
        return say(dubber.error());
    }
    ProgressDisplay display;
    const auto summary = (*job)->run(
        **dubber, [&](const auto& progress) { display.show(progress); }, interruption.token());
    display.clear();
    if (!summary) {
        return say(summary.error());
    }
    std::cerr << file_dub::summary_line(*summary, display.spent()) << "\n";
    return kExitStopped;
}

}  // namespace livedub
