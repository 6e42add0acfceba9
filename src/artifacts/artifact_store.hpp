// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The thread that keeps artifacts ("dub-artifacts"). Keeping them is a favour: no fragment waits
// for it, and none fails by it.

#pragma once

#include <filesystem>
#include <functional>
#include <thread>

#include "artifacts/artifact.hpp"
#include "artifacts/artifact_files.hpp"
#include "base/bounded_queue.hpp"

namespace livedub::artifacts {

class ArtifactStore {
  public:
    /// Retention runs at once, and each hour from then.
    ///
    /// @param on_lost Called once for each artifact that is not kept, or not all of it; on any
    ///        thread; must not block.
    ArtifactStore(std::filesystem::path root, ArtifactLimits limits,
                  std::function<void(const Artifact&)> on_lost);
    /// Writes no more; what waits is dropped.
    ~ArtifactStore() = default;
    ArtifactStore(const ArtifactStore&) = delete;
    ArtifactStore& operator=(const ArtifactStore&) = delete;

    /// Any thread; never blocks. When too many wait, the oldest is lost.
    void keep(Artifact artifact);

  private:
    void work(const std::stop_token& stop);
    void write(const Artifact& artifact, const std::stop_token& stop);

    // Constant after construction.
    const std::filesystem::path root_;
    const ArtifactLimits limits_;
    const std::function<void(const Artifact&)> on_lost_;

    bool is_failing_ = false;  // owned by the thread

    BoundedQueue<Artifact> waiting_;

    // Last, so that it is joined before anything it uses is destroyed.
    std::jthread thread_;
};

}  // namespace livedub::artifacts
