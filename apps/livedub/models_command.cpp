// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models_command.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "config/settings.hpp"
#include "exit_codes.hpp"
#include "interruption.hpp"
#include "models/catalogue.hpp"
#include "models/listing.hpp"
#include "models/model_directory.hpp"
#include "models/progress_text.hpp"
#include "models/pull.hpp"
#include "models/verify.hpp"

namespace livedub {
namespace {

namespace fs = std::filesystem;
using models::Model;
using models::Verdict;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kBarEvery{100};
constexpr int kPercentPerLine = 10;
constexpr int kMostRetries = 100;

/// Progress of one file on standard error: a bar for a person, a line now and then for a log.
class PullDisplay final : public models::PullListener {
  public:
    explicit PullDisplay(std::string name) : name_{std::move(name)} {}
    ~PullDisplay() override { clear(); }
    PullDisplay(const PullDisplay&) = delete;
    PullDisplay& operator=(const PullDisplay&) = delete;

    void on_progress(const models::PullProgress& progress) override {
        if (!begun_with_) {
            begun_with_ = progress.done;
            begin_ = steady_clock::now();
        }
        const auto now = steady_clock::now();
        const models::PullPace pace{
            .bytes = progress.done - std::min(progress.done, *begun_with_),
            .spent = std::chrono::duration_cast<milliseconds>(now - begin_)};
        if (is_terminal_) {
            if (now - last_ >= kBarEvery) {
                last_ = now;
                std::cerr << "\r" << models::progress_bar(progress, pace) << std::flush;
                is_bar_shown_ = true;
            }
            return;
        }
        const auto percent = models::percent_done(progress);
        if (percent && *percent >= next_percent_) {
            say(models::progress_line(progress, pace));
            next_percent_ = *percent / kPercentPerLine * kPercentPerLine + kPercentPerLine;
        }
    }

    void on_note(std::string_view note) override {
        clear();
        say(note);
    }

  private:
    void say(std::string_view what) const { std::cerr << name_ << ": " << what << "\n"; }

    /// Takes the bar away, so that the next line begins on an empty one.
    void clear() {
        if (std::exchange(is_bar_shown_, false)) {
            std::cerr << "\r" << std::string(78, ' ') << "\r" << std::flush;
        }
    }

    const std::string name_;
    const bool is_terminal_ = ::isatty(STDERR_FILENO) == 1;
    std::optional<std::uint64_t> begun_with_;
    steady_clock::time_point begin_{};
    steady_clock::time_point last_{};
    int next_percent_ = kPercentPerLine;
    bool is_bar_shown_ = false;
};

void say(std::string_view what) {
    std::cerr << "livedub: " << what << "\n";
}

int refuse_usage(std::string_view what) {
    say(what);
    return kExitUsage;
}

/// What every subcommand works on.
struct Shelf {
    models::Catalogue catalogue;
    fs::path directory;
    std::vector<const Model*> chosen;  // by name, each once
};

Result<Shelf> find_shelf(const ModelsFlags& flags) {
    auto catalogue = flags.catalogue.empty()
                         ? Result<models::Catalogue>{models::Catalogue::built_in()}
                         : models::Catalogue::load(flags.catalogue);
    if (!catalogue) {
        return tl::unexpected{std::move(catalogue).error()};
    }
    auto directory = flags.directory.empty()
                         ? models::model_directory(config::process_environment())
                         : Result<fs::path>{flags.directory};
    if (!directory) {
        return tl::unexpected{std::move(directory).error()};
    }
    return Shelf{
        .catalogue = std::move(*catalogue), .directory = std::move(*directory), .chosen = {}};
}

/// The error of the first name that stands for no model.
std::optional<std::string> choose(Shelf& shelf, const std::vector<std::string>& names) {
    for (const auto& name : names) {
        const auto* model = shelf.catalogue.find(name);
        if (model == nullptr) {
            return fmt::format(
                R"(no model "{}" (allowed: the names that "livedub models list" shows))", name);
        }
        if (std::ranges::find(shelf.chosen, model) == shelf.chosen.end()) {
            shelf.chosen.push_back(model);
        }
    }
    return std::nullopt;
}

int run_path(const Shelf& shelf) {
    const auto& model = *shelf.chosen.front();
    std::cout << models::path_of(model, shelf.directory).string() << "\n";
    if (models::presence_of(model, shelf.directory) == models::Presence::kPresent) {
        return kExitStopped;
    }
    say(fmt::format("{} is not there; livedub models pull {}", model.name, model.name));
    return kExitFailed;
}

std::string_view mark_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::kGood:
        case Verdict::kUnchanged:
            return "ok";
        case Verdict::kPlausible:
            return "-";
        case Verdict::kMissing:
        case Verdict::kBad:
            return "FAIL";
    }
    return "";
}

/// Without names: whatever is here, whole or not.
int run_verify(Shelf& shelf, const std::stop_token& stop) {
    if (shelf.chosen.empty()) {
        for (const auto& model : shelf.catalogue.models()) {
            if (models::presence_of(model, shelf.directory) != models::Presence::kAbsent) {
                shelf.chosen.push_back(&model);
            }
        }
    }
    if (shelf.chosen.empty()) {
        std::cout << "no models in " << shelf.directory.string() << "\n";
    }
    bool is_well = true;
    for (const auto* model : shelf.chosen) {
        for (const auto& file : model->files) {
            const auto verdict = models::verify(file, shelf.directory, stop);
            if (!verdict) {
                say("interrupted");
                return kExitInterrupted;
            }
            is_well = is_well && !models::is_failure(verdict->verdict);
            std::cout << fmt::format("{:<4}  {}  {}\n", mark_of(verdict->verdict), file.path,
                                     verdict->text)
                      << std::flush;
        }
    }
    return is_well ? kExitStopped : kExitFailed;
}

/// One model, all its files. Errors: those of models::pull().
Result<void> pull_model(const Model& model, const fs::path& directory,
                        const models::PullOptions& options, const std::stop_token& stop) {
    for (const auto& file : model.files) {
        PullDisplay display{file.path};
        const auto pulled = models::pull(file, directory, options, display, stop);
        if (!pulled) {
            return tl::unexpected{pulled.error()};
        }
        display.on_note(fmt::format("{}{}", pulled->was_there ? "is there already: " : "",
                                    pulled->verdict.text));
    }
    return {};
}

int run_pull(const Shelf& shelf, const models::PullOptions& options, const std::stop_token& stop) {
    bool is_well = true;
    for (const auto* model : shelf.chosen) {
        const auto pulled = pull_model(*model, shelf.directory, options, stop);
        if (pulled) {
            std::cout << models::path_of(*model, shelf.directory).string() << "\n" << std::flush;
        } else if (pulled.error().code() == ErrorCode::kCancelled) {
            say("interrupted; what came is kept, and the same command goes on from there");
            return kExitInterrupted;
        } else {
            say(fmt::format("{}: {}", model->name, pulled.error().message()));
            is_well = false;
        }
    }
    return is_well ? kExitStopped : kExitFailed;
}

/// Errors: kInvalidArgument, naming the flag, the value and what is allowed.
Result<models::PullOptions> pull_options(const ModelsFlags& flags) {
    models::PullOptions options{.base_url = flags.base_url, .retries = flags.retries};
    if (!flags.base_url.empty() && !flags.base_url.starts_with("http://") &&
        !flags.base_url.starts_with("https://")) {
        return fail(
            ErrorCode::kInvalidArgument,
            fmt::format("--base-url \"{}\" (allowed: an http or https URL)", flags.base_url));
    }
    if (flags.retries < 0 || flags.retries > kMostRetries) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("--retries {} (allowed: 0 to {})", flags.retries, kMostRetries));
    }
    const auto stall = config::parse_duration(flags.stall_timeout, std::chrono::seconds{1});
    if (!stall || *stall < std::chrono::seconds{1} || *stall > std::chrono::hours{1}) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("--stall-timeout \"{}\" (allowed: 1s to 1h)", flags.stall_timeout));
    }
    options.stall_timeout = std::chrono::ceil<std::chrono::seconds>(*stall);
    return options;
}

void add_common_flags(CLI::App& command, ModelsFlags& flags) {
    command
        .add_option("--dir", flags.directory,
                    "Directory of models [/models where that can be written to, else "
                    "~/.local/share/livedub/models]  env MODEL_CACHE_DIR")
        ->type_name("");
    command
        .add_option("--catalogue", flags.catalogue,
                    "File of models instead of the built-in one (docs/models.md)")
        ->type_name("");
}

}  // namespace

void add_models_commands(CLI::App& command, ModelsFlags& flags) {
    command.require_subcommand(1);

    auto& list = *command.add_subcommand("list", "Show the models there are, and which are here");
    list.add_flag("--json", flags.is_json, "One JSON object instead of a table");
    add_common_flags(list, flags);

    auto& pull =
        *command.add_subcommand("pull", "Fetch models; what an earlier pull left is gone on with");
    pull.add_option("name", flags.names, "Names of models")->required()->type_name("");
    pull.add_option("--base-url", flags.base_url,
                    "A mirror, in the place of https://huggingface.co")
        ->type_name("");
    pull.add_option("--retries", flags.retries, "Tries after one that brought nothing [4]")
        ->type_name("");
    pull.add_option("--stall-timeout", flags.stall_timeout,
                    "Longest time at less than 1 KiB/s [30s]")
        ->type_name("");
    add_common_flags(pull, flags);
    pull.footer(
        "Proxies are those of http_proxy, https_proxy, all_proxy and no_proxy; certificate "
        "authorities those of the system, or of CURL_CA_BUNDLE.");

    auto& verify =
        *command.add_subcommand("verify", "Check sizes and checksums of models that are here");
    verify.add_option("name", flags.names, "Names of models [all that are here]")->type_name("");
    add_common_flags(verify, flags);

    auto& path = *command.add_subcommand("path", "Print where a model is, or would be");
    path.add_option("name", flags.names, "Name of a model")->required()->expected(1)->type_name("");
    add_common_flags(path, flags);

    command.footer(
        "Exit codes: 0 well; 1 it is not (a pull failed, a file is bad or not there); 2 bad usage; "
        "130 interrupted.");
}

int run_models(const CLI::App& command, const ModelsFlags& flags) {
    auto shelf = find_shelf(flags);
    if (!shelf) {
        return refuse_usage(shelf.error().message());
    }
    if (command.got_subcommand("list")) {
        std::cout << (flags.is_json ? models::to_json(shelf->catalogue, shelf->directory)
                                    : models::to_table(shelf->catalogue, shelf->directory))
                  << std::flush;
        return kExitStopped;
    }
    if (const auto complaint = choose(*shelf, flags.names)) {
        return refuse_usage(*complaint);
    }
    if (command.got_subcommand("path")) {
        return run_path(*shelf);
    }
    // A limit on the size of files is an error of one write, not the end of the process.
    std::signal(SIGXFSZ, SIG_IGN);
    if (command.got_subcommand("verify")) {
        const Interruption interruption;
        return run_verify(*shelf, interruption.token());
    }
    const auto options = pull_options(flags);
    if (!options) {
        return refuse_usage(options.error().message());
    }
    const Interruption interruption;
    return run_pull(*shelf, *options, interruption.token());
}

}  // namespace livedub
