// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "service.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <prometheus/registry.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "base/thread_name.hpp"
#include "common/stop_signals.hpp"
#include "exit_codes.hpp"
#include "net/io_thread.hpp"
#include "pages.hpp"
#include "service_state.hpp"
#include "sts_session/dub_processor.hpp"
#include "sts_session/echo_processor.hpp"
#include "sts_session/speech_server.hpp"
#include "telemetry/log.hpp"

namespace livedub {
namespace {

int refuse(const Error& error) {
    std::cerr << "sts-service: " << error.message() << "\n";
    return error.code() == ErrorCode::kInternal ? kExitInternal : kExitConfiguration;
}

/// Loads the engines beside the server, which answers meanwhile. Ends the process's wait when it
/// cannot.
class EngineLoader {
  public:
    EngineLoader(const engines::SpeechConfig& config, ServiceState& state,
                 sts_session::StsMetrics& metrics)
        : config_{config}, state_{state}, metrics_{metrics} {}

    /// `processor` outlives this but not the dubber, which take() hands out.
    void start(sts_session::DubProcessor& processor) {
        thread_ = std::jthread{[this, &processor] {
            name_this_thread("dub-load");
            load(processor);
        }};
    }

    [[nodiscard]] std::optional<Error> error() const LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        return error_;
    }

  private:
    void load(sts_session::DubProcessor& processor) LIVEDUB_EXCLUDES(mutex_) {
        auto dubber = engines::make_speech_pipeline(config_);
        if (!dubber) {
            {
                const MutexLock lock{mutex_};
                error_ = std::move(dubber.error());
            }
            ::kill(::getpid(), SIGTERM);  // main waits for nothing else
            return;
        }
        dubber_ = std::move(*dubber);
        // The usual pair is warm before the first stream; another one warms up at its init.
        const auto warm = dubber_->open({.stream_id = "start-up"}, [](const DubOutcome&) {});
        if (!warm) {
            logger("sts")->warn("not_warm why=\"{}\"", warm.error().message());
        }
        const auto names = dubber_->engines();
        processor.set_dubber(*dubber_);
        metrics_.set_models_loaded(names.translator.empty() ? 2 : 3);
        state_.set_ready(names);
        logger("sts")->info("models_loaded asr={} translation={} tts={}", names.recogniser,
                            names.translator.empty() ? "none" : names.translator,
                            names.synthesizer);
    }

    // Given at construction; outlive this.
    const engines::SpeechConfig& config_;
    ServiceState& state_;
    sts_session::StsMetrics& metrics_;

    mutable Mutex mutex_;
    std::optional<Error> error_ LIVEDUB_GUARDED_BY(mutex_);

    std::unique_ptr<Dubber> dubber_;  // the thread's until it has ended

    // Thread, last: joined first.
    std::jthread thread_;
};

std::string describe_engines(const ServiceConfig& config) {
    if (config.mode == ServiceMode::kEcho) {
        return fmt::format("none: every fragment comes back as it was, after {} ms",
                           config.echo_delay.count());
    }
    return fmt::format("{} > {} > {}, loading", config.speech.recogniser, config.speech.translator,
                       config.speech.synthesizer);
}

void say_hello(const ServiceConfig& config, std::uint16_t port) {
    const auto at = authority(config.server.host, port);
    const auto& session = config.server.session;
    std::cout << fmt::format(
                     "sts-service {}   {} mode\n"
                     "serves   http://{}/socket.io/ and /ws/sts/   namespaces / and /sts\n"
                     "watch    http://{}/health   /ready   /metrics\n"
                     "engines  {}\n"
                     "limits   {} connections, {} streams, {} fragments queued, {} ms a fragment, "
                     "key {}",
                     LIVEDUB_VERSION, config.mode == ServiceMode::kEcho ? "echo" : "full", at, at,
                     describe_engines(config), config.server.sio.max_connections,
                     session.max_streams == 0 ? "any number of"
                                              : std::to_string(session.max_streams),
                     session.max_queue, session.fragment_timeout.count(),
                     config.server.api_key.empty() ? "not asked for" : "asked for")
              << std::endl;  // NOLINT(performance-avoid-endl): somebody waits for it
}

}  // namespace

int run_service(const ServiceConfig& config) {
    if (const auto set_up =
            set_up_logging(config.log.level, config.log.format, config.log.identity);
        !set_up) {
        return refuse(set_up.error());
    }
    const StopSignals signals;
    for (const auto& note : config.notes) {
        logger("sts")->warn("setting_without_effect what=\"{}\"", note);
    }

    // Built in the order of use and torn down in reverse: the server before the processor its
    // sessions ask, the processor before the engines.
    const SystemClock clock;
    const bool is_echo = config.mode == ServiceMode::kEcho;
    prometheus::Registry registry;
    sts_session::StsMetrics metrics{
        registry, clock,
        is_echo ? sts_session::StageTimes::kPretended : sts_session::StageTimes::kObserved};
    ServiceState state;
    net::IoThread io;
    EngineLoader loader{config.speech, state, metrics};
    std::unique_ptr<sts_session::FragmentProcessor> processor;
    if (is_echo) {
        processor = std::make_unique<sts_session::EchoProcessor>(clock, config.echo_delay);
        state.set_ready(
            {.recogniser = "echo-mock", .translator = "echo-mock", .synthesizer = "echo-mock"});
    } else {
        auto dubs = std::make_unique<sts_session::DubProcessor>(
            clock, sts_session::DubProcessorConfig{
                       .threads = 2,
                       .resolve_voice =
                           [&config](const std::string& profile, const std::string& language) {
                               return config.voices.resolve(profile, language);
                           },
                       .on_label_mismatch = [&metrics] { metrics.count_label_mismatch(); }});
        loader.start(*dubs);
        processor = std::move(dubs);
    }
    auto server =
        sts_session::SpeechServer::start({.io = io,
                                          .clock = clock,
                                          .processor = *processor,
                                          .metrics = metrics,
                                          .registry = registry},
                                         config.server, make_pages(config.mode, state, registry));
    if (!server) {
        return refuse(server.error());
    }
    say_hello(config, (*server)->port());
    signals.wait();

    state.set(ServiceState::Phase::kEnding);
    if (const auto error = loader.error()) {
        return refuse(*error);
    }
    logger("sts")->info("stopping");
    return kExitStopped;
}

}  // namespace livedub
