// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "file_dub/pause_cutter.hpp"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "media/sample_time.hpp"

namespace livedub::file_dub {
namespace {

constexpr std::chrono::milliseconds kBlock{20};
constexpr std::size_t kAround = 7;    // blocks to either side: a pause of 300 ms counts as one
constexpr double kDbPerSecond = 1.0;  // what being a second away from the liked length costs

std::vector<double> block_power(const std::vector<std::int16_t>& samples, std::size_t count,
                                std::size_t block) {
    std::vector<double> power(count);
    for (std::size_t n = 0; n < count; ++n) {
        for (std::size_t i = n * block; i < (n + 1) * block; ++i) {
            power[n] += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
        }
    }
    return power;
}

}  // namespace

PauseCutter::PauseCutter(PcmFormat format, CutLimits limits) : format_{format}, limits_{limits} {}

void PauseCutter::put(std::span<const std::int16_t> samples) {
    held_.insert(held_.end(), samples.begin(), samples.end());
}

std::optional<PcmChunk> PauseCutter::take() {
    const auto channels = static_cast<std::size_t>(format_.channels);
    const auto frames = held_.size() / channels;
    const auto longest =
        static_cast<std::size_t>(samples_in(limits_.longest, format_.sample_rate_hz));
    if (frames == 0 || (frames < longest && !is_finished_)) {
        return std::nullopt;
    }
    // The rest goes whole, unless a cut would leave two fragments of a good size.
    const auto cut = frames < longest ? frames : choose_cut();
    const auto end = held_.begin() + static_cast<std::ptrdiff_t>(cut * channels);
    auto chunk = PcmChunk::make(sample_time(first_frame_, format_.sample_rate_hz), format_,
                                std::vector<std::int16_t>{held_.begin(), end});
    held_.erase(held_.begin(), end);
    first_frame_ += static_cast<std::int64_t>(cut);
    return chunk ? std::optional{std::move(*chunk)} : std::nullopt;
}

std::size_t PauseCutter::choose_cut() const {
    const auto channels = static_cast<std::size_t>(format_.channels);
    const auto block_frames = static_cast<std::size_t>(samples_in(kBlock, format_.sample_rate_hz));
    const auto count = static_cast<std::size_t>(limits_.longest / kBlock);
    const auto power = block_power(held_, count, block_frames * channels);
    const auto begin = static_cast<std::size_t>(limits_.shortest / kBlock);
    const auto liked = static_cast<double>(limits_.liked / kBlock);
    const double per_block = kDbPerSecond * static_cast<double>(kBlock.count()) / 1000.0;

    double best_cost = INFINITY;
    std::size_t best = count;
    for (std::size_t at = begin; at + kAround < count; ++at) {
        double sum = 0.0;
        for (std::size_t n = at - kAround; n <= at + kAround; ++n) {
            sum += power[n];
        }
        const double level_db = 10.0 * std::log10(sum + 1.0);
        const double cost = level_db + per_block * std::abs(static_cast<double>(at) - liked);
        if (cost < best_cost) {
            best_cost = cost;
            best = at;
        }
    }
    return best * block_frames;
}

}  // namespace livedub::file_dub
