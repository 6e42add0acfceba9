// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/pocketsphinx/decoder_pool.hpp"

#include <utility>

namespace livedub::pocketsphinx {

DecoderPool::DecoderPool(ModelFiles files, int most, std::unique_ptr<Decoder> loaded)
    : files_{std::move(files)}, most_{most} {
    idle_.push_back(std::move(loaded));
}

Result<DecoderPool::Loan> DecoderPool::borrow(const std::stop_token& stop) {
    {
        const MutexLock lock{mutex_};
        if (!given_back_.wait(mutex_, stop, [this]() LIVEDUB_REQUIRES(mutex_) {
                return !idle_.empty() || loaded_ < most_;
            })) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
        if (!idle_.empty()) {
            Loan loan{idle_.back().release(), GiveBack{this}};
            idle_.pop_back();
            return loan;
        }
        ++loaded_;
    }
    auto opened = Decoder::open(files_);  // not under the lock: it takes a while
    if (!opened) {
        {
            const MutexLock lock{mutex_};
            --loaded_;
        }
        given_back_.notify_one();
        return tl::unexpected{std::move(opened).error()};
    }
    return Loan{opened->release(), GiveBack{this}};
}

void DecoderPool::give_back(std::unique_ptr<Decoder> decoder) {
    {
        const MutexLock lock{mutex_};
        idle_.push_back(std::move(decoder));
    }
    given_back_.notify_one();
}

}  // namespace livedub::pocketsphinx
