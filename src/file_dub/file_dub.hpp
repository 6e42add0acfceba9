// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Dubs a file: the same Dubber, mixer and captions as a live stream, but with the whole recording
// at hand. ffmpeg decodes and muxes as a child process; in between everything streams, so an hour
// needs no more memory than a minute.

#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "dubbing/dubber.hpp"
#include "file_dub/media_file.hpp"
#include "file_dub/output_files.hpp"
#include "media/dub_mixer.hpp"

namespace livedub::file_dub {

struct FileDubOptions {
    std::filesystem::path input;
    std::filesystem::path output;
    std::string source_language = "en";
    std::string target_language = "es";
    std::string voice = "default";
    MixSettings mix{};
    std::size_t parallel = 1;  // fragments dubbed at once
};

struct FileDubProgress {
    std::chrono::milliseconds done{0};
    std::optional<std::chrono::milliseconds> total;  // unknown for some containers
};

struct FileDubSummary {
    std::size_t fragments = 0;
    std::map<FallbackReason, std::size_t> originals;  // fragments that kept their sound
    std::chrono::milliseconds duration{0};
};

/// A request that was checked: the input has audio, the output can be written and muxed.
class FileDub {
  public:
    /// Takes a tenth of a second. Leaves empty temporary files beside the output until run() has
    /// ended or this is destroyed.
    ///
    /// Errors: kInvalidArgument, naming the field, its value and what is allowed; kUnavailable
    /// (ffmpeg is missing).
    [[nodiscard]] static Result<std::unique_ptr<FileDub>> check(FileDubOptions options);

    /// Does the work on the calling thread; the output files are there when it succeeds, and none
    /// of them otherwise. Called once.
    ///
    /// @param on_progress Called on the calling thread, now and then.
    ///
    /// Errors: kInvalidArgument (a language or voice), kCancelled when `stop` fires, kUnavailable,
    /// kInternal (ffmpeg's last words).
    [[nodiscard]] Result<FileDubSummary> run(
        Dubber& dubber, const std::function<void(const FileDubProgress&)>& on_progress,
        const std::stop_token& stop);

  private:
    FileDub() = default;

    FileDubOptions options_;
    MediaInfo media_;
    const OutputFormat* format_ = nullptr;
    OutputFiles files_;
    std::filesystem::path media_temporary_;
};

}  // namespace livedub::file_dub
