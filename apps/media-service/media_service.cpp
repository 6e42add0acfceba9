// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "media_service.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <prometheus/registry.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "captions/recordings.hpp"
#include "common/stop_signals.hpp"
#include "exit_codes.hpp"
#include "http/server.hpp"
#include "media_session/stream_table.hpp"
#include "net/io_thread.hpp"
#include "orchestrator/media_pages.hpp"
#include "orchestrator/reconciler.hpp"
#include "orchestrator/service_metrics.hpp"
#include "segments/segment_store.hpp"
#include "sts_client/link_metrics.hpp"
#include "sts_client/sts_dubber.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/process_metrics.hpp"

namespace livedub {
namespace {

int fail_with(const Error& error) {
    std::cerr << "media-service: " << error.message() << "\n";
    return error.code() == ErrorCode::kInternal ? kExitInternal : kExitConfig;
}

/// Everything the service exports, as one page.
class MetricsPage {
  public:
    MetricsPage(const prometheus::Registry& registry, std::span<const FamilyHead> media,
                std::span<const FamilyHead> service)
        : registry_{registry}, heads_{sts_client::link_family_heads()} {
        heads_.insert(heads_.end(), media.begin(), media.end());
        heads_.insert(heads_.end(), service.begin(), service.end());
    }

    [[nodiscard]] std::string text() const {
        auto families = registry_.Collect();
        std::ranges::move(process_.Collect(), std::back_inserter(families));
        return expose(families, heads_);
    }

    /// Streams that have a session with the speech service now.
    [[nodiscard]] int connected_streams() const {
        const auto families = registry_.Collect();
        const auto family = std::ranges::find(families, "media_service_worker_sts_connected",
                                              &prometheus::MetricFamily::name);
        return family == families.end()
                   ? 0
                   : static_cast<int>(std::ranges::count_if(
                         family->metric, [](const auto& one) { return one.gauge.value > 0; }));
    }

  private:
    // Given at construction; outlives this.
    const prometheus::Registry& registry_;

    // Constant after construction.
    std::vector<FamilyHead> heads_;
    ProcessMetrics process_;
};

void show_start(const MediaServiceConfig& config, std::uint16_t port) {
    const auto address = authority(config.http.host, port);
    const auto base = without_credentials(config.rtmp_base);
    std::cout << fmt::format(
                     "media-service {}   {} -> {}   http://{}/docs\n"
                     "in       {}/live/<id>/in\n"
                     "out      {}/live/<id>/out   {:.1f} s later\n"
                     "sts      {}\n"
                     "watch    http://{}/v1/streams   http://{}/metrics",
                     LIVEDUB_VERSION, config.stream.source_language, config.stream.target_language,
                     address, base, base,
                     std::chrono::duration<double>{config.stream.effective_delay()}.count(),
                     config.skips_sts ? "none: original audio for everything"
                                      : without_credentials(config.sts.url + config.sts.path),
                     address, address)
              << std::endl;  // NOLINT(performance-avoid-endl): somebody waits for it
}

orchestrator::MediaSources make_sources(const MediaServiceConfig& config, const MetricsPage& page) {
    orchestrator::MediaSources sources;
    if (config.metrics_enabled) {
        sources.metrics = [&page] { return page.text(); };
    }
    sources.storage_problem = [dir = config.segment_dir]() -> std::string {
        return ::access(dir.c_str(), W_OK | X_OK) == 0
                   ? std::string{}
                   : fmt::format("{} cannot be written to", dir);
    };
    sources.sts_json = [&page, skips = config.skips_sts] {
        return fmt::format(R"({{"enabled":{},"connected_streams":{}}})", !skips,
                           page.connected_streams());
    };
    return sources;
}

/// Keeps segments on disk, around whoever dubs; errors count for their stream.
std::unique_ptr<segments::SegmentStore> make_store(const MediaServiceConfig& config, Dubber* dubber,
                                                   const std::unique_ptr<StreamTable>& table) {
    segments::SegmentStoreConfig store{.root = config.segment_dir, .limits = {}};
    store.limits.longest_kept = std::chrono::ceil<std::chrono::seconds>(config.segment_retention);
    store.limits.max_bytes_per_stream = config.segment_max_bytes;
    return std::make_unique<segments::SegmentStore>(
        dubber, std::move(store),
        segments::SegmentEvents{.on_written = {},
                                .on_error = [&table](std::string_view id, std::string_view type) {
                                    table->count_error(id, type, "a segment could not be stored");
                                }});
}

/// All that is left is to join threads and to give back memory. A thread that looks up a name
/// cannot be told to stop: one whose name server is dead would hold up the end for as long as that
/// takes.
void end_within_a_second() {
    (void)std::signal(SIGALRM, [](int /*signal*/) { ::_exit(kExitStopped); });
    (void)::alarm(1);
}

}  // namespace

int run_media_service(const MediaServiceConfig& config) {
    if (const auto set_up =
            set_up_logging(config.log.level, config.log.format, config.log.identity);
        !set_up) {
        return fail_with(set_up.error());
    }
    if (!config.gst_debug.empty()) {
        // GStreamer reads its environment alone; a flag or a file may have said it.
        (void)::setenv("GST_DEBUG", config.gst_debug.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    }
    const StopSignals signals;

    // Built in the order of use and torn down in reverse.
    const SystemClock clock;
    prometheus::Registry registry;
    MediaMetrics media_metrics{registry};
    orchestrator::ServiceMetrics service_metrics{registry, LIVEDUB_VERSION, LIVEDUB_COMMIT};
    const MetricsPage metrics_page{registry, media_metrics.heads(), service_metrics.heads()};
    std::optional<captions::Recordings> recordings;
    if (config.captions_dir) {
        recordings.emplace(*config.captions_dir);
    }
    std::atomic<bool> is_stopping{false};
    net::IoThread io;

    // The table ends its sessions by stop(), below; the speech client and the disk, whose last
    // reports name streams of it, go before it does.
    std::unique_ptr<StreamTable> table;
    std::unique_ptr<Dubber> dubber;
    std::unique_ptr<segments::SegmentStore> store;
    if (!config.skips_sts) {
        auto sts = config.sts;
        // The io thread's: the store is there before the first stream, and gone after the last.
        sts.on_late_clip = [&store](const std::string& stream_id, std::uint64_t fragment,
                                    ClipBytes clip) {
            if (store) {
                store->keep_late(stream_id, fragment, std::move(clip));
            }
        };
        sts.on_late_result = [&table](const std::string& stream_id) {
            table->count_late_result(stream_id);
        };
        sts.on_exhausted = [&table](const std::string& stream_id) {
            table->give_up(stream_id, "the speech service cannot be reached");
        };
        dubber = std::make_unique<sts_client::StsDubber>(io, std::move(sts), registry);
    }
    store = make_store(config, dubber.get(), table);
    table = std::make_unique<StreamTable>(
        StreamTableConfig{config.rtmp_base, config.stream, config.most_streams, config.rtmp_query},
        store.get(), media_metrics, clock, [&recordings](const DecidedFragment& fragment) {
            if (recordings) {
                recordings->record(fragment);
            }
        });

    orchestrator::Hooks hooks{*table, service_metrics, clock, config.hook_token};
    auto server = http::Server::start(
        io, config.http.host, config.http.port,
        orchestrator::make_media_pages(hooks, *table, is_stopping, LIVEDUB_VERSION,
                                       make_sources(config, metrics_page)));
    if (!server) {
        return fail_with(server.error());
    }
    std::optional<orchestrator::Reconciler> reconciler;
    if (!config.media_api_url.empty()) {
        reconciler.emplace(config.media_api_url, *table, orchestrator::fetch_over_http());
    }
    show_start(config, (*server)->port());
    signals.wait();

    logger("service")->info("stopping");
    is_stopping = true;
    reconciler.reset();
    table->stop();
    io.call([&store] { return std::move(store); }).reset();  // late dubs find none from here on
    dubber.reset();
    server->reset();
    logger("service")->info("stopped");
    end_within_a_second();
    return kExitStopped;
}

}  // namespace livedub
