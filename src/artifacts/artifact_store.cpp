// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "artifacts/artifact_store.hpp"

#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/thread_name.hpp"
#include "telemetry/log.hpp"

namespace livedub::artifacts {
namespace {

/// As sound each may be two megabytes.
constexpr std::size_t kMostWaiting = 32;

constexpr std::chrono::hours kRetentionPeriod{1};

}  // namespace

ArtifactStore::ArtifactStore(std::filesystem::path root, ArtifactLimits limits,
                             std::function<void(const Artifact&)> on_lost)
    : root_{std::move(root)},
      limits_{limits},
      on_lost_{on_lost ? std::move(on_lost) : [](const Artifact&) {}},
      waiting_{kMostWaiting},
      thread_{[this](const std::stop_token& stop) {
          name_this_thread("dub-artifacts");
          work(stop);
      }} {}

void ArtifactStore::keep(Artifact artifact) {
    if (const auto lost = waiting_.push_evicting(std::move(artifact))) {
        on_lost_(*lost);
    }
}

void ArtifactStore::work(const std::stop_token& stop) {
    auto retention_due = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
        if (std::chrono::steady_clock::now() >= retention_due) {
            apply_retention(root_, limits_, std::filesystem::file_time_type::clock::now());
            retention_due = std::chrono::steady_clock::now() + kRetentionPeriod;
        }
        if (const auto artifact = waiting_.pop_until(retention_due, stop)) {
            write(*artifact, stop);
        }
    }
}

/// Counts each failure, and logs the first and the end of them.
void ArtifactStore::write(const Artifact& artifact, const std::stop_token& stop) {
    const auto done = write_artifact(root_, artifact, stop);
    if (!done && done.error().code() == ErrorCode::kCancelled) {
        return;
    }
    if (!done) {
        on_lost_(artifact);
    }
    if (is_failing_ == !done) {
        return;
    }
    is_failing_ = !done;
    if (done) {
        logger("artifacts")->info("artifacts can be kept again");
    } else {
        logger("artifacts")->warn("artifacts are lost: {}", done.error().message());
    }
}

}  // namespace livedub::artifacts
