// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/onnx/runtime.hpp"

#include <algorithm>
#include <thread>

namespace livedub::onnx {
namespace {

/// More gain little with models of this size.
constexpr int kMostThreads = 4;

Share share_of_process() {
    static const auto share = share_of(std::thread::hardware_concurrency());
    return share;
}

Ort::Env make_environment() {
    Ort::ThreadingOptions threads;
    threads.SetGlobalIntraOpNumThreads(share_of_process().threads);
    threads.SetGlobalInterOpNumThreads(1);
    threads.SetGlobalSpinControl(0);  // a thread with nothing to do takes no core from the others
    // What goes wrong is in the exceptions; the library's own lines would be beside our log.
    return {threads, ORT_LOGGING_LEVEL_FATAL, "livedub"};
}

}  // namespace

Share share_of(unsigned cores) noexcept {
    const int all = std::max(1, static_cast<int>(cores) - 1);
    const int threads = std::min(kMostThreads, (all + 1) / 2);
    return {.threads = threads, .runs = all - (threads - 1)};
}

Ort::Env& environment() {
    static auto environment = make_environment();
    return environment;
}

Turns& Turns::of_process() {
    static Turns turns{share_of_process().runs};
    return turns;
}

bool Turns::take(const std::stop_token& stop) {
    bool is_taken = false;
    {
        const MutexLock lock{mutex_};
        const auto ticket = ++last_ticket_;
        waiting_.push_back(ticket);
        changed_.wait(mutex_, stop, [this, ticket]() LIVEDUB_REQUIRES(mutex_) {
            return free_ > 0 && waiting_.front() == ticket;
        });
        is_taken = !stop.stop_requested();
        std::erase(waiting_, ticket);
        free_ -= is_taken ? 1 : 0;
    }
    changed_.notify_all();  // another one is first now
    return is_taken;
}

void Turns::give_back() {
    {
        const MutexLock lock{mutex_};
        ++free_;
    }
    changed_.notify_all();
}

std::size_t Turns::waiting() const {
    const MutexLock lock{mutex_};
    return waiting_.size();
}

}  // namespace livedub::onnx
