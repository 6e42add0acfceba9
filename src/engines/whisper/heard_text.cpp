// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/heard_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <utility>

#include <zlib.h>

namespace livedub::whisper {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kHundredth{10};

/// Of consecutive repetitions of so many words, this many may be meant.
constexpr std::size_t kLongestRepeated = 12;
constexpr std::size_t kMeantOfOneWord = 3;
constexpr std::size_t kMeantOfMore = 2;

/// Anywhere in what was heard: nobody says these in a programme.
constexpr std::array<std::string_view, 14> kCredits{
    "amara org",
    "subtitles by",
    "captions by",
    "thanks for watching",
    "thank you for watching",
    "subscribe to my channel",
    "like and subscribe",
    "untertitel im auftrag des",
    "untertitelung des zdf",
    "sous-titrage st",
    "suscríbete al canal",
    "gracias por ver el video",
    "ご視聴ありがとうございました",
    "субтитры сделал",
};

/// All that was heard, and not for sure: people do say these, and so does noise.
constexpr std::array<std::string_view, 14> kCourtesies{
    "you",    "thank you",   "thank you very much",
    "thanks", "bye",         "bye bye",
    "okay",   "so",          "gracias",
    "merci",  "vielen dank", "продолжение следует",
    "music",  "applause",
};

bool is_punctuation(unsigned char c) {
    return std::ispunct(c) != 0;
}

/// Letters, digits, or anything beyond ASCII.
bool says_something(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x80 || std::isalnum(byte) != 0;
    });
}

/// The bytes of the character that `text` begins with; 0 when they are not one.
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const auto first = byte(0);
    const std::size_t length = first < 0x80 ? 1 : first >> 5U == 6 ? 2 : first >> 4U == 14 ? 3 : 4;
    if ((length == 4 && first >> 3U != 30) || length > text.size()) {
        return 0;
    }
    for (std::size_t at = 1; at < length; ++at) {
        if (byte(at) >> 6U != 2) {
            return 0;
        }
    }
    return length;
}

/// What of `bytes` is UTF-8.
std::string valid_text(std::string_view bytes) {
    std::string text;
    while (!bytes.empty()) {
        const auto length = character_length(bytes);
        text += bytes.substr(0, length);
        bytes.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return text;
}

bool ends_a_clause(std::string_view text) {
    constexpr std::array<std::string_view, 5> kStops{"。", "、", "！", "？", "，"};
    return std::ranges::any_of(kStops, [&](auto stop) { return text.ends_with(stop); });
}

/// Leaves out what stands in brackets, over several words too, and notes of music.
class NoteFilter {
  public:
    bool is_part_of_note(std::string_view text) {
        const bool was_inside = inside_;
        for (const char c : text) {
            if (c == '[' || c == '(') {
                inside_ = true;
            }
        }
        const bool is_part = was_inside || inside_;
        if (text.find_first_of("])") != std::string_view::npos) {
            inside_ = false;
        }
        const bool is_starred = text.size() > 2 && text.starts_with('*') && text.ends_with('*');
        return is_part || is_starred || text.find("♪") != std::string_view::npos;
    }

  private:
    bool inside_ = false;
};

/// Whether the `size` words at `at` are the same as those `size` words later.
bool is_repeated(const std::vector<std::string>& words, std::size_t at, std::size_t size) {
    if (at + 2 * size > words.size()) {
        return false;
    }
    for (std::size_t i = 0; i < size; ++i) {
        if (words[at + i] != words[at + size + i]) {
            return false;
        }
    }
    return true;
}

/// How many words after the `size` ones at `at` only say them again; 0 when they may be meant.
std::size_t excess(const std::vector<std::string>& words, std::size_t at, std::size_t size) {
    std::size_t times = 1;
    while (is_repeated(words, at + (times - 1) * size, size)) {
        ++times;
    }
    return times > (size == 1 ? kMeantOfOneWord : kMeantOfMore) ? (times - 1) * size : 0;
}

}  // namespace

double mean_log_probability(const HeardSegment& segment) {
    double sum = 0.0;
    for (const auto& token : segment.tokens) {
        sum += static_cast<double>(token.log_probability);
    }
    return segment.tokens.empty() ? 0.0 : sum / static_cast<double>(segment.tokens.size());
}

double compression_ratio(std::string_view text) {
    if (text.empty()) {
        return 0.0;
    }
    auto size = ::compressBound(static_cast<uLong>(text.size()));
    std::vector<Bytef> squeezed(size);
    if (::compress(squeezed.data(), &size, reinterpret_cast<const Bytef*>(text.data()),
                   static_cast<uLong>(text.size())) != Z_OK) {
        return 0.0;
    }
    return static_cast<double>(text.size()) / static_cast<double>(size);
}

Verdict judge(const HeardSegment& segment, const DecodingLimits& limits) {
    const bool is_unsure = mean_log_probability(segment) < limits.log_probability;
    if (is_unsure && static_cast<double>(segment.no_speech_probability) > limits.no_speech) {
        return Verdict::kSilence;
    }
    std::string text;
    for (const auto& token : segment.tokens) {
        text += token.bytes;
    }
    return is_unsure || compression_ratio(text) > limits.compression_ratio ? Verdict::kDoubtful
                                                                           : Verdict::kBelieved;
}

std::vector<Phrase> to_words(const HeardSegment& segment, StreamTime start, StreamDuration length) {
    struct Pieces {
        std::string bytes;
        int begin_cs;
        int end_cs;
    };
    std::vector<Pieces> pieces;
    for (const auto& token : segment.tokens) {
        const bool is_new =
            pieces.empty() || token.bytes.starts_with(' ') || ends_a_clause(pieces.back().bytes);
        if (is_new) {
            pieces.push_back({.begin_cs = token.begin_cs, .end_cs = token.end_cs});
        }
        pieces.back().bytes += token.bytes;
        pieces.back().end_cs = std::max(pieces.back().end_cs, token.end_cs);
    }
    std::vector<Phrase> words;
    NoteFilter notes;
    StreamDuration earliest{};
    for (const auto& piece : pieces) {
        auto text = valid_text(piece.bytes);
        text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
        if (notes.is_part_of_note(text) || !says_something(text)) {
            continue;
        }
        const auto begin =
            std::clamp<StreamDuration>(kHundredth * piece.begin_cs, earliest, length);
        const auto end = std::clamp<StreamDuration>(kHundredth * piece.end_cs, begin, length);
        earliest = end;
        words.push_back({.text = std::move(text), .start = start + begin, .end = start + end});
    }
    return words;
}

std::vector<Phrase> without_repetitions(std::vector<Phrase> words) {
    std::vector<std::string> texts;
    texts.reserve(words.size());
    std::ranges::transform(words, std::back_inserter(texts),
                           [](const Phrase& word) { return folded(word.text); });
    std::vector<Phrase> kept;
    for (std::size_t at = 0; at < words.size();) {
        std::size_t size = 1;
        std::size_t more = 0;
        // The shortest phrase first: five times one word is not twice two of them.
        for (; size <= kLongestRepeated && more == 0; ++size) {
            more = excess(texts, at, size);
            if (more > 0) {
                break;
            }
        }
        const auto keep = more > 0 ? size : 1;
        for (std::size_t i = 0; i < keep; ++i) {
            kept.push_back(std::move(words[at + i]));
        }
        at += keep + more;
    }
    return kept;
}

std::string folded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_kept = !is_punctuation(byte) || c == '-' || c == '\'';
        const char next = is_kept ? static_cast<char>(std::tolower(byte)) : ' ';
        if (next != ' ' || (!out.empty() && out.back() != ' ')) {
            out += next;
        }
    }
    while (out.ends_with(' ')) {
        out.pop_back();
    }
    return out;
}

bool is_phantom(std::string_view text, bool is_sure) {
    auto plain = folded(text);
    const auto is_in = [&](std::string_view credit) {
        return plain.find(credit) != std::string::npos;
    };
    if (std::ranges::any_of(kCredits, is_in)) {
        return true;
    }
    for (const std::string_view stop : {"。", "！", "…", "¡", "¿"}) {
        for (auto at = plain.find(stop); at != std::string::npos; at = plain.find(stop)) {
            plain.erase(at, stop.size());
        }
    }
    return plain.empty() ||
           (!is_sure && std::ranges::find(kCourtesies, plain) != kCourtesies.end());
}

}  // namespace livedub::whisper
