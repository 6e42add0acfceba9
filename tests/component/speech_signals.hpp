// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What a recogniser is tried with: a synthetic voice, noise of several colours, a crowd, and the
// arithmetic that compares words. All 16 kHz mono; levels are of the mean square, in dB of full
// scale.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace livedub {

/// The sentence as flite's voice "rms" says it. Fails the test when flite is not installed.
std::vector<std::int16_t> spoken_by_flite(const std::string& sentence);

/// The samples of a 16-bit mono WAV file; empty when it is none.
std::vector<std::int16_t> read_wav(const std::filesystem::path& path);

/// @param slope 0 is white, 1 pink, 2 brown.
std::vector<std::int16_t> coloured_noise(std::chrono::seconds length, double level_db, int slope,
                                         unsigned seed);

/// Many bands of noise as wide as formants, each swelling and fading as fast as syllables do.
std::vector<std::int16_t> crowd(std::chrono::seconds length, double level_db, unsigned seed);

/// `count` voices at once, each in its own time and pitch.
std::vector<std::int16_t> babble(const std::vector<std::vector<std::int16_t>>& voices, int count,
                                 std::chrono::seconds length, double level_db, unsigned seed);

/// Lower case, letters and apostrophes only.
std::vector<std::string> plain_words(const std::string& text);

/// Words to insert, delete or replace to make one of the other.
std::size_t edit_distance(const std::vector<std::string>& left,
                          const std::vector<std::string>& right);

}  // namespace livedub
