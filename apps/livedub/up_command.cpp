// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "up_command.hpp"

#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <prometheus/registry.h>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "captions/recordings.hpp"
#include "common/stop_signals.hpp"
#include "console.hpp"
#include "dubbing/language.hpp"
#include "engines/catalogue/engine_metrics.hpp"
#include "exit_codes.hpp"
#include "telemetry/log.hpp"

namespace livedub {
namespace {

/// Tells each decision to the terminal and, if asked to, to the caption files. Any thread.
class Reporter {
  public:
    explicit Reporter(const std::optional<std::string>& captions_dir) {
        if (captions_dir) {
            recordings_.emplace(*captions_dir);
        }
    }

    void report(const DecidedFragment& fragment) LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        std::cout << describe(fragment)
                  << std::endl;  // NOLINT(performance-avoid-endl): live progress
        if (recordings_) {
            recordings_->record(fragment);
        }
    }

  private:
    Mutex mutex_;  // lines of different streams do not mix
    std::optional<captions::Recordings> recordings_ LIVEDUB_GUARDED_BY(mutex_);
};

PublisherReport report_of(const rtmp::PublisherInfo& publisher) {
    return {.path = publisher.path,
            .query = publisher.query,
            .source_id = publisher.source_id,
            .source_type = publisher.source_type};
}

struct Engines {
    std::unique_ptr<Dubber> dubber;  // null when nothing is dubbed
    std::string description = "none: original audio for everything";
};

/// Loads the engines and makes sure that the default pair can be dubbed, before anything is served.
Result<Engines> load_engines(const UpConfig& config, engines::EngineMetrics& metrics) {
    Engines engines;
    if (config.stream.mode != StreamMode::kDub) {
        return engines;
    }
    auto speech = config.speech;
    metrics.listen(speech);
    auto dubber = engines::make_speech_pipeline(speech);
    if (!dubber) {
        return tl::unexpected{std::move(dubber.error())};
    }
    const auto& stream = config.stream;
    if (!is_same_language(stream.source_language, stream.target_language)) {
        const auto session = (*dubber)->open({.stream_id = "start-up",
                                              .source_language = stream.source_language,
                                              .target_language = stream.target_language,
                                              .voice = stream.voice},
                                             [](const DubOutcome&) {});
        if (!session) {
            return tl::unexpected{session.error()};
        }
    }
    engines.description = (*dubber)->describe();
    engines.dubber = std::move(*dubber);
    return engines;
}

/// For nobody but this process's own sessions.
std::string make_own_key() {
    std::random_device random;
    std::string key;
    for (int i = 0; i < 8; ++i) {
        key += fmt::format("{:08x}", random());
    }
    return key;
}

}  // namespace

int run_up(const UpConfig& config) {
    if (const auto set_up = set_up_logging(config.log.level, config.log.format); !set_up) {
        return refuse(set_up.error());
    }
    const StopSignals signals;
    prometheus::Registry registry;
    engines::EngineMetrics engine_metrics{registry};
    auto engines = load_engines(config, engine_metrics);
    if (!engines) {
        std::cerr << "livedub: " << engines.error().message() << "\n";
        return engines.error().code() == ErrorCode::kInvalidArgument ? kExitUsage : kExitFailed;
    }

    // Built in the order of use and torn down in reverse: sessions before the server they talk to.
    const SystemClock clock;
    MediaMetrics media_metrics{registry};
    Reporter reporter{config.captions_dir};
    net::IoThread io;

    std::unique_ptr<StreamTable> table;  // only touched on the io thread once the server runs
    const rtmp::ServerEvents events{
        .on_ready =
            [&table](const rtmp::PublisherInfo& publisher) {
                if (table) {
                    table->ready(report_of(publisher));
                }
            },
        .on_not_ready =
            [&table](const rtmp::PublisherInfo& publisher) {
                if (table) {
                    table->not_ready(report_of(publisher));
                }
            },
    };
    auto server_config = config.server;
    server_config.own_key = make_own_key();
    const auto server = MediaServer::start(io, server_config, events, registry);
    if (!server) {
        return refuse(server.error());
    }

    const auto rtmp_base = (*server)->rtmp_base();
    io.call([&] {
        table = std::make_unique<StreamTable>(
            StreamTableConfig{rtmp_base, config.stream, config.most_streams,
                              server_config.auth.empty() ? "" : "key=" + server_config.own_key},
            engines->dubber.get(), media_metrics, clock,
            [&reporter](const DecidedFragment& fragment) { reporter.report(fragment); });
    });
    for (const auto& path : (*server)->paths()) {  // whoever was quicker than the table
        if (path.is_ready) {
            table->listed({.path = path.name,
                           .query = path.query,
                           .source_id = path.source ? path.source->id : std::string_view{},
                           .source_type = path.source ? path.source->type : std::string_view{}});
        }
    }

    std::cout << fmt::format(
                     "livedub {}   {} -> {}\n"
                     "in       {}/live/<id>/in\n"
                     "out      {}/live/<id>/out   {:.1f} s later\n"
                     "engines  {}\n"
                     "watch    {}",
                     LIVEDUB_VERSION, config.stream.source_language, config.stream.target_language,
                     rtmp_base, rtmp_base,
                     std::chrono::duration<double>{config.stream.effective_delay()}.count(),
                     engines->description, (*server)->watch_line())
              << std::endl;  // NOLINT(performance-avoid-endl): somebody waits for it
    signals.wait();

    const auto ending = io.call([&table] { return std::move(table); });
    return kExitStopped;
}

}  // namespace livedub
