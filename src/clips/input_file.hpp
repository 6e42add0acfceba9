// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A file in memory, opened for reading by the demuxer of its kind.

#pragma once

#include <memory>
#include <string_view>

#include "clips/libav.hpp"
#include "clips/memory_io.hpp"
#include "clips/sound_file.hpp"

namespace livedub::clips {

/// One thread.
class InputFile {
  public:
    /// @param bytes Outlive this.
    ///
    /// Errors: kInvalidArgument when it is no such file or has no sound.
    [[nodiscard]] static Result<std::unique_ptr<InputFile>> open(std::string_view bytes,
                                                                 SoundFile kind);
    ~InputFile();
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;

    /// The only one that is read.
    [[nodiscard]] const AVStream& sound() const noexcept { return *sound_; }

    /// Fills `packet` with the next one of the sound; false at the end, which a damaged file
    /// reaches early.
    [[nodiscard]] bool read(AVPacket& packet);

  private:
    explicit InputFile(std::string_view bytes) : reader_{bytes} {}

    MemoryReader reader_;
    AVFormatContext* context_ = nullptr;
    AVStream* sound_ = nullptr;
};

}  // namespace livedub::clips
