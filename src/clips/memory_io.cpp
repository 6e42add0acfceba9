// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/memory_io.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/check.hpp"

namespace livedub::clips {
namespace {

constexpr int kBufferSize = 16 * 1024;

int read_at(std::string_view bytes, std::int64_t& at, std::uint8_t* data, int size) {
    const auto left = static_cast<std::int64_t>(bytes.size()) - at;
    if (left <= 0) {
        return AVERROR_EOF;
    }
    const auto count = std::min<std::int64_t>(left, size);
    std::memcpy(data, bytes.data() + at, static_cast<std::size_t>(count));
    at += count;
    return static_cast<int>(count);
}

std::int64_t seek_in(std::size_t size, std::int64_t& at, std::int64_t offset, int whence) {
    const auto end = static_cast<std::int64_t>(size);
    if ((whence & AVSEEK_SIZE) != 0) {
        return end;
    }
    std::int64_t base = 0;
    switch (whence & ~AVSEEK_FORCE) {
        case SEEK_SET:
            break;
        case SEEK_CUR:
            base = at;
            break;
        case SEEK_END:
            base = end;
            break;
        default:
            return AVERROR(EINVAL);
    }
    // The offset may be any number a damaged file holds; a place past the end reads as the end.
    std::int64_t place = 0;
    if (__builtin_add_overflow(base, offset, &place) || place < 0) {
        return AVERROR(EINVAL);
    }
    at = place;
    return at;
}

/// The callbacks are called with `opaque`; null for what the file cannot do.
template <typename Read, typename Write, typename Seek>
LibavPtr<AVIOContext> open_io(void* opaque, bool is_writable, Read read, Write write, Seek seek) {
    auto* const buffer = static_cast<unsigned char*>(av_malloc(kBufferSize));
    LIVEDUB_CHECK(buffer != nullptr);
    LibavPtr<AVIOContext> io{
        avio_alloc_context(buffer, kBufferSize, is_writable ? 1 : 0, opaque, read, write, seek)};
    LIVEDUB_CHECK(io != nullptr);
    return io;
}

}  // namespace

MemoryReader::MemoryReader(std::string_view bytes)
    : bytes_{bytes},
      io_{open_io(
          this, false,
          [](void* opaque, std::uint8_t* data, int size) {
              auto& self = *static_cast<MemoryReader*>(opaque);
              return read_at(self.bytes_, self.at_, data, size);
          },
          nullptr,
          [](void* opaque, std::int64_t offset, int whence) {
              auto& self = *static_cast<MemoryReader*>(opaque);
              return seek_in(self.bytes_.size(), self.at_, offset, whence);
          })} {}

MemoryWriter::MemoryWriter()
    : io_{open_io(
          this, true, nullptr,
          // Newer libraries say const here, older ones do not.
          [](void* opaque, auto* data, int size) {
              return write(*static_cast<MemoryWriter*>(opaque), data, size);
          },
          [](void* opaque, std::int64_t offset, int whence) {
              auto& self = *static_cast<MemoryWriter*>(opaque);
              return seek_in(self.bytes_.size(), self.write_at_, offset, whence);
          })} {}

int MemoryWriter::write(MemoryWriter& self, const std::uint8_t* data, int size) {
    const auto from = static_cast<std::size_t>(self.write_at_);
    const auto count = static_cast<std::size_t>(size);
    if (self.bytes_.size() < from + count) {
        self.bytes_.resize(from + count);
    }
    std::memcpy(self.bytes_.data() + from, data, count);
    self.write_at_ += size;
    return size;
}

void MemoryWriter::attach_to(AVFormatContext& muxer) {
    muxer.pb = io_.get();
    muxer.flags |= AVFMT_FLAG_CUSTOM_IO;
    muxer.opaque = this;
    muxer.io_open = [](AVFormatContext* context, AVIOContext** io, const char* /*url*/, int flags,
                       AVDictionary** /*options*/) {
        auto& self = *static_cast<MemoryWriter*>(context->opaque);
        if ((flags & AVIO_FLAG_WRITE) != 0 || self.reader_) {
            return AVERROR(EACCES);
        }
        self.read_at_ = 0;
        self.reader_ = open_io(
            &self, false,
            [](void* opaque, std::uint8_t* data, int size) {
                auto& writer = *static_cast<MemoryWriter*>(opaque);
                return read_at(writer.bytes_, writer.read_at_, data, size);
            },
            nullptr,
            [](void* opaque, std::int64_t offset, int whence) {
                auto& writer = *static_cast<MemoryWriter*>(opaque);
                return seek_in(writer.bytes_.size(), writer.read_at_, offset, whence);
            });
        *io = self.reader_.get();
        return 0;
    };
    muxer.io_close2 = [](AVFormatContext* context, AVIOContext* /*io*/) {
        static_cast<MemoryWriter*>(context->opaque)->reader_.reset();
        return 0;
    };
}

std::string MemoryWriter::take() {
    avio_flush(io_.get());
    write_at_ = 0;
    return std::exchange(bytes_, {});
}

}  // namespace livedub::clips
