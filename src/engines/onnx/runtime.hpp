// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What all models of a process share: the library's state, its threads, and turns, so that all
// streams together leave a core to everything else. For this room alone.

#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <stop_token>

#include <onnxruntime_cxx_api.h>

#include "base/mutex.hpp"
#include "base/result.hpp"
#include "engines/onnx/memory.hpp"

namespace livedub::onnx {

/// How many threads one run has, and how many runs there may be at once. The threads beside those
/// that call are shared, so all together are `threads - 1 + runs`: the cores but one.
struct Share {
    int threads = 1;
    int runs = 1;
};

[[nodiscard]] Share share_of(unsigned cores) noexcept;

/// Made at the first use; throws as the library does.
[[nodiscard]] Ort::Env& environment();

/// Runs at once, and no more; who came first is first. A translation takes a turn for each of its
/// tokens, so whoever waits beside it waits for one token and not for the sentence. Thread-safe.
class Turns {
  public:
    explicit Turns(int runs) : free_{runs} {}

    /// Those of the process.
    static Turns& of_process();

    /// Waits for one that is free and for all who waited before. False as soon as `stop` fires, and
    /// then there is none to give back.
    [[nodiscard]] bool take(const std::stop_token& stop) LIVEDUB_EXCLUDES(mutex_);
    void give_back() LIVEDUB_EXCLUDES(mutex_);

    /// How many wait.
    [[nodiscard]] std::size_t waiting() const LIVEDUB_EXCLUDES(mutex_);

  private:
    // Guarded by mutex_.
    mutable Mutex mutex_;
    int free_ LIVEDUB_GUARDED_BY(mutex_);
    std::uint64_t last_ticket_ LIVEDUB_GUARDED_BY(mutex_) = 0;
    std::deque<std::uint64_t> waiting_
        LIVEDUB_GUARDED_BY(mutex_);  // an entry for each call, first come first
    std::condition_variable_any changed_;
};

/// Calls the library; its exceptions end here. Errors: kExhausted (memory), kInternal.
template <typename Call>
auto guarded(Call call) -> decltype(call()) {
    try {
        return if_memory(call);
    } catch (const Ort::Exception& error) {
        return fail(ErrorCode::kInternal, error.what());
    }
}

}  // namespace livedub::onnx
