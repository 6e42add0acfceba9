// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// sts-service: speech to speech over Socket.IO. Flags, wiring, signals, exit code.

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <malloc.h>
#include <prometheus/registry.h>
#include <unistd.h>

#include "artifacts/artifact_store.hpp"
#include "base/clock.hpp"
#include "base/thread_name.hpp"
#include "common/stop_signals.hpp"
#include "engines/catalogue/engine_metrics.hpp"
#include "net/io_thread.hpp"
#include "service_state.hpp"
#include "sts_session/dub_processor.hpp"
#include "sts_session/echo_processor.hpp"
#include "sts_session/speech_server.hpp"
#include "sts_session/sts_metrics.hpp"
#include "sts_settings.hpp"
#include "telemetry/log.hpp"

namespace {

using namespace livedub;  // NOLINT(google-build-using-namespace): the composition root

constexpr int kExitStopped = 0;
constexpr int kExitConfiguration = 10;
constexpr int kExitInternal = 50;

constexpr int kStages = 3;

int refuse(const Error& error) {
    std::cerr << "sts-service: " << error.message() << "\n";
    return error.code() == ErrorCode::kInternal ? kExitInternal : kExitConfiguration;
}

/// Sound comes and goes in messages of some hundred kilobytes, each in several forms at once. To
/// give that memory back to the system after every message, and to fetch it for the next, costs
/// more than all that is done with it.
void keep_memory_for_messages() {
    constexpr int kKept = 8 << 20;   // for each thread that handles messages
    constexpr int kLarge = 1 << 20;  // what is larger goes back at once all the same
    (void)::mallopt(M_TRIM_THRESHOLD, kKept);
    (void)::mallopt(M_MMAP_THRESHOLD, kLarge);
}

/// Loads the engines beside the server, which answers meanwhile. Failing, it ends the program.
class EngineLoader {
  public:
    EngineLoader(const StsConfig& config, sts_session::DubProcessor& processor,
                 sts_session::StsMetrics& metrics, engines::EngineMetrics& engine_metrics,
                 ServiceState& state)
        : thread_{[this, &config, &processor, &metrics, &engine_metrics, &state] {
              load(config, processor, metrics, engine_metrics, state);
          }} {}

    ~EngineLoader() { wait(); }
    EngineLoader(const EngineLoader&) = delete;
    EngineLoader& operator=(const EngineLoader&) = delete;

    /// Until it has loaded, or failed.
    void wait() {
        if (thread_.joinable()) {
            thread_.join();
        }
    }

    /// After wait().
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

    /// After wait(): what has been loaded, for the caller to keep longer than whatever uses it.
    [[nodiscard]] std::unique_ptr<Dubber> take() { return std::move(dubber_); }

  private:
    void load(const StsConfig& config, sts_session::DubProcessor& processor,
              sts_session::StsMetrics& metrics, engines::EngineMetrics& engine_metrics,
              ServiceState& state) {
        name_this_thread("dub-load");
        auto speech = config.speech;
        engine_metrics.listen(speech);
        auto dubber = engines::make_speech_pipeline(speech);
        if (!dubber) {
            error_ = std::move(dubber.error());
            ::kill(::getpid(), SIGTERM);  // whoever waits for signals ends, and asks for the error
            return;
        }
        dubber_ = std::move(*dubber);
        // The usual pair is warm before the first stream; another warms up at its init.
        const auto warm = dubber_->open({.stream_id = "start-up"}, [](const DubOutcome&) {});
        if (!warm) {
            logger("sts")->warn("not_warm why=\"{}\"", warm.error().message());
        }
        state.set_engines(dubber_->engines());
        metrics.set_models_loaded(kStages);
        logger("sts")->info("engines_loaded engines=\"{}\"", dubber_->describe());
        processor.set_dubber(*dubber_);
        state.set(ServiceState::Phase::kReady);
    }

    std::unique_ptr<Dubber> dubber_;
    std::optional<Error> error_;

    // Last: the others are there before it runs.
    std::thread thread_;
};

std::unique_ptr<artifacts::ArtifactStore> make_store(const StsConfig& config) {
    if (!config.artifacts) {
        return nullptr;
    }
    return std::make_unique<artifacts::ArtifactStore>(
        config.artifacts->path, config.artifacts->limits, [](const artifacts::Artifact& lost) {
            logger("sts")->warn("artifact_lost stream={} fragment={}",
                                artifacts::safe_name(lost.stream_id),
                                artifacts::safe_name(lost.fragment_id));
        });
}

std::function<void(artifacts::Artifact)> keep_in(
    const std::unique_ptr<artifacts::ArtifactStore>& store) {
    if (store == nullptr) {
        return nullptr;
    }
    return [&kept = *store](artifacts::Artifact artifact) { kept.keep(std::move(artifact)); };
}

void say_what_is_served(const StsConfig& config, std::uint16_t port) {
    const auto where = authority(config.server.host, port);
    const auto& session = config.server.session;
    std::cout << fmt::format(
                     "sts-service {}   mode {}\n"
                     "serves   http://{}/socket.io/ and /ws/sts/, namespaces / and /sts\n"
                     "engines  {}\n"
                     "limits   {} connections, {} outstanding fragments a stream, {} ms a "
                     "fragment{}\n"
                     "watch    http://{}/ready   http://{}/metrics",
                     LIVEDUB_VERSION, config.is_echo ? "echo" : "full", where,
                     config.is_echo
                         ? std::string{"none: every fragment comes back as it was sent"}
                         : fmt::format("{} > {} > {}, loading", config.speech.recogniser,
                                       config.speech.translator, config.speech.synthesizer),
                     config.server.sio.max_connections, session.max_queue,
                     session.fragment_timeout.count(),
                     config.server.api_key.empty() ? "" : ", with a key", where, where)
              << std::endl;  // NOLINT(performance-avoid-endl): somebody waits for it
}

int serve(const StsConfig& config) {
    if (const auto set_up =
            set_up_logging(config.log.level, config.log.format, config.log.identity);
        !set_up) {
        return refuse(set_up.error());
    }
    if (config.unused_high_threshold) {
        logger("sts")->info(
            "setting_without_effect name=BACKPRESSURE_THRESHOLD_HIGH value={} "
            "why=\"high is all above BACKPRESSURE_THRESHOLD_MEDIUM\"",
            *config.unused_high_threshold);
    }
    const StopSignals signals;

    // Built in the order of use and torn down in reverse: connections before the work they ask for.
    const SystemClock clock;
    prometheus::Registry registry;
    ServiceState state{config.is_echo};
    sts_session::StsMetrics metrics{
        registry, clock,
        config.is_echo ? sts_session::StageTimes::kPretended : sts_session::StageTimes::kObserved};
    engines::EngineMetrics engine_metrics{registry};
    net::IoThread io;
    const auto store = make_store(config);
    std::unique_ptr<Dubber> dubber;
    std::unique_ptr<sts_session::EchoProcessor> echo;
    std::unique_ptr<sts_session::DubProcessor> dub;
    std::optional<EngineLoader> loader;
    if (config.is_echo) {
        echo = std::make_unique<sts_session::EchoProcessor>(clock, config.echo_delay);
    } else {
        dub = std::make_unique<sts_session::DubProcessor>(
            clock, sts_session::DubProcessorConfig{
                       .threads = config.coding_threads,
                       .resolve_voice =
                           [&config](const std::string& profile, const std::string& /*language*/) {
                               // What it is to each engine the synthesizers know.
                               return config.speech.voices.contains(profile)
                                          ? std::optional{profile}
                                          : std::nullopt;
                           },
                       .on_label_mismatch = [&metrics] { metrics.count_label_mismatch(); },
                       .keep = keep_in(store)});
        loader.emplace(config, *dub, metrics, engine_metrics, state);
    }
    sts_session::FragmentProcessor* const processor =
        config.is_echo ? static_cast<sts_session::FragmentProcessor*>(echo.get()) : dub.get();

    auto server = sts_session::SpeechServer::start({io, clock, *processor, metrics, registry},
                                                   config.server, make_sts_pages(state, registry));
    if (server) {
        say_what_is_served(config, (*server)->port());
        signals.wait();
    }
    state.set(ServiceState::Phase::kEnding);
    if (loader) {
        loader->wait();
        dubber = loader->take();
    }
    const auto failure = !server                     ? std::optional{server.error()}
                         : loader && loader->error() ? loader->error()
                                                     : std::nullopt;
    if (server) {
        server->reset();
    }
    dub.reset();  // before the engines that it uses
    return failure ? refuse(*failure) : kExitStopped;
}

int run(int argc, char** argv) {
    // A client that hangs up is an error of one write, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
    keep_memory_for_messages();

    CLI::App app{"sts-service " LIVEDUB_VERSION
                 ": speech to speech over Socket.IO.\n"
                 "Exit codes: 0 stopped as asked, 10 bad configuration or port in use, 50 internal "
                 "failure.",
                 "sts-service"};
    app.set_version_flag("--version", LIVEDUB_VERSION);
    SettingFlags flags;
    bool is_check_only = false;
    bool has_test_controls = false;
    add_setting_flags(app, sts_settings(), flags);
    app.add_flag("--enable-test-controls", has_test_controls, "As STS_TEST_CONTROLS=true");
    app.add_flag("--check-config", is_check_only, "Check the settings and exit");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kExitStopped : kExitConfiguration;
    }
    if (has_test_controls) {
        flags.values["STS_TEST_CONTROLS"] = "true";
    }
    const auto settings = load_settings(sts_settings(), flags);
    if (!settings) {
        return refuse(settings.error());
    }
    const auto config = make_sts_config(*settings);
    if (!config) {
        return refuse(config.error());
    }
    return is_check_only ? kExitStopped : serve(*config);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "sts-service: %s\n", error.what());
    }
    return kExitInternal;
}
