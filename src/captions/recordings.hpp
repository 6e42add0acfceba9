// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The words of all streams of a program, each in its own files in one directory.

#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/mutex.hpp"
#include "captions/stream_recorder.hpp"
#include "dubbing/decided_fragment.hpp"

namespace livedub::captions {

/// Any thread.
class Recordings {
  public:
    explicit Recordings(std::string directory) : directory_{std::move(directory)} {}

    /// Appends to the files of the fragment's stream, which begin with its first fragment. A file
    /// that cannot be begun is logged once and costs the records from then on, never a stream. So
    /// is one that cannot be continued, which costs what could not be written.
    void record(const DecidedFragment& fragment) LIVEDUB_EXCLUDES(mutex_);

  private:
    // Constant after construction.
    const std::string directory_;

    Mutex mutex_;
    bool has_failed_ LIVEDUB_GUARDED_BY(mutex_) = false;
    bool has_told_ LIVEDUB_GUARDED_BY(mutex_) = false;  // that a file could not be continued
    std::map<std::string, std::unique_ptr<StreamRecorder>> recorders_ LIVEDUB_GUARDED_BY(mutex_);
};

}  // namespace livedub::captions
