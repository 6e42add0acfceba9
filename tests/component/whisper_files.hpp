// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Models for tests of whisper, made when they are first needed (tests/support/whisper_model.py).

#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <unistd.h>

#include "media/pcm_chunk.hpp"
#include "speech/transcriber.hpp"

namespace livedub::whisper {

/// A folder of this process that goes with it.
class ModelFolder {
  public:
    ModelFolder()
        : path_{std::filesystem::temp_directory_path() /
                ("livedub-whisper-" + std::to_string(::getpid()))} {
        std::filesystem::create_directories(path_);
    }
    ~ModelFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ModelFolder(const ModelFolder&) = delete;
    ModelFolder& operator=(const ModelFolder&) = delete;

    /// The model that whisper_model.py makes with these options; empty when it fails.
    ///
    /// @param name Of the file, between "ggml-" and ".bin", after the name of a folder if it has
    /// one.
    [[nodiscard]] std::filesystem::path model(const std::string& name,
                                              const std::string& options = "") const {
        auto file = path_ / name;
        file.replace_filename("ggml-" + file.filename().string() + ".bin");
        std::filesystem::create_directories(file.parent_path());
        if (!std::filesystem::exists(file)) {
            const auto command = "/usr/bin/python3 " LIVEDUB_SOURCE_DIR
                                 "/tests/support/whisper_model.py " +
                                 file.string() + " " + options;
            if (std::system(command.c_str()) != 0) {  // NOLINT(concurrency-mt-unsafe)
                return {};
            }
        }
        return file;
    }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

/// Shared by all tests of the process.
inline const ModelFolder& models() {
    static const ModelFolder folder;
    return folder;
}

/// Silence, which says nothing to models that listen to nothing.
inline PcmChunk some_sound(StreamDuration length, StreamTime start = {}) {
    const auto frames =
        static_cast<std::size_t>(std::chrono::duration<double>{length}.count() * 16'000);
    return *PcmChunk::make(start, speech::kRecognitionFormat, std::vector<std::int16_t>(frames));
}

inline std::string text_of(const std::vector<Phrase>& words) {
    std::string text;
    for (const auto& word : words) {
        text += text.empty() ? "" : " ";
        text += word.text;
    }
    return text;
}

}  // namespace livedub::whisper
