// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How artifacts lie on disk: <root>/<stream>/<fragment>/ with at most five files. Plain calls that
// block as long as coding and the disk do.

#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "artifacts/artifact.hpp"
#include "base/result.hpp"

namespace livedub::artifacts {

/// The id with everything but [A-Za-z0-9._-] as "_", at most 128 long, and never a path that leads
/// elsewhere.
[[nodiscard]] std::string safe_name(std::string_view id);

[[nodiscard]] std::string to_metadata_json(const Artifact& artifact);

/// Writes all files of it that can be; metadata.json comes last.
///
/// Errors: the first one; kCancelled.
[[nodiscard]] Result<void> write_artifact(const std::filesystem::path& root,
                                          const Artifact& artifact, const std::stop_token& stop);

/// Zero is no limit.
struct ArtifactLimits {
    std::chrono::hours longest_kept{24};
    std::size_t most_fragments = 1'000;
};

/// Removes fragments that are too old or, oldest first, too many. Only our own files are touched;
/// what cannot be read or removed is passed over.
void apply_retention(const std::filesystem::path& root, const ArtifactLimits& limits,
                     std::filesystem::file_time_type now);

}  // namespace livedub::artifacts
