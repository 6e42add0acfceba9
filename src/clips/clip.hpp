// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Sound as the bytes of a file, both ways, on libavformat and libavcodec: what fragments look like
// between the services and on disk. Pure functions on memory; no file, no thread of their own.
// Each takes as long as coding takes: never on the io thread.

#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "media/aac_packets.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::clips {

enum class ClipFormat {
    kM4a = 1,     // MP4 with AAC-LC, index first, encoder priming signalled by an edit list
    kAdts = 2,    // AAC-LC with ADTS headers
    kWav = 3,     // RIFF, 16-bit PCM
    kPcmS16 = 4,  // raw interleaved little-endian
    kPcmF32 = 5,
};

/// "m4a" (also "mp4"), "adts" (also "aac"), "wav", "pcm_s16le", "pcm_f32le"; kInvalidArgument for
/// others.
[[nodiscard]] Result<ClipFormat> parse_clip_format(std::string_view name);
[[nodiscard]] std::string_view to_string(ClipFormat format) noexcept;

/// What somebody says of some bytes.
struct ClipLabel {
    ClipFormat format = ClipFormat::kM4a;
    PcmFormat pcm;                          // rate and channels
    std::chrono::milliseconds duration{0};  // 0: not said
};

struct DecodedClip {
    PcmChunk sound;  // starts at time zero, in its own rate; more than two channels are mixed
                     // down to two; encoder priming is gone
    ClipFormat format = ClipFormat::kM4a;  // what the bytes really are
    bool is_label_wrong = false;           // format, rate or channels contradict the label
};

/// More sound than this in one clip is cut off.
inline constexpr std::chrono::seconds kLongestClip{120};

/// More bytes than this are refused unread.
inline constexpr std::size_t kLargestClip = std::size_t{64} << 20U;

/// Decodes by content, never by label, except raw PCM, which has no content to go by (external
/// contract, 1.10).
///
/// Errors: kInvalidArgument when the bytes are empty, too many, no audio, or not decodable.
[[nodiscard]] Result<DecodedClip> decode_clip(std::string_view bytes, const ClipLabel& label);

/// Encodes `sound` as it is, at its own rate and channels: 128 kb/s stereo and 64 kb/s mono for
/// AAC. Decoding the result gives the same number of frames (m4a, wav, pcm) or up to two AAC frames
/// more (adts).
///
/// Errors: kInvalidArgument when the rate is none of the format's; kCancelled soon after `stop` has
/// fired; kInternal.
[[nodiscard]] Result<std::string> encode_clip(const PcmChunk& sound, ClipFormat format,
                                              const std::stop_token& stop = {});

/// What the bytes are by their own account; nullopt when they do not say, as raw PCM never does.
[[nodiscard]] std::optional<ClipFormat> sniff_clip(std::string_view bytes) noexcept;

/// Puts AAC with ADTS headers into an MP4 file as it is, without coding it again.
///
/// Errors: kInvalidArgument when it is no ADTS or holds no sound; kInternal.
[[nodiscard]] Result<std::string> adts_to_m4a(std::string_view adts);

/// Puts AAC packets into an MP4 file as they are. A packet that is stamped much later than the last
/// one ended begins later in the file, too; the file begins with the first.
///
/// Errors: kInvalidArgument when there is none; kInternal.
[[nodiscard]] Result<std::string> packets_to_m4a(const AacPackets& sound);

/// Resamples to `format` (soxr) and mixes channels up or down, keeping start and duration.
[[nodiscard]] PcmChunk convert(const PcmChunk& sound, const PcmFormat& format);

/// The AAC rate nearest to the given one: 8000, 16000, 22050, 24000, 32000, 44100 or 48000.
[[nodiscard]] int nearest_clip_rate(int sample_rate_hz) noexcept;

}  // namespace livedub::clips
