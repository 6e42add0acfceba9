// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "component/speech_signals.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numbers>
#include <numeric>
#include <random>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace livedub {
namespace {

constexpr double kRate = 16'000;
using Signal = std::vector<double>;

std::vector<std::int16_t> at_level(const Signal& signal, double level_db) {
    const double power = std::transform_reduce(signal.begin(), signal.end(), 0.0, std::plus<>{},
                                               [](double x) { return x * x; });
    const double rms = std::sqrt(power / static_cast<double>(signal.size()));
    const double gain = 32'767 * std::pow(10.0, level_db / 20) / std::max(rms, 1e-12);
    std::vector<std::int16_t> out(signal.size());
    std::transform(signal.begin(), signal.end(), out.begin(), [gain](double x) {
        return static_cast<std::int16_t>(std::lround(std::clamp(x * gain, -32'767.0, 32'767.0)));
    });
    return out;
}

std::size_t frames(std::chrono::seconds length) {
    return static_cast<std::size_t>(length.count()) * static_cast<std::size_t>(kRate);
}

Signal white(std::size_t count, std::mt19937& random) {
    std::normal_distribution<double> normal;
    Signal out(count);
    std::generate(out.begin(), out.end(), [&] { return normal(random); });
    return out;
}

/// A two-pole resonance.
Signal resonance(const Signal& in, double centre_hz, double width_hz) {
    const double r = std::exp(-std::numbers::pi * width_hz / kRate);
    const double a = 2 * r * std::cos(2 * std::numbers::pi * centre_hz / kRate);
    Signal out(in.size());
    double y1 = 0;
    double y2 = 0;
    for (std::size_t at = 0; at < in.size(); ++at) {
        const double y = in[at] + a * y1 - r * r * y2;
        y2 = y1;
        y1 = y;
        out[at] = y;
    }
    return out;
}

/// Pink is a sum of low-pass noises an octave apart, which is within a decibel of 1/f.
Signal pink(std::size_t count, std::mt19937& random) {
    Signal out(count, 0.0);
    for (int octave = 0; octave < 9; ++octave) {
        const double corner = std::ldexp(15.0, octave);
        const auto noise = white(count, random);
        const double keep = std::exp(-2 * std::numbers::pi * corner / kRate);
        double y = 0;
        const double gain = std::sqrt(1 - keep * keep);
        for (std::size_t at = 0; at < count; ++at) {
            y = keep * y + gain * noise[at];
            out[at] += y;
        }
    }
    return out;
}

Signal brown(std::size_t count, std::mt19937& random) {
    auto out = white(count, random);
    double y = 0;
    for (auto& sample : out) {
        y = 0.998 * y + sample;
        sample = y;
    }
    return out;
}

}  // namespace

std::vector<std::int16_t> spoken_by_flite(const std::string& sentence) {
    const auto path = std::filesystem::path{testing::TempDir()} /
                      ("livedub-flite-" + std::to_string(::getpid()) + ".wav");
    const std::string file = path.string();
    std::array<const char*, 8> arguments{"flite",          "-voice", "rms",        "-t",
                                         sentence.c_str(), "-o",     file.c_str(), nullptr};
    std::array<char*, 8> mutable_arguments{};
    std::transform(arguments.begin(), arguments.end(), mutable_arguments.begin(),
                   [](const char* text) { return const_cast<char*>(text); });
    pid_t pid = -1;
    int status = -1;
    const int error =
        ::posix_spawnp(&pid, "flite", nullptr, nullptr, mutable_arguments.data(), environ);
    if (error == 0) {
        ::waitpid(pid, &status, 0);
    }
    EXPECT_EQ(error, 0) << "is the package flite installed?";
    EXPECT_EQ(status, 0);
    auto samples = read_wav(path);
    std::filesystem::remove(path);
    return samples;
}

std::vector<std::int16_t> read_wav(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    const auto data = bytes.find("data", 12);
    if (data == std::string::npos || data + 8 > bytes.size()) {
        return {};
    }
    std::vector<std::int16_t> samples((bytes.size() - data - 8) / sizeof(std::int16_t));
    std::memcpy(samples.data(), bytes.data() + data + 8, samples.size() * sizeof(std::int16_t));
    return samples;
}

std::vector<std::int16_t> coloured_noise(std::chrono::seconds length, double level_db, int slope,
                                         unsigned seed) {
    std::mt19937 random{seed};
    const auto count = frames(length);
    return at_level(slope == 0   ? white(count, random)
                    : slope == 1 ? pink(count, random)
                                 : brown(count, random),
                    level_db);
}

std::vector<std::int16_t> crowd(std::chrono::seconds length, double level_db, unsigned seed) {
    std::mt19937 random{seed};
    std::uniform_real_distribution<double> centre{300, 2500};
    std::uniform_real_distribution<double> syllables{2, 6};
    std::uniform_real_distribution<double> phase{0, 2 * std::numbers::pi};
    Signal sum(frames(length), 0.0);
    for (int voice = 0; voice < 12; ++voice) {
        const double hz = centre(random);
        const double rate = syllables(random);
        const double begin = phase(random);
        const auto band = resonance(pink(sum.size(), random), hz, 0.3 * hz);
        for (std::size_t at = 0; at < sum.size(); ++at) {
            const double turn =
                begin + 2 * std::numbers::pi * rate * static_cast<double>(at) / kRate;
            sum[at] += band[at] * (0.5 + 0.5 * std::sin(turn));
        }
    }
    return at_level(sum, level_db);
}

std::vector<std::int16_t> babble(const std::vector<std::vector<std::int16_t>>& voices, int count,
                                 std::chrono::seconds length, double level_db, unsigned seed) {
    std::mt19937 random{seed};
    std::uniform_int_distribution<std::size_t> pick{0, voices.size() - 1};
    std::uniform_real_distribution<double> pitch{0.8, 1.25};
    Signal sum(frames(length), 0.0);
    for (int voice = 0; voice < count; ++voice) {
        const auto& samples = voices[pick(random)];
        const double step = pitch(random);
        auto at = static_cast<double>(random() % samples.size());
        for (auto& out : sum) {
            out += samples[static_cast<std::size_t>(at) % samples.size()];
            at += step;
        }
    }
    return at_level(sum, level_db);
}

std::vector<std::string> plain_words(const std::string& text) {
    std::vector<std::string> words;
    bool in_word = false;
    for (const char raw : text) {
        const auto c = static_cast<unsigned char>(raw);
        if (std::isalpha(c) == 0 && raw != '\'') {
            in_word = false;
            continue;
        }
        if (!in_word) {
            words.emplace_back();
        }
        words.back() += static_cast<char>(std::tolower(c));
        in_word = true;
    }
    return words;
}

std::size_t edit_distance(const std::vector<std::string>& left,
                          const std::vector<std::string>& right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace livedub
