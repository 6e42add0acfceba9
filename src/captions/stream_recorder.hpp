// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The words of one live stream on disk, readable at any moment: a transcript of JSON lines and
// WebVTT captions in both languages, each fragment written and flushed when it is decided.

#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "captions/caption_text.hpp"
#include "dubbing/decided_fragment.hpp"

namespace livedub::captions {

/// One thread at a time. Holds no file open: streams come and go, and nobody says which is over.
class StreamRecorder {
  public:
    /// Begins <dir>/<id>.transcript.jsonl, <id>.<source>.vtt and <id>.<target>.vtt, replacing those
    /// of an earlier run. With one language for both there is one WebVTT file, of the transcript.
    ///
    /// @param stream_id [A-Za-z0-9_-]{1,128}; languages are tags of letters, digits and hyphens.
    ///
    /// Errors: kInvalidArgument (a name that could leave the directory), kUnavailable (a file that
    /// cannot be written).
    [[nodiscard]] static Result<std::unique_ptr<StreamRecorder>> open(
        const std::filesystem::path& dir, std::string_view stream_id,
        std::string_view source_language, std::string_view target_language);

    /// Appends one fragment. Captions of the target language show what is spoken, and what would
    /// have been where only the voice was missing. A disk that is full costs the record, never the
    /// stream; see has_failed().
    void record(const DecidedFragment& fragment);

    /// Whether anything could not be written. What was is still valid.
    [[nodiscard]] bool has_failed() const noexcept { return has_failed_; }

  private:
    StreamRecorder() = default;

    void append(const std::filesystem::path& path, const std::string& text);

    std::filesystem::path transcript_;
    std::filesystem::path source_captions_;
    std::filesystem::path target_captions_;  // empty when both languages are one
    CueMaker source_cues_;
    CueMaker target_cues_;
    bool has_failed_ = false;
};

}  // namespace livedub::captions
