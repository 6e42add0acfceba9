// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/pipeline.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/check.hpp"
#include "base/thread_name.hpp"
#include "dubbing/language.hpp"

namespace livedub::speech {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How long closing a stream waits for an engine that was told to stop. Engines promise 100 ms; one
/// that breaks the promise is left to its worker.
constexpr milliseconds kStopPatience{500};

/// A pace that is older says nothing of what the machine can do now.
constexpr std::chrono::seconds kPaceMemory{30};

/// Speech is worth nothing if it makes pictures stutter: packets go first.
constexpr int kWorkerNiceness = 5;

milliseconds limit_of(Stage stage, const StageLimits& limits) {
    switch (stage) {
        case Stage::kRecognise:
            return limits.recognise;
        case Stage::kTranslate:
            return limits.translate;
        case Stage::kSynthesise:
            return limits.synthesise;
    }
    return {};
}

std::size_t workers_of(const PipelineConfig& config) {
    return config.workers > 0 ? config.workers : std::max(1U, std::thread::hardware_concurrency());
}

/// Whether it came to nothing because nobody had the time.
bool is_too_late(const DubOutcome& outcome) {
    return outcome.fallback == FallbackReason::kTimeout ||
           outcome.fallback == FallbackReason::kDeadline ||
           outcome.fallback == FallbackReason::kInflightLimit;
}

}  // namespace

/// One fragment on its way.
struct Pipeline::Job {
    Job(Fragment what, SteadyTime now, SteadyTime until)
        : fragment{std::move(what)}, asked{now}, deadline{until} {}

    // Constant after construction.
    const Fragment fragment;
    const SteadyTime asked;
    const SteadyTime deadline;

    std::stop_source stop;  // thread-safe by itself

    // Guarded by the pipeline's mutex.
    DubOutcome so_far;           // for when the deadline ends it
    std::optional<Stage> stage;  // the one that runs
    bool is_settled = false;
    bool is_left_out = false;  // skipped, or not spoken: because of the load, not for its own time
    std::optional<SteadyTime> begun;
    DeadlineWatch::Ticket deadline_ticket;
};

/// How long one fragment took for each second of its sound.
struct Pipeline::Pace {
    SteadyTime when;
    double ratio = 0.0;
};

struct Pipeline::Stream {
    // Constant after construction.
    DubOptions options;
    OnOutcome on_outcome;
    std::unique_ptr<TranscriptionSession> recogniser;

    // Only the worker that runs this stream's job touches it: one at a time.
    std::optional<StreamDubbing> dubbing;

    // Guarded by the pipeline's mutex.
    std::deque<JobPtr> pending;
    JobPtr running;
    std::deque<DubOutcome> outbox;  // settled, to be delivered; no more than were outstanding
    std::optional<std::thread::id> delivering;
    std::deque<Pace> recent_pace;  // of the fragments dubbed lately
    bool is_scheduled = false;     // in ready_ or with a worker: keeps its fragments in order
    bool is_closed = false;
    double credit = 0.0;  // for LoadWatch::admits()
};

DubOutcome Pipeline::refusal(const Job& job, FallbackReason reason, std::string_view code,
                             std::string detail) {
    DubOutcome outcome;
    outcome.fragment = job.fragment.number;
    outcome.fallback = reason;
    outcome.failure = DubFailure{.code = std::string{code}};
    outcome.detail = std::move(detail);
    return outcome;
}

class Pipeline::Session final : public DubSession {
  public:
    Session(Pipeline& pipeline, StreamPtr stream)
        : pipeline_{pipeline}, stream_{std::move(stream)} {}
    ~Session() override { pipeline_.close(stream_); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void request(Fragment fragment, SteadyTime deadline) override {
        pipeline_.enqueue(stream_, std::move(fragment), deadline);
    }

  private:
    Pipeline& pipeline_;  // outlives this
    StreamPtr stream_;
};

/// Keeps a running job's limits and what is known of it up to date.
class Pipeline::Progress final : public StageObserver {
  public:
    Progress(Pipeline& pipeline, StreamPtr stream, JobPtr job)
        : pipeline_{pipeline}, stream_{std::move(stream)}, job_{std::move(job)} {}

    void on_stage_begin(Stage stage) override {
        {
            const MutexLock lock{pipeline_.mutex_};
            job_->stage = stage;
        }
        const auto when = steady_clock::now() + limit_of(stage, pipeline_.config_.stage_limits);
        if (when < job_->deadline) {
            ticket_ =
                pipeline_.watch_.arm(when, [pipeline = &pipeline_, stream = stream_, job = job_] {
                    pipeline->expire(stream, job, FallbackReason::kTimeout);
                });
        }
    }

    void on_stage_end(const DubOutcome& so_far) override {
        pipeline_.watch_.disarm(ticket_);
        DubOutcome known;
        known.fragment = so_far.fragment;
        known.transcript = so_far.transcript;
        known.translation = so_far.translation;
        known.timings = so_far.timings;
        known.speech = so_far.speech;
        const MutexLock lock{pipeline_.mutex_};
        std::swap(job_->so_far, known);
    }

  private:
    Pipeline& pipeline_;
    StreamPtr stream_;
    JobPtr job_;
    DeadlineWatch::Ticket ticket_;
};

Pipeline::Pipeline(Engines engines, const PipelineConfig& config)
    : engines_{std::move(engines)}, config_{config}, load_{workers_of(config), config.load_period} {
    LIVEDUB_CHECK(engines_.recogniser != nullptr && engines_.synthesizer != nullptr);
    for (std::size_t n = 0; n < workers_of(config); ++n) {
        workers_.emplace_back([this, n](const std::stop_token& stop) {
            name_this_thread(fmt::format("dub-inf-{}", n));
            const auto self = static_cast<id_t>(syscall(SYS_gettid));
            (void)setpriority(PRIO_PROCESS, self, kWorkerNiceness);  // Linux: this thread only
            work(stop);
        });
    }
}

Pipeline::~Pipeline() {
    for (auto& worker : workers_) {
        worker.request_stop();  // all at once: joining one after the other would add up
    }
}

std::string Pipeline::describe() const {
    return fmt::format("{} > {} > {}", engines_.recogniser->name(),
                       engines_.translator ? engines_.translator->name() : "none",
                       engines_.synthesizer->name());
}

EngineNames Pipeline::engines() const {
    return {.recogniser = std::string{engines_.recogniser->name()},
            .translator = engines_.translator ? std::string{engines_.translator->name()} : "",
            .synthesizer = std::string{engines_.synthesizer->name()}};
}

Result<std::unique_ptr<DubSession>> Pipeline::open(DubOptions options, OnOutcome on_outcome) {
    options.source_language = lower_tag(options.source_language);
    options.target_language = lower_tag(options.target_language);
    if (!engines_.recogniser->supports(options.source_language)) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("source language \"{}\": not one that {} recognises",
                                options.source_language, engines_.recogniser->name()));
    }
    const bool is_translated = !is_same_language(options.source_language, options.target_language);
    if (is_translated && engines_.translator == nullptr) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("target language \"{}\": the translation provider is none, which "
                                "only allows \"{}\"",
                                options.target_language, options.source_language));
    }
    if (is_translated) {
        auto prepared = engines_.translator->prepare(
            {.source = options.source_language, .target = options.target_language});
        if (!prepared) {
            return tl::unexpected{std::move(prepared).error()};
        }
    }
    auto voice = engines_.synthesizer->prepare(options.target_language, options.voice);
    if (!voice) {
        return tl::unexpected{std::move(voice).error()};
    }
    {
        const MutexLock lock{mutex_};
        if (config_.max_streams > 0 && open_streams_ >= config_.max_streams) {
            return fail(ErrorCode::kExhausted,
                        fmt::format("{} streams are being dubbed already", open_streams_));
        }
        ++open_streams_;
    }
    auto recogniser = engines_.recogniser->open_session(
        {.language = options.source_language, .domain_hints = options.domain_hints});
    if (!recogniser) {
        const MutexLock lock{mutex_};
        --open_streams_;
        return tl::unexpected{std::move(recogniser).error()};
    }
    auto stream = std::make_shared<Stream>();
    stream->options = std::move(options);
    stream->on_outcome = std::move(on_outcome);
    stream->recogniser = std::move(*recogniser);
    stream->dubbing.emplace(
        StreamEngines{.recogniser = *stream->recogniser,
                      .translator = is_translated ? engines_.translator.get() : nullptr,
                      .synthesizer = *engines_.synthesizer},
        stream->options, config_.fit_limits);
    return std::make_unique<Session>(*this, std::move(stream));
}

// NOLINTNEXTLINE(performance-unnecessary-value-param)
void Pipeline::enqueue(StreamPtr stream, Fragment fragment, SteadyTime deadline) {
    auto job = std::make_shared<Job>(std::move(fragment), steady_clock::now(), deadline);
    job->so_far.fragment = job->fragment.number;
    bool is_refused = false;
    {
        const MutexLock lock{mutex_};
        is_refused = stream->pending.size() >= config_.max_pending;
        if (!is_refused) {
            stream->pending.push_back(job);
            if (!stream->is_scheduled) {
                stream->is_scheduled = true;
                ready_.push_back(stream);
            }
        }
    }
    if (is_refused) {
        settle(stream, job,
               refusal(*job, FallbackReason::kInflightLimit, "QUEUE_FULL",
                       fmt::format("{} fragments wait already", config_.max_pending)));
        return;
    }
    work_.notify_one();
    const auto ticket = watch_.arm(
        deadline, [this, stream, job] { expire(stream, job, FallbackReason::kDeadline); });
    bool is_over = false;
    {
        const MutexLock lock{mutex_};
        job->deadline_ticket = ticket;
        is_over = job->is_settled || stream->is_closed;
    }
    if (is_over) {
        watch_.disarm(ticket);
    }
}

void Pipeline::close(const StreamPtr& stream) {
    std::deque<JobPtr> dropped;
    JobPtr running;
    std::vector<DeadlineWatch::Ticket> tickets;
    {
        const MutexLock lock{mutex_};
        stream->is_closed = true;
        --open_streams_;
        stream->pending.swap(dropped);
        stream->outbox.clear();
        std::erase(ready_, stream);
        running = stream->running;
        for (const auto& job : dropped) {
            tickets.push_back(job->deadline_ticket);
        }
        if (running != nullptr) {
            tickets.push_back(running->deadline_ticket);
        }
    }
    if (running != nullptr) {
        running->stop.request_stop();  // runs the engine's stop callbacks: not under the lock
    }
    for (const auto& ticket : tickets) {
        watch_.disarm(ticket);
    }
    const MutexLock lock{mutex_};
    if (stream->delivering == std::this_thread::get_id()) {
        return;  // closed from within its own callback: that call is what would be waited for
    }
    idle_.wait_for(mutex_, kStopPatience,
                   [&]() LIVEDUB_REQUIRES(mutex_) { return stream->running == nullptr; });
    // A callback must not block, so this wait ends; after it nobody calls on_outcome again.
    idle_.wait(mutex_, [&]() LIVEDUB_REQUIRES(mutex_) { return !stream->delivering.has_value(); });
}

void Pipeline::work(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        StreamPtr stream;
        JobPtr job;
        {
            const MutexLock lock{mutex_};
            if (!work_.wait(mutex_, stop,
                            [this]() LIVEDUB_REQUIRES(mutex_) { return !ready_.empty(); })) {
                return;
            }
            stream = std::move(ready_.front());
            ready_.pop_front();
            if (stream->pending.empty()) {
                stream->is_scheduled = false;
                continue;  // its fragments expired while it waited for a worker
            }
            job = std::move(stream->pending.front());
            stream->pending.pop_front();
            stream->running = job;
        }
        run(stream, job);
        {
            const MutexLock lock{mutex_};
            stream->running.reset();
            stream->is_scheduled = !stream->pending.empty();
            if (stream->is_scheduled) {
                ready_.push_back(stream);
                work_.notify_one();
            }
        }
        idle_.notify_all();
    }
}

void Pipeline::run(const StreamPtr& stream, const JobPtr& job) {
    if (!is_admitted(*stream, *job)) {
        auto skipped = refusal(*job, FallbackReason::kDeadline, "TIMEOUT",
                               "skipped: the engines do not keep up with all streams");
        skipped.failure->is_load_shed = true;
        settle(stream, job, std::move(skipped));
        return;
    }
    if (!can_make_it(*stream, *job)) {
        settle(stream, job,
               refusal(*job, FallbackReason::kDeadline, "TIMEOUT",
                       "not begun: there is too little time left"));
        return;
    }
    Progress progress{*this, stream, job};
    const auto begin = steady_clock::now();
    bool with_voice = true;
    {
        const MutexLock lock{mutex_};
        job->begun = begin;
        with_voice = load_.level() != LoadLevel::kCaptionsOnly;
    }
    auto outcome =
        stream->dubbing->dub(job->fragment, with_voice ? Stage::kSynthesise : Stage::kTranslate,
                             progress, job->stop.get_token());
    {
        const MutexLock lock{mutex_};
        job->is_left_out = !with_voice;  // unless its deadline came first: then it was late
    }
    if (outcome.dub) {
        remember_pace(*stream, *job, begin);
    }
    settle(stream, job, std::move(outcome));
}

bool Pipeline::is_admitted(Stream& stream, Job& job) {
    const MutexLock lock{mutex_};
    const bool is_admitted = load_.admits(stream.credit);
    job.is_left_out = !is_admitted;
    return is_admitted;
}

bool Pipeline::can_make_it(Stream& stream, const Job& job) {
    const auto now = steady_clock::now();
    double fastest = 0.0;
    {
        const MutexLock lock{mutex_};
        std::erase_if(stream.recent_pace,
                      [now](const Pace& pace) { return pace.when + kPaceMemory <= now; });
        if (!stream.recent_pace.empty()) {
            fastest = std::ranges::min_element(stream.recent_pace, {}, &Pace::ratio)->ratio;
        }
    }
    // The fastest of late, not the mean: one slow fragment must not talk us out of trying. And only
    // of late: whoever does not try learns nothing.
    const auto needed = std::chrono::duration_cast<SteadyDuration>(
        std::chrono::duration<double>{job.fragment.audio.duration()} * fastest);
    return now + needed < job.deadline;
}

void Pipeline::remember_pace(Stream& stream, const Job& job, SteadyTime begin) {
    const auto now = steady_clock::now();
    const std::chrono::duration<double> took = now - begin;
    const std::chrono::duration<double> audio = job.fragment.audio.duration();
    const MutexLock lock{mutex_};
    stream.recent_pace.push_back({.when = now, .ratio = took / audio});
}

void Pipeline::expire(const StreamPtr& stream, const JobPtr& job, FallbackReason reason) {
    DubOutcome outcome;
    {
        const MutexLock lock{mutex_};
        outcome = job->so_far;
        outcome.fallback = reason;
        outcome.failure = DubFailure{.code = "TIMEOUT"};
        if (job->stage) {
            outcome.failure->stage = failure_stage(*job->stage);
        }
        if (!job->stage) {
            outcome.detail = "waiting for a worker";
        } else if (reason == FallbackReason::kTimeout) {
            outcome.detail = fmt::format("{}: no result in {} ms", to_string(*job->stage),
                                         limit_of(*job->stage, config_.stage_limits).count());
        } else {
            outcome.detail = fmt::format("{}: the deadline passed", to_string(*job->stage));
        }
    }
    settle(stream, job, std::move(outcome));
    job->stop.request_stop();
}

void Pipeline::settle(const StreamPtr& stream, const JobPtr& job, DubOutcome outcome) {
    DeadlineWatch::Ticket ticket;
    std::optional<LoadChange> change;
    {
        const MutexLock lock{mutex_};
        if (job->is_settled || stream->is_closed) {
            return;
        }
        job->is_settled = true;
        const auto now = steady_clock::now();
        FragmentEnd end{.audio = job->fragment.audio.duration(),
                        .is_too_late = !job->is_left_out && is_too_late(outcome)};
        if (job->begun) {
            end.worked = now - *job->begun;
        }
        change = load_.note(now, end);
        ticket = job->deadline_ticket;
        std::erase(stream->pending, job);
        outcome.total = duration_cast<milliseconds>(now - job->asked);
        stream->outbox.push_back(std::move(outcome));
    }
    watch_.disarm(ticket);
    if (change && config_.on_load) {
        config_.on_load(*change);
    }
    deliver(stream);
}

void Pipeline::deliver(const StreamPtr& stream) {
    // One thread at a time delivers, and takes along what others settle meanwhile; so the callback
    // is never called twice at once, and never under the lock.
    bool is_mine = false;
    while (true) {
        DubOutcome outcome;
        {
            const MutexLock lock{mutex_};
            if (!is_mine && stream->delivering) {
                return;
            }
            if (stream->outbox.empty()) {
                stream->delivering.reset();
                break;
            }
            is_mine = true;
            stream->delivering = std::this_thread::get_id();
            outcome = std::move(stream->outbox.front());
            stream->outbox.pop_front();
        }
        stream->on_outcome(std::move(outcome));
    }
    idle_.notify_all();
}

}  // namespace livedub::speech
