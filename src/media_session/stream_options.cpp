// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media_session/stream_options.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "dubbing/language.hpp"

namespace livedub {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kOverhead{1'000};
constexpr milliseconds kShortestSegment{1'000};
constexpr milliseconds kLongestSegment{30'000};
constexpr milliseconds kLongestDelay{60'000};
constexpr milliseconds kPassthroughDelay{1'000};

int hex_digit(char c) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto at = kDigits.find(lower);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::string url_unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                   hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

bool is_voice_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '+';
    });
}

/// Splits "sports,news"; nullopt when an entry is no plain word.
std::optional<std::vector<std::string>> parse_words(std::string_view text) {
    constexpr std::size_t kMostWords = 16;
    constexpr std::size_t kLongestWord = 32;
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        const bool is_word =
            word.size() <= kLongestWord && std::ranges::all_of(word, [](unsigned char c) {
                return std::isalnum(c) != 0 || c == '_' || c == '-';
            });
        if (!is_word || words.size() == kMostWords) {
            return std::nullopt;
        }
        if (!word.empty()) {
            words.emplace_back(word);
        }
    }
    return words;
}

std::optional<milliseconds> parse_ms(std::string_view text, milliseconds least, milliseconds most) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (!is_number || value < least.count() || value > most.count()) {
        return std::nullopt;
    }
    return milliseconds{value};
}

/// Applies one key; returns what would have been allowed when the value is not.
std::optional<std::string> apply(StreamOptions& options, std::string_view key,
                                 const std::string& value) {
    if (key == "lang" || key == "target" || key == "src" || key == "source") {
        if (!is_language_tag(value)) {
            return "a language tag of 2 to 10 characters, like es or pt-BR";
        }
        (key == "lang" || key == "target" ? options.target_language : options.source_language) =
            value;
    } else if (key == "voice") {
        if (!is_voice_name(value)) {
            return "letters, digits, '_', '-' and '+', at most 64";
        }
        options.voice = value;
    } else if (key == "mode") {
        if (value != "dub" && value != "passthrough") {
            return "dub or passthrough";
        }
        // A program that runs without speech is not talked into it by a publisher.
        if (value == "passthrough" || options.mode == StreamMode::kPassthrough) {
            options.mode = value == "dub" ? StreamMode::kDub : StreamMode::kPassthrough;
        }
    } else if (key == "domain") {
        auto words = parse_words(value);
        if (!words) {
            return "words of letters, digits, '_' and '-', separated by commas";
        }
        options.domain_hints = std::move(*words);
    } else if (key == "segment_ms") {
        const auto parsed = parse_ms(value, kShortestSegment, kLongestSegment);
        if (!parsed) {
            return "1000 to 30000";
        }
        options.segment = *parsed;
    } else if (key == "delay_ms") {
        const auto parsed = value == "0" ? std::optional{milliseconds{0}}
                                         : parse_ms(value, kOverhead, kLongestDelay);
        if (!parsed) {
            return "1000 to 60000, or 0: automatic";
        }
        options.delay = *parsed;
    }
    return std::nullopt;
}

}  // namespace

milliseconds StreamOptions::effective_delay() const {
    if (mode == StreamMode::kPassthrough) {
        return kPassthroughDelay;
    }
    return delay.count() > 0 ? delay : segment + sts_timeout + kOverhead;
}

std::string_view to_string(StreamMode mode) noexcept {
    switch (mode) {
        case StreamMode::kDub:
            return "dub";
        case StreamMode::kOriginal:
            return "original";
        case StreamMode::kPassthrough:
            return "passthrough";
    }
    return "unknown";
}

ParsedOptions parse_stream_options(std::string_view query, StreamOptions defaults) {
    std::string once_unescaped;
    if (query.find('=') == std::string_view::npos && query.find('%') != std::string_view::npos) {
        once_unescaped = url_unescaped(query);  // some media servers escape the query as a whole
        query = once_unescaped;
    }
    ParsedOptions parsed{std::move(defaults), {}};
    const StreamOptions fallback = parsed.options;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const auto key = pair.substr(0, pair.find('='));
        if (key.size() == pair.size()) {
            continue;
        }
        const auto value = url_unescaped(pair.substr(key.size() + 1));
        if (const auto allowed = apply(parsed.options, key, value)) {
            parsed.warnings.push_back(
                fmt::format("{}=\"{}\" is not usable (allowed: {}); the default stays", key,
                            value.substr(0, 64), *allowed));
        }
    }

    auto& options = parsed.options;
    const auto is_too_short = [&options] {
        return options.delay.count() > 0 && options.delay < options.segment + kOverhead;
    };
    if (is_too_short() && options.delay != fallback.delay) {
        parsed.warnings.push_back(fmt::format(
            "delay_ms={} is not usable (allowed: segment + 1000 = {} to 60000); the default "
            "stays",
            options.delay.count(), (options.segment + kOverhead).count()));
        options.delay = fallback.delay;
    }
    if (is_too_short()) {
        parsed.warnings.push_back(fmt::format(
            "segment_ms={} is not usable (allowed: 1000 to delay - 1000 = {}); the default stays",
            options.segment.count(), (options.delay - kOverhead).count()));
        options.segment = fallback.segment;
    }
    if (is_same_language(options.source_language, options.target_language)) {
        options.mode = StreamMode::kPassthrough;
    }
    return parsed;
}

bool is_language_tag(std::string_view text) {
    return text.size() >= 2 && text.size() <= 10 &&
           std::isalpha(static_cast<unsigned char>(text[0])) != 0 &&
           std::isalpha(static_cast<unsigned char>(text[1])) != 0 &&
           std::ranges::all_of(text,
                               [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
}

}  // namespace livedub
