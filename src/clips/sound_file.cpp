// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/sound_file.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "clips/clip.hpp"
#include "clips/file_decoder.hpp"
#include "clips/sniff.hpp"

namespace livedub::clips {
namespace {

std::uint32_t little_endian(std::string_view bytes) noexcept {
    std::uint32_t value = 0;
    for (std::size_t at = 4; at > 0; --at) {
        value = value << 8U | static_cast<unsigned char>(bytes[at - 1]);
    }
    return value;
}

/// Whether a WAV file says that it has more sound than it has. Those that are written as they are
/// made say 0, 2 GB or 4 GB, for want of a better number.
bool is_wav_cut_short(std::string_view wav) noexcept {
    constexpr std::size_t kRiffHeader = 12;
    constexpr std::size_t kChunkHeader = 8;
    constexpr std::uint32_t kUnknown = 0x7FFF'0000;
    auto at = kRiffHeader;
    while (at + kChunkHeader <= wav.size()) {
        const auto size = little_endian(wav.substr(at + 4, 4));
        const auto left = wav.size() - at - kChunkHeader;
        if (wav.substr(at, 4) == "data") {
            return size > left && size < kUnknown;
        }
        if (size > left) {
            return true;
        }
        at += kChunkHeader + size + size % 2;
    }
    return true;  // no sound at all
}

}  // namespace

std::string_view to_string(SoundFile kind) noexcept {
    switch (kind) {
        case SoundFile::kM4a:
            return "m4a";
        case SoundFile::kAdts:
            return "adts";
        case SoundFile::kWav:
            return "wav";
        case SoundFile::kMp3:
            return "mp3";
        case SoundFile::kOgg:
            return "ogg";
        case SoundFile::kFlac:
            return "flac";
    }
    return "unknown";
}

std::optional<SoundFile> sniff_sound_file(std::string_view bytes) noexcept {
    bytes = past_id3(bytes);
    if (bytes.starts_with("OggS")) {
        return SoundFile::kOgg;
    }
    if (bytes.starts_with("fLaC")) {
        return SoundFile::kFlac;
    }
    if (is_mp3_chain(bytes)) {
        return SoundFile::kMp3;
    }
    const auto clip = sniff_clip(bytes);
    if (clip == ClipFormat::kM4a) {
        return SoundFile::kM4a;
    }
    if (clip == ClipFormat::kWav) {
        return SoundFile::kWav;
    }
    return clip == ClipFormat::kAdts && is_adts_chain(bytes) ? std::optional{SoundFile::kAdts}
                                                             : std::nullopt;
}

Result<PcmChunk> decode_sound_file(std::string_view bytes, FilePart part) {
    if (bytes.size() > kLargestClip) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("a file of {} bytes (allowed: {})", bytes.size(), kLargestClip));
    }
    const auto kind = sniff_sound_file(bytes);
    if (!kind) {
        return fail(ErrorCode::kInvalidArgument, "none of M4A, ADTS, WAV, MP3, Ogg and FLAC");
    }
    const auto failed = [&](std::string_view why) {
        return fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", to_string(*kind), why));
    };
    bytes = past_id3(bytes);  // libavformat need not read what nobody hears
    const bool is_whole = part == FilePart::kWhole;
    if (is_whole && kind == SoundFile::kWav && is_wav_cut_short(bytes)) {
        return failed("cut short");
    }
    auto file = decode_file(bytes, *kind);
    if (!file) {
        return tl::unexpected{std::move(file).error()};
    }
    if (is_whole && kind != SoundFile::kWav && file->is_cut_short) {
        return failed("cut short");
    }
    if (is_whole && file->sound.duration() >= kLongestClip) {
        return failed(fmt::format("{} s of sound or more", kLongestClip.count()));
    }
    return std::move(file->sound);
}

}  // namespace livedub::clips
