// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Fragments on their way through a Dubber, given back in the order they were put in. Dubbed by
// several sessions side by side, because one session works on one fragment at a time and a file
// should use the whole machine.

#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "base/result.hpp"
#include "dubbing/dubber.hpp"

namespace livedub::file_dub {

/// One thread at a time.
class FragmentWindow {
  public:
    /// Errors: those of Dubber::open().
    [[nodiscard]] static Result<std::unique_ptr<FragmentWindow>> open(Dubber& dubber,
                                                                      const DubOptions& options,
                                                                      std::size_t parallel);

    /// Two for each session: one in work, one waiting. put() may only be called below it.
    [[nodiscard]] bool is_full() const noexcept { return entries_.size() >= 2 * sessions_.size(); }
    [[nodiscard]] bool is_empty() const noexcept { return entries_.empty(); }

    void put(PcmChunk audio);

    /// The oldest fragment with what became of it, waiting for that.
    ///
    /// @return nullopt when `stop` fired first.
    [[nodiscard]] std::optional<std::pair<PcmChunk, DubOutcome>> take(const std::stop_token& stop)
        LIVEDUB_EXCLUDES(shared_.mutex);

  private:
    FragmentWindow() = default;

    struct Entry {
        std::uint64_t number = 0;
        PcmChunk audio;
    };
    struct Shared {
        Mutex mutex;
        std::vector<DubOutcome> outcomes LIVEDUB_GUARDED_BY(mutex);  // not taken yet
        std::condition_variable_any arrived;
    };

    std::deque<Entry> entries_;
    std::uint64_t next_number_ = 0;
    Shared shared_;

    // Last: closed before what their callbacks touch is destroyed.
    std::vector<std::unique_ptr<DubSession>> sessions_;
};

}  // namespace livedub::file_dub
