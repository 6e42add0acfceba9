// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media_session/stream_table.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/bounded_queue.hpp"
#include "base/thread_name.hpp"
#include "telemetry/log.hpp"

namespace livedub {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kMailboxCapacity = 1024;
constexpr std::size_t kLongestId = 128;
constexpr minutes kMetricsKept{10};

constexpr seconds kFirstRestart{1};
constexpr seconds kLastRestart{30};
constexpr int kMostRestarts = 6;
constexpr minutes kRestartWindow{10};

}  // namespace

std::string_view input_stream_id(std::string_view path) {
    constexpr std::string_view kPrefix = "live/";
    constexpr std::string_view kSuffix = "/in";
    if (!path.starts_with(kPrefix) || !path.ends_with(kSuffix) ||
        path.size() <= kPrefix.size() + kSuffix.size()) {
        return {};
    }
    const auto id = path.substr(kPrefix.size(), path.size() - kPrefix.size() - kSuffix.size());
    const bool is_valid = id.size() <= kLongestId && std::ranges::all_of(id, [](unsigned char c) {
                              return std::isalnum(c) != 0 || c == '_' || c == '-';
                          });
    return is_valid ? id : std::string_view{};
}

class StreamTable::Control {
  public:
    Control(StreamTableConfig config, Dubber* dubber, MediaMetrics& metrics, const Clock& clock,
            StreamSession::OnDecided on_decided)
        : dubber_{dubber},
          metrics_{metrics},
          clock_{clock},
          config_{std::move(config)},
          on_decided_{std::move(on_decided)},
          mailbox_{kMailboxCapacity},
          thread_{[this](const std::stop_token& stop) { run(stop); }} {}

    void post_ready(std::string id, std::string query) {
        post(Ready{std::move(id), std::move(query)});
    }
    void post_not_ready(std::string id) { post(NotReady{std::move(id)}); }

  private:
    struct Ready {
        std::string id;
        std::string query;
    };
    struct NotReady {
        std::string id;
    };
    struct Ended {
        std::string id;
        StreamSession::End end;
    };
    using Mail = std::variant<Ready, NotReady, Ended>;

    struct Stream {
        std::string query;
        bool is_published = false;
        std::unique_ptr<StreamMetrics> metrics;
        std::vector<SteadyTime> restarts;
        std::optional<SteadyTime> restart_at;
        SteadyTime forget_at = SteadyTime::max();
        std::unique_ptr<StreamSession> session;  // last: ends before its metrics go
    };

    void post(Mail mail) {
        if (mailbox_.push_evicting(std::move(mail))) {
            logger("session")->error("control_overloaded lost=1");
        }
    }

    void run(const std::stop_token& stop) {
        name_this_thread("dub-ctl");
        while (!stop.stop_requested()) {
            if (auto mail = mailbox_.pop_until(clock_.now() + seconds{1}, stop)) {
                std::visit([this](auto&& item) { handle(item); }, *mail);
            }
            tend(clock_.now());
        }
        std::vector<std::jthread> endings;
        for (auto& [id, stream] : streams_) {
            endings.emplace_back(
                [session = std::move(stream.session)]() mutable { session.reset(); });
        }
    }

    void handle(const Ready& ready) {
        auto& stream = streams_[ready.id];
        const bool is_new_query = stream.query != ready.query;
        stream.is_published = true;
        stream.query = ready.query;
        stream.restart_at.reset();
        stream.restarts.clear();
        if (stream.session && !is_new_query) {
            stream.session->publisher_arrived();
            return;
        }
        stream.session.reset();
        start(ready.id, stream);
    }

    void handle(const NotReady& gone) {
        if (const auto found = streams_.find(gone.id); found != streams_.end()) {
            found->second.is_published = false;
            found->second.restart_at.reset();
        }
    }

    void handle(const Ended& ended) {
        const auto found = streams_.find(ended.id);
        if (found == streams_.end() || !found->second.session) {
            return;
        }
        auto& stream = found->second;
        stream.session.reset();
        count_sessions();
        logger("session")->info("stream_ended stream={} why=\"{}\"", ended.id, ended.end.why);
        const auto now = clock_.now();
        stream.forget_at = now + kMetricsKept;
        if (stream.is_published && ended.end.is_failure) {
            plan_restart(ended.id, stream, now);
        }
    }

    void start(const std::string& id, Stream& stream) {
        const auto running = std::ranges::count_if(
            streams_, [](const auto& entry) { return entry.second.session != nullptr; });
        if (config_.most_streams > 0 && static_cast<std::size_t>(running) >= config_.most_streams) {
            logger("session")->warn("stream_refused stream={} limit={}", id, config_.most_streams);
            return;
        }
        auto parsed = parse_stream_options(stream.query, config_.defaults);
        for (const auto& warning : parsed.warnings) {
            logger("session")->warn("stream_option stream={} {}", id, warning);
        }
        const auto& options = parsed.options;
        logger("session")->info("stream_started stream={} from={} to={} delay_ms={}", id,
                                options.source_language, options.target_language,
                                options.effective_delay().count());
        if (!stream.metrics) {
            stream.metrics = std::make_unique<StreamMetrics>(metrics_, id);
        }
        stream.forget_at = SteadyTime::max();
        stream.session = std::make_unique<StreamSession>(
            StreamSetup{.stream_id = id,
                        .input_url = fmt::format("{}/live/{}/in", config_.rtmp_base, id),
                        .output_url = fmt::format("{}/live/{}/out", config_.rtmp_base, id),
                        .options = std::move(parsed.options)},
            dubber_, *stream.metrics, clock_, on_decided_,
            [this, id](const StreamSession::End& end) {
                post(Ended{id, end});
            });
        count_sessions();
    }

    static void plan_restart(const std::string& id, Stream& stream, SteadyTime now) {
        std::erase_if(stream.restarts, [now](auto at) { return now - at > kRestartWindow; });
        const auto count = static_cast<int>(stream.restarts.size());
        if (count >= kMostRestarts) {
            logger("session")->error(
                "stream_degraded stream={} restarts={} action=\"waits for the "
                "next publisher\"",
                id, count);
            return;
        }
        const auto wait = std::min(kLastRestart, kFirstRestart * (1 << count));
        stream.restarts.push_back(now);
        stream.restart_at = now + wait;
    }

    /// What is due by itself: restarts, and forgetting streams that ended a while ago.
    void tend(SteadyTime now) {
        for (auto& [id, stream] : streams_) {
            if (stream.restart_at && *stream.restart_at <= now) {
                stream.restart_at.reset();
                start(id, stream);
            }
        }
        std::erase_if(streams_, [now](const auto& entry) {
            return !entry.second.session && !entry.second.is_published &&
                   entry.second.forget_at <= now;
        });
    }

    void count_sessions() {
        metrics_.active_streams.Set(static_cast<double>(std::ranges::count_if(
            streams_, [](const auto& entry) { return entry.second.session != nullptr; })));
    }

    // Given at construction; outlive this.
    Dubber* const dubber_;
    MediaMetrics& metrics_;
    const Clock& clock_;

    // Constant after construction.
    const StreamTableConfig config_;
    const StreamSession::OnDecided on_decided_;

    // The oldest goes when full; that takes a thousand events in the second or two that ending a
    // session may take.
    BoundedQueue<Mail> mailbox_;

    // Only the control thread touches it.
    std::map<std::string, Stream> streams_;

    // Last, so that it is joined first.
    std::jthread thread_;
};

StreamTable::StreamTable(StreamTableConfig config, Dubber* dubber, MediaMetrics& metrics,
                         const Clock& clock, StreamSession::OnDecided on_decided)
    : control_{std::make_unique<Control>(std::move(config), dubber, metrics, clock,
                                         std::move(on_decided))} {}

StreamTable::~StreamTable() = default;

void StreamTable::ready(std::string_view path, std::string_view query) {
    if (const auto id = input_stream_id(path); !id.empty()) {
        control_->post_ready(std::string{id}, std::string{query});
    }
}

void StreamTable::not_ready(std::string_view path) {
    if (const auto id = input_stream_id(path); !id.empty()) {
        control_->post_not_ready(std::string{id});
    }
}

}  // namespace livedub
