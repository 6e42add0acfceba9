// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "captions/caption_text.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace livedub::captions {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLinesOnScreen = 2;
constexpr milliseconds kShortest{500};

/// Code points: bytes that do not continue a UTF-8 sequence.
std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string clock_text(StreamTime time, char fraction_mark) {
    const auto ms = std::max<std::int64_t>(
        0, std::chrono::floor<milliseconds>(time.time_since_epoch()).count());
    return fmt::format("{:02}:{:02}:{:02}{}{:03}", ms / 3'600'000, ms / 60'000 % 60,
                       ms / 1'000 % 60, fraction_mark, ms % 1'000);
}

std::string escape_vtt(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

/// The two lines of one screen, evened out: a long one over a short one reads badly.
std::vector<std::string> even_out(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) {
        text += (text.empty() ? "" : " ") + line;
    }
    const auto total = length_of(text);
    for (auto length = total / 2 + 1; lines.size() == 2 && length < kLineLength; ++length) {
        auto broken = break_lines(text, length);
        if (broken.size() <= 2) {
            return broken;
        }
    }
    return lines;
}

}  // namespace

std::vector<std::string> break_lines(std::string_view text, std::size_t length) {
    std::vector<std::string> lines;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto begin = text.find_first_not_of(" \t\r\n", at);
        if (begin == std::string_view::npos) {
            break;
        }
        at = std::min(text.find_first_of(" \t\r\n", begin), text.size());
        const auto word = text.substr(begin, at - begin);
        if (lines.empty() || length_of(lines.back()) + 1 + length_of(word) > length) {
            lines.emplace_back(word);
        } else {
            lines.back().append(" ").append(word);
        }
    }
    return lines;
}

std::vector<Cue> CueMaker::make(const std::vector<Phrase>& phrases) {
    std::vector<Cue> cues;
    for (const auto& phrase : phrases) {
        const auto lines = break_lines(phrase.text);
        std::size_t all = 0;
        for (const auto& line : lines) {
            all += length_of(line);
        }
        const auto begin = std::max(phrase.start, free_from_);
        const auto time = std::max<StreamDuration>(phrase.end - begin, StreamDuration::zero());
        std::size_t shown = 0;
        for (std::size_t at = 0; at < lines.size(); at += kLinesOnScreen) {
            const auto last = std::min(lines.size(), at + kLinesOnScreen);
            std::vector<std::string> screen{lines.begin() + static_cast<std::ptrdiff_t>(at),
                                            lines.begin() + static_cast<std::ptrdiff_t>(last)};
            for (const auto& line : screen) {
                shown += length_of(line);
            }
            const auto start = std::max(phrase.start, free_from_);
            const auto share = begin + StreamDuration{static_cast<std::int64_t>(
                                           static_cast<double>(time.count()) *
                                           static_cast<double>(shown) / static_cast<double>(all))};
            free_from_ = std::max(share, start + kShortest);
            cues.push_back({.start = start, .end = free_from_, .lines = even_out(screen)});
        }
    }
    return cues;
}

std::string vtt_header() {
    return "WEBVTT\n\n";
}

std::string to_vtt(const Cue& cue) {
    std::string block =
        fmt::format("{} --> {}\n", clock_text(cue.start, '.'), clock_text(cue.end, '.'));
    for (const auto& line : cue.lines) {
        block += escape_vtt(line) + "\n";
    }
    return block + "\n";
}

std::string to_srt(const Cue& cue, std::size_t number) {
    std::string block = fmt::format("{}\n{} --> {}\n", number, clock_text(cue.start, ','),
                                    clock_text(cue.end, ','));
    for (const auto& line : cue.lines) {
        block += line + "\n";
    }
    return block + "\n";
}

}  // namespace livedub::captions
