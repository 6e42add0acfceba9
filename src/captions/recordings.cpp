// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "captions/recordings.hpp"

#include <utility>

#include "telemetry/log.hpp"

namespace livedub::captions {

void Recordings::record(const DecidedFragment& fragment) {
    const MutexLock lock{mutex_};
    if (has_failed_) {
        return;
    }
    auto& recorder = recorders_[fragment.stream_id];
    if (!recorder) {
        auto opened = StreamRecorder::open(directory_, fragment.stream_id, fragment.source_language,
                                           fragment.target_language);
        if (!opened) {
            logger("captions")->error("not_recorded error=\"{}\"", opened.error().message());
            has_failed_ = true;
            return;
        }
        recorder = std::move(*opened);
    }
    recorder->record(fragment);
    if (recorder->has_failed() && !std::exchange(has_told_, true)) {
        logger("captions")
            ->error("record_incomplete stream={} directory={}", fragment.stream_id, directory_);
    }
}

}  // namespace livedub::captions
