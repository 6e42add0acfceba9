// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/mp4_vetting.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

namespace livedub::clips {
namespace {

/// Two minutes of AAC at 96 kHz are 11 250 samples.
constexpr std::uint64_t kMostSamples = 32'768;
/// One for the priming, one for the sound, some for the curious.
constexpr std::uint64_t kMostEdits = 8;
constexpr std::uint64_t kMostTracks = 16;

/// A table whose promise is a number at a fixed place after its name.
struct CountedBox {
    std::string_view name;
    std::size_t count_at;  // from the first byte of the name
    std::uint64_t most;
};

constexpr std::array kCountedBoxes{
    CountedBox{"stsz", 12, kMostSamples}, CountedBox{"stz2", 12, kMostSamples},
    CountedBox{"stts", 8, kMostSamples},  CountedBox{"ctts", 8, kMostSamples},
    CountedBox{"stsc", 8, kMostSamples},  CountedBox{"stco", 8, kMostSamples},
    CountedBox{"co64", 8, kMostSamples},  CountedBox{"stss", 8, kMostSamples},
    CountedBox{"trun", 8, kMostSamples},  CountedBox{"elst", 8, kMostEdits},
};

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
        value = value << 8U | static_cast<std::uint8_t>(bytes[at + i]);
    }
    return value;
}

tl::unexpected<Error> refuse(std::string_view what) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("MP4: {}", what));
}

/// Samples per chunk multiply with chunks, and runs of fragments add up.
struct Totals {
    std::uint64_t chunks = 0;
    std::uint64_t largest_chunk = 0;
    std::uint64_t samples = 0;
    std::uint64_t tracks = 0;
};

void note_largest_chunk(std::string_view table, std::uint64_t entries, Totals& totals) {
    constexpr std::size_t kEntry = 12;
    for (std::size_t at = 12; entries > 0 && at + kEntry <= table.size(); --entries, at += kEntry) {
        totals.largest_chunk = std::max(totals.largest_chunk, big_endian(table, at + 4, 4));
    }
}

/// Looks for the names at every offset instead of following the nesting, so that no nesting hides
/// a table from it.
Result<void> vet_index(std::string_view bytes, Totals& totals) {
    for (std::size_t at = 0; at + 16 <= bytes.size(); ++at) {
        const auto name = bytes.substr(at, 4);
        if (name == "cmov") {
            return refuse("a compressed index");
        }
        totals.tracks += name == "trak" ? 1U : 0U;
        for (const auto& box : kCountedBoxes) {
            if (name != box.name) {
                continue;
            }
            const auto count = big_endian(bytes, at + box.count_at, 4);
            if (count > box.most) {
                return refuse(fmt::format("\"{}\" of {} entries", name, count));
            }
            if (name == "stsc") {
                note_largest_chunk(bytes.substr(at), count, totals);
            } else if (name == "stco" || name == "co64") {
                totals.chunks += count;
            } else if (name == "trun" || name == "stsz" || name == "stz2") {
                totals.samples += count;
            }
        }
    }
    return {};
}

}  // namespace

Result<void> vet_mp4(std::string_view bytes) {
    Totals totals;
    while (!bytes.empty()) {
        if (bytes.size() < 8) {
            break;  // cut short; the demuxer stops here, too
        }
        std::uint64_t size = big_endian(bytes, 0, 4);
        std::size_t header = 8;
        if (size == 1 && bytes.size() >= 16) {
            size = big_endian(bytes, 8, 8);
            header = 16;
        } else if (size == 0) {
            size = bytes.size();
        }
        const auto name = bytes.substr(4, 4);
        const bool is_sound = name == "mdat";
        if (size < header || (size > bytes.size() && !is_sound)) {
            return refuse("a box of impossible size");
        }
        const auto box =
            bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes.size())));
        if (!is_sound) {
            if (auto vetted = vet_index(box, totals); !vetted) {
                return vetted;
            }
        }
        bytes.remove_prefix(box.size());
    }
    if (totals.tracks > kMostTracks) {
        return refuse(fmt::format("{} tracks", totals.tracks));
    }
    // Each track may be a long one, but not each of them, and a run for each sample is no clip.
    if (totals.samples > 2 * kMostSamples ||
        totals.chunks * totals.largest_chunk > 32 * kMostSamples) {
        return refuse("more samples than a clip can hold");
    }
    return {};
}

}  // namespace livedub::clips
