// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One loaded pocketsphinx decoder, whichever version of the library is linked: decoder_v0.cpp and
// decoder_v5.cpp both implement this, and nothing else includes the library.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engines/pocketsphinx/model_files.hpp"

namespace livedub::pocketsphinx {

/// As the decoder gives it: fillers and pronunciation marks included.
struct RawWord {
    std::string text;     // "<sil>", "[NOISE]", "to(2)", "goal"
    int first_frame = 0;  // 100 frames a second, from begin()
    int last_frame = 0;
    double posterior = 0;  // 0..1: how sure the decoder is, given all else it considered
};

/// Hypotheses kept per frame. The library's own limit is ten times this; noise, which fits
/// everything, then costs twice the time of speech, and speech is understood no better.
inline constexpr const char* kMostHypotheses = "3000";

/// The channel and voice that the decoder has adapted to (means of the cepstrum).
using ChannelState = std::vector<float>;

/// Not thread-safe: one call at a time, from any thread.
class Decoder {
  public:
    /// Loads everything: about 0.3 s and 95 MiB.
    ///
    /// Errors: kUnavailable when the library refuses the model.
    static Result<std::unique_ptr<Decoder>> open(const ModelFiles& files);

    ~Decoder();
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    /// begin(), feed() as often as needed, finish(); then begin() again. All three: kInternal when
    /// the library fails.
    Result<void> begin();
    /// @param samples 16 kHz mono. Decoding happens here: roughly 12 ms for 100 ms of samples.
    Result<void> feed(std::span<const std::int16_t> samples);
    Result<std::vector<RawWord>> finish();

    [[nodiscard]] ChannelState channel() const;
    void set_channel(const ChannelState& state);

  private:
    struct Handle;
    explicit Decoder(std::unique_ptr<Handle> handle);

    std::unique_ptr<Handle> handle_;
};

}  // namespace livedub::pocketsphinx
