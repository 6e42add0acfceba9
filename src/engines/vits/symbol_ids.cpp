// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits/symbol_ids.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "vocabulary/letters.hpp"

namespace livedub::vits {
namespace {

struct Composed {
    char32_t whole;
    char32_t letter;
    char32_t mark;
};

// Those that espeak-ng writes as one character, and voices learnt as two.
constexpr std::array kComposed = std::to_array<Composed>({{U'\u00e7', U'c', U'\u0327'},
                                                          {U'\u00e3', U'a', U'\u0303'},
                                                          {U'\u1ebd', U'e', U'\u0303'},
                                                          {U'\u0129', U'i', U'\u0303'},
                                                          {U'\u00f5', U'o', U'\u0303'},
                                                          {U'\u0169', U'u', U'\u0303'}});

void append(Ids& ids, const Ids& more) {
    ids.insert(ids.end(), more.begin(), more.end());
}

class Writer {
  public:
    explicit Writer(const VoiceConfig& voice) : voice_{voice} { append(out_.ids, voice.before); }

    void add(char32_t symbol) {
        const auto* const composed = std::ranges::find(kComposed, symbol, &Composed::whole);
        if (composed != kComposed.end() && voice_.symbols.contains(composed->letter) &&
            voice_.symbols.contains(composed->mark)) {
            put(composed->letter);
            put(composed->mark);
        } else if (!put(symbol)) {
            put(vocabulary::lower(symbol));
        }
    }

    Symbols finish() && {
        append(out_.ids, voice_.at_end);
        return std::move(out_);
    }

  private:
    bool put(char32_t symbol) {
        const auto found = voice_.symbols.find(symbol);
        if (found == voice_.symbols.end()) {
            return false;
        }
        append(out_.ids, found->second);
        append(out_.ids, voice_.after_each);
        ++out_.known;
        return true;
    }

    const VoiceConfig& voice_;
    Symbols out_;
};

/// How long "(en)" is that stands at the beginning of `text`; 0: nothing like it does.
std::size_t change_of_language(std::string_view text) {
    constexpr std::size_t kLongest = 12;
    const auto end = text.substr(0, kLongest).find(')');
    return text.starts_with('(') && end != std::string_view::npos ? end + 1 : 0;
}

}  // namespace

Symbols symbol_ids(std::string_view text, const VoiceConfig& voice) {
    Writer writer{voice};
    for (std::size_t at = 0; at < text.size();) {
        const auto mark = voice.espeak_voice.empty() ? 0 : change_of_language(text.substr(at));
        if (mark > 0) {
            at += mark;
            continue;
        }
        const auto letter = vocabulary::letter_at(text, at);
        writer.add(letter.code);
        at += letter.bytes;
    }
    return std::move(writer).finish();
}

}  // namespace livedub::vits
