// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Files that libavformat reads and writes, in memory.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "clips/libav.hpp"

namespace livedub::clips {

/// Lets a demuxer read `bytes`, which outlive this. One thread.
class MemoryReader {
  public:
    explicit MemoryReader(std::string_view bytes);
    MemoryReader(const MemoryReader&) = delete;
    MemoryReader& operator=(const MemoryReader&) = delete;
    ~MemoryReader() = default;

    [[nodiscard]] AVIOContext* io() noexcept { return io_.get(); }

  private:
    // Given at construction; outlives this.
    std::string_view bytes_;

    std::int64_t at_ = 0;
    LibavPtr<AVIOContext> io_;
};

/// Lets a muxer write a file, go back in it, and read it again while it writes: an MP4 file with
/// its index first is moved up when the index is known. One thread.
class MemoryWriter {
  public:
    MemoryWriter();
    MemoryWriter(const MemoryWriter&) = delete;
    MemoryWriter& operator=(const MemoryWriter&) = delete;
    ~MemoryWriter() = default;

    /// Makes `muxer` write here.
    void attach_to(AVFormatContext& muxer);

    /// What was written; the writer is empty then. After the trailer.
    [[nodiscard]] std::string take();

  private:
    static int write(MemoryWriter& self, const std::uint8_t* data, int size);

    std::string bytes_;
    std::int64_t write_at_ = 0;
    std::int64_t read_at_ = 0;
    LibavPtr<AVIOContext> io_;
    LibavPtr<AVIOContext> reader_;  // while the muxer reads what it wrote
};

}  // namespace livedub::clips
