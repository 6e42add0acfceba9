// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The Dubber that does the work itself: engines, a fixed pool of threads, and deadlines that hold
// whatever an engine does. The fragments of one stream are dubbed in order, those of different
// streams side by side. A fragment ends exactly once: with its dub, with a reason, or because its
// deadline came first.

#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "dubbing/dubber.hpp"
#include "speech/deadline_watch.hpp"
#include "speech/load_watch.hpp"
#include "speech/stream_dubbing.hpp"

namespace livedub::speech {

/// The longest each stage may take; each is cut to what the fragment's deadline leaves.
struct StageLimits {
    std::chrono::milliseconds recognise{5'000};
    std::chrono::milliseconds translate{5'000};
    std::chrono::milliseconds synthesise{10'000};
};

struct PipelineConfig {
    std::size_t workers = 0;       // 0: one per core
    std::size_t max_streams = 0;   // 0: not limited here
    std::size_t max_pending = 20;  // fragments of one stream that wait; one more is refused
    StageLimits stage_limits{};
    FitLimits fit_limits{};
    std::chrono::milliseconds load_period{30'000};  // after which they are said not to keep up
    /// Another LoadLevel has begun. Must not block; called from any thread, once in a load_period.
    std::function<void(const LoadChange&)> on_load{};
};

/// Loaded once, shared by all streams.
struct Engines {
    std::unique_ptr<TranscriptionModel> recogniser;
    std::unique_ptr<Translator> translator;  // null: none, only dubs within one language
    std::unique_ptr<Synthesizer> synthesizer;
};

class Pipeline final : public Dubber {
  public:
    Pipeline(Engines engines, const PipelineConfig& config);
    ~Pipeline() override;
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    [[nodiscard]] std::string describe() const override;
    [[nodiscard]] EngineNames engines() const override;

    /// Errors: kInvalidArgument (language, pair, voice), kExhausted (streams, memory).
    [[nodiscard]] Result<std::unique_ptr<DubSession>> open(DubOptions options,
                                                           OnOutcome on_outcome) override;

  private:
    struct Job;
    struct Pace;
    struct Stream;
    class Session;
    class Progress;
    using JobPtr = std::shared_ptr<Job>;
    // Shared: a stream whose engine does not return in time outlives its session in the worker.
    using StreamPtr = std::shared_ptr<Stream>;

    [[nodiscard]] static DubOutcome refusal(const Job& job, FallbackReason reason,
                                            std::string_view code, std::string detail);

    /// By value: the session that has it may end in a callback meanwhile.
    void enqueue(StreamPtr stream, Fragment fragment, SteadyTime deadline) LIVEDUB_EXCLUDES(mutex_);
    void close(const StreamPtr& stream) LIVEDUB_EXCLUDES(mutex_);

    void work(const std::stop_token& stop) LIVEDUB_EXCLUDES(mutex_);
    void run(const StreamPtr& stream, const JobPtr& job) LIVEDUB_EXCLUDES(mutex_);
    [[nodiscard]] bool is_admitted(Stream& stream, Job& job) LIVEDUB_EXCLUDES(mutex_);
    [[nodiscard]] bool can_make_it(Stream& stream, const Job& job) LIVEDUB_EXCLUDES(mutex_);
    void remember_pace(Stream& stream, const Job& job, SteadyTime begin) LIVEDUB_EXCLUDES(mutex_);

    /// A stage's limit or the fragment's deadline has passed.
    void expire(const StreamPtr& stream, const JobPtr& job, FallbackReason reason)
        LIVEDUB_EXCLUDES(mutex_);
    /// Ends `job` with `outcome`, unless it has ended already or nobody wants to know.
    void settle(const StreamPtr& stream, const JobPtr& job, DubOutcome outcome)
        LIVEDUB_EXCLUDES(mutex_);
    void deliver(const StreamPtr& stream) LIVEDUB_EXCLUDES(mutex_);

    // Constant after construction.
    const Engines engines_;
    const PipelineConfig config_;

    mutable Mutex mutex_;  // also guards what is marked so in Stream and Job
    // Streams with work and no worker, each once: the one that waited longest is next.
    std::deque<StreamPtr> ready_ LIVEDUB_GUARDED_BY(mutex_);
    std::size_t open_streams_ LIVEDUB_GUARDED_BY(mutex_) = 0;
    LoadWatch load_ LIVEDUB_GUARDED_BY(mutex_);
    std::condition_variable_any work_;  // signalled when ready_ has something
    std::condition_variable_any idle_;  // signalled when a stream's worker or delivery is through

    // Threads, last: joined first, the workers before the watch that they arm.
    DeadlineWatch watch_;
    std::vector<std::jthread> workers_;
};

}  // namespace livedub::speech
