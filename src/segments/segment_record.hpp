// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One file of one segment: what is shown of it and logged (external contract, 6.2 and 6.4).

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "media/stream_time.hpp"

namespace livedub::segments {

enum class SegmentKind {
    kOriginal = 1,
    kDubbed = 2,
};

struct SegmentRecord {
    std::string fragment_id;  // uuid4, the same for original and dub
    std::string stream_id;
    std::uint64_t batch_number = 0;
    SegmentKind kind = SegmentKind::kOriginal;
    StreamTime start;
    StreamDuration duration{};
    std::filesystem::path file_path;
    std::uint64_t file_size = 0;
};

}  // namespace livedub::segments
