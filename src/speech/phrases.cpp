// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/phrases.hpp"

#include <cctype>
#include <chrono>

namespace livedub::speech {
namespace {

constexpr std::chrono::milliseconds kSentencePause{450};

}  // namespace

std::vector<Phrase> to_sentences(const std::vector<Phrase>& words) {
    std::vector<Phrase> sentences;
    for (const auto& word : words) {
        if (word.text.empty()) {
            continue;
        }
        if (sentences.empty() || word.start - sentences.back().end >= kSentencePause) {
            sentences.push_back(word);
            auto& first = sentences.back().text.front();
            first = static_cast<char>(std::toupper(static_cast<unsigned char>(first)));
        } else {
            sentences.back().text += " " + word.text;
            sentences.back().end = word.end;
        }
    }
    for (auto& sentence : sentences) {
        sentence.text += ".";
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
