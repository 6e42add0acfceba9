// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What is known of files before any work is done: what the input holds, and what an output of a
// given extension can.

#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::file_dub {

struct MediaInfo {
    PcmFormat audio;          // as it will be decoded: 44.1 or 48 kHz, one or two channels
    std::string video_codec;  // "h264"; empty without a (moving) picture
    std::optional<std::chrono::milliseconds> duration;
};

/// Asks ffprobe.
///
/// Errors: kInvalidArgument (not media, no audio), kUnavailable (no ffprobe).
[[nodiscard]] Result<MediaInfo> probe(const std::filesystem::path& file);

/// How a file of some extension is written.
struct OutputFormat {
    std::string_view extension;
    std::string_view muxer;  // ffmpeg's name
    bool has_video;
    std::string_view audio_codec;  // ffmpeg's name
};

/// By the extension, in any case; null if there is none such.
[[nodiscard]] const OutputFormat* find_output_format(const std::filesystem::path& file);

/// "mp4, m4v, ..."
[[nodiscard]] std::string known_extensions();

/// Local files only, whatever their names look like: ffmpeg takes "-x" for an option and "a:b" for
/// a protocol.
[[nodiscard]] std::string as_ffmpeg_name(const std::filesystem::path& file);

/// ffmpeg that writes the first audio track to its standard output as PCM, from the container's
/// start on: late audio begins with silence, holes are filled.
[[nodiscard]] std::vector<std::string> decode_command(const std::filesystem::path& input,
                                                      const PcmFormat& format);

/// ffmpeg that reads PCM from its standard input and writes `output`: that audio, and the input's
/// video as it is.
[[nodiscard]] std::vector<std::string> encode_command(const std::filesystem::path& input,
                                                      const PcmFormat& format,
                                                      const OutputFormat& into,
                                                      const std::filesystem::path& output);

/// The same for a fifth of a second of silence: finds out what cannot be muxed before the work.
[[nodiscard]] std::vector<std::string> rehearse_command(const std::filesystem::path& input,
                                                        const OutputFormat& into,
                                                        const std::filesystem::path& output);

}  // namespace livedub::file_dub
