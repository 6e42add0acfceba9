// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The loaded decoders, lent for one fragment at a time. A decoder is 95 MiB and the library cannot
// share weights, while a session is busy a tenth of its time: so many sessions use few decoders.

#pragma once

#include <condition_variable>
#include <memory>
#include <stop_token>
#include <vector>

#include "base/mutex.hpp"
#include "base/result.hpp"
#include "engines/pocketsphinx/decoder.hpp"
#include "engines/pocketsphinx/model_files.hpp"

namespace livedub::pocketsphinx {

/// Thread-safe; must outlive its loans.
class DecoderPool {
  public:
    struct GiveBack {
        DecoderPool* pool;
        void operator()(Decoder* lent) const { pool->give_back(std::unique_ptr<Decoder>{lent}); }
    };
    /// It still has the channel of whoever had it before.
    using Loan = std::unique_ptr<Decoder, GiveBack>;

    /// @param loaded The first decoder; up to `most` in all are loaded when they are needed.
    DecoderPool(ModelFiles files, int most, std::unique_ptr<Decoder> loaded);

    /// Takes an idle decoder, else loads one (0.3 s), else waits until one is given back.
    ///
    /// Errors: kCancelled when `stop` fires during the wait.
    [[nodiscard]] Result<Loan> borrow(const std::stop_token& stop) LIVEDUB_EXCLUDES(mutex_);

  private:
    void give_back(std::unique_ptr<Decoder> decoder) LIVEDUB_EXCLUDES(mutex_);

    // Constant after construction.
    const ModelFiles files_;
    const int most_;

    Mutex mutex_;
    std::vector<std::unique_ptr<Decoder>> idle_ LIVEDUB_GUARDED_BY(mutex_);
    int loaded_ LIVEDUB_GUARDED_BY(mutex_) = 1;  // idle, lent or being loaded
    std::condition_variable_any given_back_;
};

}  // namespace livedub::pocketsphinx
