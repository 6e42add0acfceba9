// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media_session/stream_table.hpp"

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <map>
#include <stop_token>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/mutex.hpp"
#include "base/thread_name.hpp"
#include "telemetry/log.hpp"

namespace livedub {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kLongestId = 128;
constexpr minutes kKept{10};  // what is known of a stream that ended, and its series

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

/// Reports change what is wanted, under the mutex; the control thread compares it with what there
/// is and carries out the difference, without the mutex. So nothing queues up, however many reports
/// there are.
class StreamTable::Control {
  public:
    Control(StreamTableConfig config, Dubber* dubber, MediaMetrics& metrics, const Clock& clock,
            StreamSession::OnDecided on_decided)
        : dubber_{dubber},
          metrics_{metrics},
          clock_{clock},
          config_{std::move(config)},
          on_decided_{std::move(on_decided)},
          thread_{[this](const std::stop_token& stop) { run(stop); }} {}

    ReportResult ready(const PublisherReport& report) LIVEDUB_EXCLUDES(mutex_);
    ReportResult not_ready(const PublisherReport& report) LIVEDUB_EXCLUDES(mutex_);
    ReportResult listed(const PublisherReport& report) LIVEDUB_EXCLUDES(mutex_);
    [[nodiscard]] bool is_missing(const PublisherReport& report) const LIVEDUB_EXCLUDES(mutex_);
    void count_error(std::string_view id, std::string_view type, std::string_view why)
        LIVEDUB_EXCLUDES(mutex_);
    void count_late_result(std::string_view id) LIVEDUB_EXCLUDES(mutex_);
    void give_up(std::string_view id, std::string why) LIVEDUB_EXCLUDES(mutex_);

    [[nodiscard]] std::vector<StreamStatus> streams() const LIVEDUB_EXCLUDES(mutex_);
    [[nodiscard]] std::optional<StreamStatus> stream(std::string_view id) const
        LIVEDUB_EXCLUDES(mutex_);

    void stop() {
        thread_.request_stop();
        if (thread_.joinable()) {
            thread_.join();
        }
    }

  private:
    struct Stream {
        StreamLifecycle life;
        std::unique_ptr<StreamMetrics> metrics;  // from its first session until it is forgotten
    };
    struct Running {
        std::uint64_t run = 0;
        std::uint64_t presence = 0;  // the last one the session was told of
        std::unique_ptr<StreamSession> session;
    };
    /// What is to be done about one stream.
    struct Task {
        std::string id;
        StreamLifecycle::Wanted wanted;
        StreamPublisher publisher;
        StreamMetrics* metrics = nullptr;
    };

    void run(const std::stop_token& stop);
    std::vector<Task> next_tasks() LIVEDUB_EXCLUDES(mutex_);
    void wait(const std::stop_token& stop) LIVEDUB_EXCLUDES(mutex_);
    void carry_out(Task&& task);
    [[nodiscard]] std::string path_url(std::string_view id, std::string_view end) const {
        const auto* const mark = config_.rtmp_query.empty() ? "" : "?";
        return fmt::format("{}/live/{}/{}{}{}", config_.rtmp_base, id, end, mark,
                           config_.rtmp_query);
    }
    void start(Task&& task);
    void session_ended(const std::string& id, std::uint64_t run, const StreamSession::End& end)
        LIVEDUB_EXCLUDES(mutex_);

    [[nodiscard]] bool is_full_for(const std::string& id) const LIVEDUB_REQUIRES(mutex_);
    [[nodiscard]] StreamPublisher publisher_of(const PublisherReport& report) const;
    [[nodiscard]] static StreamStatus status_of(const std::string& id, const Stream& stream);
    template <typename Report>
    void note(const std::string& id, Report report) LIVEDUB_EXCLUDES(mutex_);
    void changed() LIVEDUB_REQUIRES(mutex_) {
        has_changed_ = true;
        changed_.notify_all();
    }

    // Given at construction; outlive this.
    Dubber* const dubber_;
    MediaMetrics& metrics_;
    const Clock& clock_;

    // Constant after construction.
    const StreamTableConfig config_;
    const StreamSession::OnDecided on_decided_;

    mutable Mutex mutex_;
    std::condition_variable_any changed_;
    bool has_changed_ LIVEDUB_GUARDED_BY(mutex_) = false;
    std::map<std::string, Stream, std::less<>> streams_ LIVEDUB_GUARDED_BY(mutex_);

    // Only the control thread touches it. After what its sessions use.
    std::map<std::string, Running> running_;

    // Last, so that it is joined first.
    std::jthread thread_;
};

// Reports -----------------------------------------------------------------------------------------

StreamPublisher StreamTable::Control::publisher_of(const PublisherReport& report) const {
    auto parsed = parse_stream_options(report.query, config_.defaults);
    return {.source_id = std::string{report.source_id},
            .source_type = std::string{report.source_type},
            .options = std::move(parsed.options),
            .warnings = std::move(parsed.warnings)};
}

bool StreamTable::Control::is_full_for(const std::string& id) const {
    if (const auto found = streams_.find(id);
        config_.most_streams == 0 || (found != streams_.end() && found->second.life.is_active())) {
        return false;
    }
    const auto active = std::ranges::count_if(
        streams_, [](const auto& entry) { return entry.second.life.is_active(); });
    return static_cast<std::size_t>(active) >= config_.most_streams;
}

ReportResult StreamTable::Control::ready(const PublisherReport& report) {
    const std::string id{input_stream_id(report.path)};
    if (id.empty()) {
        return ReportResult::kIgnored;
    }
    auto publisher = publisher_of(report);
    const MutexLock lock{mutex_};
    if (is_full_for(id)) {
        logger("session")->warn("stream_refused stream={} limit={}", id, config_.most_streams);
        return ReportResult::kRefused;
    }
    streams_[id].life.ready(std::move(publisher), clock_.now());
    changed();
    return ReportResult::kAccepted;
}

ReportResult StreamTable::Control::not_ready(const PublisherReport& report) {
    const auto id = input_stream_id(report.path);
    if (id.empty()) {
        return ReportResult::kIgnored;
    }
    const MutexLock lock{mutex_};
    const auto found = streams_.find(id);
    if (found == streams_.end()) {
        return ReportResult::kAccepted;
    }
    if (!found->second.life.not_ready(report.source_id, clock_.now())) {
        return ReportResult::kIgnored;
    }
    changed();
    return ReportResult::kAccepted;
}

ReportResult StreamTable::Control::listed(const PublisherReport& report) {
    const std::string id{input_stream_id(report.path)};
    if (id.empty()) {
        return ReportResult::kIgnored;
    }
    auto publisher = publisher_of(report);
    const MutexLock lock{mutex_};
    if (is_full_for(id)) {
        return ReportResult::kRefused;
    }
    if (!streams_[id].life.listed(std::move(publisher), clock_.now())) {
        return ReportResult::kIgnored;
    }
    changed();
    return ReportResult::kAccepted;
}

bool StreamTable::Control::is_missing(const PublisherReport& report) const {
    const auto id = input_stream_id(report.path);
    const MutexLock lock{mutex_};
    const auto found = streams_.find(id);
    return !id.empty() && (found == streams_.end() ||
                           found->second.life.is_missing(report.source_id, clock_.now()));
}

void StreamTable::Control::count_error(std::string_view id, std::string_view type,
                                       std::string_view why) {
    const MutexLock lock{mutex_};
    if (const auto found = streams_.find(id); found != streams_.end() && found->second.metrics) {
        found->second.metrics->count_error(type, why);
    }
}

void StreamTable::Control::count_late_result(std::string_view id) {
    const MutexLock lock{mutex_};
    if (const auto found = streams_.find(id); found != streams_.end() && found->second.metrics) {
        found->second.metrics->late_results.Increment();
    }
}

void StreamTable::Control::give_up(std::string_view id, std::string why) {
    const MutexLock lock{mutex_};
    if (const auto found = streams_.find(id); found != streams_.end()) {
        found->second.life.give_up(std::move(why), clock_.now());
        changed();
    }
}

template <typename Report>
void StreamTable::Control::note(const std::string& id, Report report) {
    const MutexLock lock{mutex_};
    if (const auto found = streams_.find(id); found != streams_.end()) {
        report(found->second.life);
        changed();
    }
}

void StreamTable::Control::session_ended(const std::string& id, std::uint64_t run,
                                         const StreamSession::End& end) {
    logger("session")->info("stream_ended stream={} why=\"{}\"", id, without_credentials(end.why));
    const auto now = clock_.now();
    note(id, [&](StreamLifecycle& life) {
        life.ended(run, end.kind, end.why, now);
        if (life.state() == StreamState::kDegraded) {
            logger("session")->error(
                "stream_degraded stream={} action=\"waits for the next publisher\"", id);
        }
    });
}

// Pages -------------------------------------------------------------------------------------------

StreamStatus StreamTable::Control::status_of(const std::string& id, const Stream& stream) {
    const auto& publisher = stream.life.publisher();
    StreamStatus status{.id = id,
                        .state = stream.life.state(),
                        .options = publisher.options,
                        .warnings = publisher.warnings,
                        .source_type = publisher.source_type,
                        .last_error = {},
                        .ended = stream.life.why(),
                        .counts = {}};
    if (stream.metrics) {
        status.last_error = stream.metrics->last_error();
        status.counts = stream.metrics->counts();
    }
    return status;
}

std::vector<StreamStatus> StreamTable::Control::streams() const {
    const MutexLock lock{mutex_};
    std::vector<StreamStatus> all;
    for (const auto& [id, stream] : streams_) {
        all.push_back(status_of(id, stream));
    }
    return all;
}

std::optional<StreamStatus> StreamTable::Control::stream(std::string_view id) const {
    const MutexLock lock{mutex_};
    const auto found = streams_.find(id);
    return found == streams_.end() ? std::nullopt
                                   : std::optional{status_of(found->first, found->second)};
}

// The control thread ------------------------------------------------------------------------------

void StreamTable::Control::run(const std::stop_token& stop) {
    name_this_thread("dub-ctl");
    while (!stop.stop_requested()) {
        for (auto& task : next_tasks()) {
            if (stop.stop_requested()) {
                break;
            }
            carry_out(std::move(task));
        }
        metrics_.active_streams.Set(static_cast<double>(running_.size()));
        wait(stop);
    }
    std::vector<std::jthread> endings;
    for (auto& [id, running] : running_) {
        endings.emplace_back([session = std::move(running.session)]() mutable { session.reset(); });
    }
}

void StreamTable::Control::wait(const std::stop_token& stop) {
    const MutexLock lock{mutex_};
    auto until = clock_.now() + seconds{1};
    for (const auto& [id, stream] : streams_) {
        until = std::min(until, stream.life.restart_at().value_or(until));
    }
    changed_.wait_until(mutex_, stop, until,
                        [this]() LIVEDUB_REQUIRES(mutex_) { return has_changed_; });
}

std::vector<StreamTable::Control::Task> StreamTable::Control::next_tasks() {
    const MutexLock lock{mutex_};
    has_changed_ = false;
    const auto now = clock_.now();
    std::vector<Task> tasks;
    int degraded = 0;
    for (auto& [id, stream] : streams_) {
        auto& life = stream.life;
        const bool is_restart = life.tick(now);
        const auto wanted = life.wanted();
        const auto running = running_.find(id);
        const bool is_there = running != running_.end();
        degraded += life.state() == StreamState::kDegraded ? 1 : 0;
        if (wanted.run != 0 && !stream.metrics) {
            stream.metrics = std::make_unique<StreamMetrics>(metrics_, id);
        }
        if (is_restart) {
            stream.metrics->restarts.Increment();
        }
        if (is_there
                ? running->second.run != wanted.run || running->second.presence != wanted.presence
                : wanted.run != 0) {
            tasks.push_back({id, wanted, life.publisher(), stream.metrics.get()});
        } else if (!is_there && life.inactive_since() && now - *life.inactive_since() >= kKept) {
            stream.metrics.reset();
        }
    }
    std::erase_if(streams_, [&](const auto& entry) {
        const auto& [id, stream] = entry;
        return !stream.life.is_active() && !stream.life.wanted().is_published && !stream.metrics &&
               !running_.contains(id);
    });
    metrics_.degraded_streams.Set(degraded);
    return tasks;
}

void StreamTable::Control::carry_out(Task&& task) {
    const auto found = running_.find(task.id);
    if (found != running_.end() && found->second.run != task.wanted.run) {
        running_.erase(found);
    } else if (found != running_.end()) {
        auto& running = found->second;
        running.presence = task.wanted.presence;
        if (task.wanted.is_published) {
            running.session->publisher_arrived();
        } else {
            running.session->publisher_left();
        }
        return;
    }
    if (task.wanted.run != 0) {
        start(std::move(task));
    }
}

void StreamTable::Control::start(Task&& task) {
    const auto& [id, wanted, publisher, metrics] = task;
    const auto& options = publisher.options;
    for (const auto& warning : publisher.warnings) {
        logger("session")->warn("stream_option stream={} {}", id, warning);
    }
    logger("session")->info("stream_started stream={} from={} to={} mode={} delay_ms={}", id,
                            options.source_language, options.target_language,
                            to_string(options.mode), options.effective_delay().count());
    const auto run = wanted.run;
    auto session = std::make_unique<StreamSession>(
        StreamSetup{.stream_id = id,
                    .input_url = path_url(id, "in"),
                    .output_url = path_url(id, "out"),
                    .options = options},
        dubber_, *metrics, clock_, on_decided_,
        [this, id = id, run](const StreamSession::End& end) { session_ended(id, run, end); },
        [this, id = id, run](bool is_running) {
            note(id, [&](StreamLifecycle& life) {
                is_running ? life.input_running(run) : life.input_gone(run);
            });
        });
    if (!wanted.is_published) {
        session->publisher_left();
    }
    running_.insert_or_assign(id, Running{run, wanted.presence, std::move(session)});
}

// The outside -------------------------------------------------------------------------------------

StreamTable::StreamTable(StreamTableConfig config, Dubber* dubber, MediaMetrics& metrics,
                         const Clock& clock, StreamSession::OnDecided on_decided)
    : control_{std::make_unique<Control>(std::move(config), dubber, metrics, clock,
                                         std::move(on_decided))} {}

StreamTable::~StreamTable() {
    stop();
}

ReportResult StreamTable::ready(const PublisherReport& report) {
    return control_->ready(report);
}

ReportResult StreamTable::not_ready(const PublisherReport& report) {
    return control_->not_ready(report);
}

ReportResult StreamTable::listed(const PublisherReport& report) {
    return control_->listed(report);
}

bool StreamTable::is_missing(const PublisherReport& report) const {
    return control_->is_missing(report);
}

void StreamTable::count_error(std::string_view id, std::string_view type, std::string_view why) {
    control_->count_error(id, type, why);
}

void StreamTable::count_late_result(std::string_view id) {
    control_->count_late_result(id);
}

void StreamTable::give_up(std::string_view id, std::string why) {
    control_->give_up(id, std::move(why));
}

std::vector<StreamStatus> StreamTable::streams() const {
    return control_->streams();
}

std::optional<StreamStatus> StreamTable::stream(std::string_view id) const {
    return control_->stream(id);
}

void StreamTable::stop() {
    control_->stop();
}

}  // namespace livedub
