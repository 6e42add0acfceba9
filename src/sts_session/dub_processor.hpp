// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The real work (external contract, 7): decodes what was sent, has it dubbed, and encodes what
// comes back. Decoding and encoding run on threads of its own, one fragment of a stream after the
// other; the engines' threads are the dubber's.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "artifacts/artifact.hpp"
#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "dubbing/dubber.hpp"
#include "sts_session/fragment_processor.hpp"
#include "sts_session/worker_pool.hpp"

namespace livedub::sts_session {

struct DubProcessorConfig {
    std::size_t threads = 2;
    /// What the engines call a voice profile for a language; nullopt: there is no such profile. Any
    /// thread.
    std::function<std::optional<std::string>(const std::string& profile,
                                             const std::string& language)>
        resolve_voice;
    /// Somebody's labels contradict their sound. Any thread; must not block.
    std::function<void()> on_label_mismatch;
    /// Takes what was made of each fragment; null: nobody wants it. Any thread; must not block.
    std::function<void(artifacts::Artifact)> keep{};
};

class DubProcessor final : public FragmentProcessor {
  public:
    DubProcessor(const Clock& clock, DubProcessorConfig config);
    ~DubProcessor() override;
    DubProcessor(const DubProcessor&) = delete;
    DubProcessor& operator=(const DubProcessor&) = delete;

    /// The engines are loaded: what waited to be opened is opened. Once; any thread. `dubber`
    /// outlives this.
    void set_dubber(Dubber& dubber) LIVEDUB_EXCLUDES(mutex_);

    /// Waits with the answer until there is a dubber.
    void open(const OpenStream& request, OnFinished on_finished, OnOpened on_opened) override
        LIVEDUB_EXCLUDES(mutex_);

  private:
    class Stream;
    class Work;
    struct Opening {
        OpenStream request;
        OnFinished on_finished;
        OnOpened on_opened;
    };

    void begin(Dubber& dubber, Opening opening);

    // Given at construction; outlive this.
    const Clock& clock_;

    // Constant after construction.
    const DubProcessorConfig config_;

    Mutex mutex_;
    Dubber* dubber_ LIVEDUB_GUARDED_BY(mutex_) = nullptr;
    // At most one for each connection: those that were given up go when another comes.
    std::vector<Opening> waiting_ LIVEDUB_GUARDED_BY(mutex_);

    // Those that may still have a session with the dubber.
    std::vector<std::weak_ptr<Stream>> streams_ LIVEDUB_GUARDED_BY(mutex_);

    // Threads, last: joined first.
    WorkerPool pool_;
};

}  // namespace livedub::sts_session
