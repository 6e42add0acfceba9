// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/phrases.hpp"

#include <chrono>
#include <cstddef>

#include "speech/text_restoration.hpp"

namespace livedub::speech {
namespace {

/// A pause this long ends a sentence that has words enough to be one; after the longer pause
/// anything stands by itself. A short breath inside a clause must not cut it: translated in halves
/// it makes no sense.
constexpr std::chrono::milliseconds kSentencePause{400};
constexpr std::chrono::milliseconds kLongPause{800};
constexpr std::size_t kWordsOfASentence = 3;

}  // namespace

std::vector<Phrase> to_sentences(const std::vector<Phrase>& words) {
    std::vector<Phrase> sentences;
    std::size_t length = 0;  // words of the last sentence
    for (const auto& word : words) {
        if (word.text.empty()) {
            continue;
        }
        const auto pause = sentences.empty() ? kLongPause : word.start - sentences.back().end;
        if (pause >= kLongPause || (pause >= kSentencePause && length >= kWordsOfASentence)) {
            sentences.push_back(word);
            length = 1;
        } else {
            sentences.back().text += " " + word.text;
            sentences.back().end = word.end;
            ++length;
        }
    }
    for (auto& sentence : sentences) {
        sentence.text = restore_sentence(sentence.text);
    }
    return sentences;
}

std::string join_texts(const std::vector<Phrase>& phrases) {
    std::string text;
    for (const auto& phrase : phrases) {
        text += text.empty() ? "" : " ";
        text += phrase.text;
    }
    return text;
}

}  // namespace livedub::speech
