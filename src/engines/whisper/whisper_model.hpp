// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Recognition with whisper.cpp, which runs in a program of its own (docs/adr/0006). This room knows
// that program by its messages alone; so it is built and tested where the library is not packaged.

#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/result.hpp"
#include "engines/whisper/heard_text.hpp"
#include "engines/whisper/model_file.hpp"
#include "speech/transcriber.hpp"

namespace livedub::whisper {

/// What recognition of six seconds of speech is expected to take here, by one stream alone.
struct ExpectedCost {
    double encode_ms = 0.0;
    double decode_ms = 0.0;  // of all tokens, with the beam that is used
    int beam_size = 1;

    [[nodiscard]] double total_ms() const noexcept { return encode_ms + decode_ms; }
    /// Seconds for each second of speech.
    [[nodiscard]] double real_time_factor() const noexcept;
};

struct WhisperOptions {
    ModelChoice model{};
    /// The worker program; empty: child::find_program("livedub-whisper").
    std::string worker_program;
    int threads = 1;      // of all streams together
    int widest_beam = 8;  // the widest that is tried; narrower where this machine is too slow
    DecodingLimits limits{};
    std::chrono::seconds load_patience{120};
};

class WhisperModel : public speech::TranscriptionModel {
  public:
    [[nodiscard]] virtual const ExpectedCost& expected_cost() const noexcept = 0;
    /// "1.9.5": the library's.
    [[nodiscard]] virtual const std::string& version() const noexcept = 0;
    /// The processes behind it, that with the weights first: for tests.
    [[nodiscard]] virtual std::vector<pid_t> pids() const = 0;
};

/// Threads for recognition that leave a core to packets.
[[nodiscard]] int recognition_threads(unsigned cores) noexcept;

/// Checks the files, starts the worker program, loads the weights and measures what they cost here.
///
/// Errors: kUnavailable, naming the file, the program or the setting; kExhausted (memory).
[[nodiscard]] Result<std::unique_ptr<WhisperModel>> load_whisper(const WhisperOptions& options);

/// The positions, 50 a second, to look at for sound of `length`: some more than its own, since the
/// model goes in circles where the window ends with the speech; 0, the whole window, where that
/// would be as many.
[[nodiscard]] int reduced_audio_ctx(StreamDuration length, int whole);

}  // namespace livedub::whisper
