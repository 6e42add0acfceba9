// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/pocketsphinx/heard_words.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <string_view>

namespace livedub::pocketsphinx {

namespace {

constexpr double kFramesPerSecond = 100;

bool is_filler(std::string_view text) {
    return text.empty() || text.front() == '<' || text.front() == '[' || text.starts_with("++");
}

/// "to(2)" is the second way to say "to".
std::string_view spelling(std::string_view text) {
    return text.substr(0, text.find('('));
}

double seconds(const RawWord& word) {
    return (word.last_frame - word.first_frame + 1) / kFramesPerSecond;
}

bool is_overlong(const RawWord& word, const HearingLimits& limits) {
    const auto letters = static_cast<double>(spelling(word.text).size());
    return seconds(word) >
           std::min(limits.max_word_seconds, limits.word_seconds + limits.letter_seconds * letters);
}

/// The words between two pauses.
class Group {
  public:
    explicit Group(const HearingLimits& limits) : limits_{limits} {}

    void add(const RawWord& word) {
        if (is_overlong(word, limits_)) {
            ++overlong_;
        } else {
            words_.push_back(&word);
        }
    }

    /// Appends what is believed to `out`, and begins anew.
    void close(StreamTime start, std::vector<Phrase>& out) {
        if (is_believed()) {
            for (const auto* word : words_) {
                out.push_back({.text = std::string{spelling(word->text)},
                               .start = start + frames(word->first_frame),
                               .end = start + frames(word->last_frame + 1)});
            }
        }
        words_.clear();
        overlong_ = 0;
    }

  private:
    static StreamDuration frames(int count) { return std::chrono::milliseconds{count * 10}; }

    [[nodiscard]] bool is_believed() const {
        const auto count = static_cast<double>(words_.size());
        if (words_.empty() || overlong_ > limits_.max_overlong_share * (count + overlong_)) {
            return false;
        }
        const double sum = std::accumulate(
            words_.begin(), words_.end(), 0.0,
            [](double total, const RawWord* word) { return total + word->posterior; });
        const bool few = words_.size() <= static_cast<std::size_t>(limits_.few_words);
        return sum / count >= (few ? limits_.min_posterior_of_few : limits_.min_posterior);
    }

    const HearingLimits& limits_;
    std::vector<const RawWord*> words_;
    int overlong_ = 0;
};

}  // namespace

std::vector<Phrase> heard_words(std::span<const RawWord> raw, StreamTime start,
                                const HearingLimits& limits) {
    std::vector<Phrase> out;
    Group group{limits};
    double pause = 0;
    for (const auto& word : raw) {
        if (is_filler(word.text)) {
            pause += seconds(word);
            continue;
        }
        if (pause >= limits.pause_seconds) {
            group.close(start, out);
        }
        pause = 0;
        group.add(word);
    }
    group.close(start, out);
    return out;
}

}  // namespace livedub::pocketsphinx
