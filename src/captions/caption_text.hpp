// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Phrases as captions: what WebVTT and SubRip look like, how long a line may be, and which moments
// a caption may have. Pure text; files are stream_recorder's and file_dub's.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dubbing/dubber.hpp"
#include "media/stream_time.hpp"

namespace livedub::captions {

/// One caption on screen: at most two lines.
struct Cue {
    StreamTime start;
    StreamTime end;
    std::vector<std::string> lines;

    friend bool operator==(const Cue&, const Cue&) = default;
};

/// Characters of a line, as counted by a reader (UTF-8).
inline constexpr std::size_t kLineLength = 42;

/// Breaks text at spaces into lines of at most `length` characters; a longer word has its own line.
[[nodiscard]] std::vector<std::string> break_lines(std::string_view text,
                                                   std::size_t length = kLineLength);

/// Makes the cues of one track, in order and without overlap, whatever times the phrases have.
class CueMaker {
  public:
    /// What does not fit on two lines is shown one after the other, each for its share of the
    /// phrase's time. A cue that would begin before the last one ended begins then, and each stays
    /// at least half a second.
    [[nodiscard]] std::vector<Cue> make(const std::vector<Phrase>& phrases);

  private:
    StreamTime free_from_{};  // the end of the last cue
};

/// The first lines of a WebVTT file.
[[nodiscard]] std::string vtt_header();

/// One block of a WebVTT file, with the blank line behind it. Text that WebVTT would take for
/// markup is escaped.
[[nodiscard]] std::string to_vtt(const Cue& cue);

/// One block of a SubRip file.
/// @param number Counts from 1.
[[nodiscard]] std::string to_srt(const Cue& cue, std::size_t number);

}  // namespace livedub::captions
