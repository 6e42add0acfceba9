// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "file_dub/fragment_window.hpp"

#include <algorithm>
#include <chrono>

#include "base/clock.hpp"

namespace livedub::file_dub {
namespace {

/// A file has no air time; this only ends what would never end.
constexpr std::chrono::minutes kPatience{10};

}  // namespace

Result<std::unique_ptr<FragmentWindow>> FragmentWindow::open(Dubber& dubber,
                                                             const DubOptions& options,
                                                             std::size_t parallel) {
    std::unique_ptr<FragmentWindow> window{new FragmentWindow};
    for (std::size_t n = 0; n < std::max<std::size_t>(parallel, 1); ++n) {
        auto session = dubber.open(options, [shared = &window->shared_](DubOutcome outcome) {
            {
                const MutexLock lock{shared->mutex};
                shared->outcomes.push_back(std::move(outcome));
            }
            shared->arrived.notify_one();
        });
        if (!session) {
            return tl::unexpected{std::move(session).error()};
        }
        window->sessions_.push_back(std::move(*session));
    }
    return window;
}

void FragmentWindow::put(PcmChunk audio) {
    const auto number = next_number_++;
    entries_.push_back({.number = number, .audio = audio});
    sessions_[number % sessions_.size()]->request({.number = number, .audio = std::move(audio)},
                                                  std::chrono::steady_clock::now() + kPatience);
}

std::optional<std::pair<PcmChunk, DubOutcome>> FragmentWindow::take(const std::stop_token& stop) {
    const auto number = entries_.front().number;
    const MutexLock lock{shared_.mutex};
    auto found = shared_.outcomes.end();
    const bool arrived =
        shared_.arrived.wait(shared_.mutex, stop, [&]() LIVEDUB_REQUIRES(shared_.mutex) {
            found = std::ranges::find(shared_.outcomes, number, &DubOutcome::fragment);
            return found != shared_.outcomes.end();
        });
    if (!arrived) {
        return std::nullopt;
    }
    std::pair<PcmChunk, DubOutcome> taken{std::move(entries_.front().audio), std::move(*found)};
    shared_.outcomes.erase(found);
    entries_.pop_front();
    return taken;
}

}  // namespace livedub::file_dub
