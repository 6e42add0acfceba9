// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How far a file is, as one line for a person: share, speed, time left.

#pragma once

#include <chrono>
#include <string>

#include "file_dub/file_dub.hpp"

namespace livedub::file_dub {

/// "[=========>          ]  45 %  00:27 of 01:00   6.2 x real time   5 s left", always of the same
/// width; without a total "00:27   6.2 x real time".
///
/// @param spent Since the work began.
[[nodiscard]] std::string progress_bar(const FileDubProgress& progress,
                                       std::chrono::milliseconds spent);

/// The same without the bar, for logs.
[[nodiscard]] std::string progress_line(const FileDubProgress& progress,
                                        std::chrono::milliseconds spent);

/// "dubbed 9 of 10 fragments (1 no_speech), 60.0 s in 9.7 s, 6.2 x real time"
[[nodiscard]] std::string summary_line(const FileDubSummary& summary,
                                       std::chrono::milliseconds spent);

/// 0 to 100; nullopt without a total.
[[nodiscard]] std::optional<int> percent_done(const FileDubProgress& progress) noexcept;

}  // namespace livedub::file_dub
