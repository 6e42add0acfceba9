// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/apertium/stream_format.hpp"

namespace livedub::apertium {

namespace {

constexpr std::string_view kReserved = "\\[]{}^$/<>@";
constexpr std::string_view kMarks = "*#";
constexpr std::string_view kStops = ".!?:;";
// Marks that Apertium puts before a word: not in the source dictionary, not in the bilingual one,
// not in the target one. The last is a word of the target language that was not inflected.
constexpr std::string_view kUnknown = "*@#";
constexpr char kUninflected = '#';

bool is_space(char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
}

// Letters, digits and every byte of a multi-byte UTF-8 sequence.
bool is_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

/// A mark is one only where a word begins: "*quarterback", but "take#s" is not.
bool marks_a_word(std::string_view stream, std::size_t at) {
    return kUnknown.find(stream[at]) != std::string_view::npos && at + 1 < stream.size() &&
           is_word(stream[at + 1]) && (at == 0 || !is_word(stream[at - 1]));
}

/// The word behind the mark at `at`.
std::string_view word_after(std::string_view stream, std::size_t at) {
    auto end = at + 1;
    while (end < stream.size() && is_word(stream[end])) {
        ++end;
    }
    return stream.substr(at + 1, end - at - 1);
}

void trim(std::string& text) {
    while (!text.empty() && is_space(text.back())) {
        text.pop_back();
    }
}

}  // namespace

std::string encode(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 8);
    for (const char c : text) {
        if (is_space(c) || kMarks.find(c) != std::string_view::npos) {
            if (!out.empty() && out.back() != ' ') {
                out += ' ';
            }
            continue;
        }
        if (kReserved.find(c) != std::string_view::npos) {
            out += '\\';
        }
        out += c;
    }
    trim(out);
    if (!out.empty() && kStops.find(out.back()) == std::string_view::npos) {
        out += '.';
    }
    return out + "[]";
}

Decoded decode(std::string_view stream) {
    Decoded out;
    bool in_block = false;
    bool in_word = false;
    for (std::size_t at = 0; at < stream.size(); ++at) {
        char c = stream[at];
        if (c == '[' || c == ']') {
            in_block = c == '[';
            continue;
        }
        if (in_block) {
            continue;
        }
        if (marks_a_word(stream, at)) {
            if (c != kUninflected) {
                out.unknown_words.emplace_back(word_after(stream, at));
            }
            continue;
        }
        if (c == '#' || c == '*') {
            continue;  // inside a multiword that could not be inflected: "take# out"
        }
        if (c == '\\' && at + 1 < stream.size()) {
            c = stream[++at];
        }
        if (is_word(c) && !in_word) {
            ++out.words;
        }
        // An apostrophe or hyphen inside a word does not begin another one.
        in_word = is_word(c) || (in_word && (c == '\'' || c == '-'));
        if (!is_space(c)) {
            out.text += c;
        } else if (!out.text.empty() && out.text.back() != ' ') {
            out.text += ' ';
        }
    }
    trim(out.text);
    return out;
}

}  // namespace livedub::apertium
