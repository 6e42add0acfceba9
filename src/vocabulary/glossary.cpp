// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/glossary.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "vocabulary/letters.hpp"
#include "vocabulary/words.hpp"

namespace livedub::vocabulary {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kALine =
    "allowed: term<TAB>translation, and after another tab a pair of languages like en-es";

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\r'; };
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::vector<std::string_view> columns_of(std::string_view line) {
    std::vector<std::string_view> columns;
    for (std::size_t from = 0; from <= line.size();) {
        const auto tab = std::min(line.find('\t', from), line.size());
        columns.push_back(trimmed(line.substr(from, tab - from)));
        from = tab + 1;
    }
    return columns;
}

bool has_control_characters(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

/// Two languages of two or three letters each; empty strings for no column.
std::optional<std::pair<std::string, std::string>> parse_pair(std::string_view text) {
    const auto is_language = [](std::string_view name) {
        return (name.size() == 2 || name.size() == 3) && std::ranges::all_of(name, [](char c) {
                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
               });
    };
    const auto hyphen = std::min(text.find('-'), text.size());
    const auto source = text.substr(0, hyphen);
    const auto target = text.substr(std::min(hyphen + 1, text.size()));
    if (!is_language(source) || !is_language(target)) {
        return std::nullopt;
    }
    return std::pair{lower(source), lower(target)};
}

tl::unexpected<Error> bad(std::string_view what) {
    return fail(ErrorCode::kInvalidArgument, std::string{what});
}

Result<void> check_term(std::string_view which, std::string_view term) {
    if (term.empty()) {
        return bad(fmt::format("the {} is empty ({})", which, kALine));
    }
    if (term.size() > Glossary::kMostTermBytes) {
        return bad(fmt::format("the {} has {} bytes (allowed: at most {})", which, term.size(),
                               Glossary::kMostTermBytes));
    }
    if (has_control_characters(term)) {
        return bad(fmt::format("the {} has control characters (allowed: text)", which));
    }
    return {};
}

}  // namespace

std::string primary_language(std::string_view tag) {
    return lower(tag.substr(0, tag.find_first_of("-_")));
}

Result<Glossary> Glossary::parse(std::string_view text) {
    if (text.size() > kMostBytes) {
        return bad(fmt::format("{} bytes (allowed: at most {})", text.size(), kMostBytes));
    }
    if (text.starts_with(kByteOrderMark)) {
        text.remove_prefix(kByteOrderMark.size());
    }
    Glossary glossary;
    KnownTerms known;
    std::size_t number = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        ++number;
        if (auto added = glossary.add_line(text.substr(0, end), number, known); !added) {
            return tl::unexpected{
                std::move(added).error().with_context(fmt::format("line {}", number))};
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    for (auto& [word, entries] : glossary.entries_) {
        std::ranges::stable_sort(entries, [](const Entry& one, const Entry& other) {
            return std::pair{one.words.size(), !one.source_language.empty()} >
                   std::pair{other.words.size(), !other.source_language.empty()};
        });
    }
    return glossary;
}

Result<Glossary> Glossary::load(const std::string& path) {
    const auto unreadable = [&](std::string_view why) {
        return bad(fmt::format("{}: {} (allowed: a file that can be read)", path, why));
    };
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        return unreadable("there is no such file");
    }
    if (!std::filesystem::is_regular_file(status)) {
        return unreadable("not a file");
    }
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        return unreadable("cannot be opened");
    }
    // One more than allowed, so that parse() sees that it is too large.
    std::string text(kMostBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) {
        return unreadable("cannot be read");
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > kMostBytes) {
        return bad(fmt::format("{}: too large (allowed: at most {} bytes)", path, kMostBytes));
    }
    auto glossary = parse(text);
    if (!glossary) {
        return tl::unexpected{std::move(glossary).error().with_context(path)};
    }
    return glossary;
}

Result<void> Glossary::add_line(std::string_view line, std::size_t number, KnownTerms& known) {
    if (!is_utf8(line)) {
        return bad("not UTF-8 (allowed: text in UTF-8)");
    }
    if (trimmed(line).empty() || trimmed(line).starts_with('#')) {
        return {};
    }
    const auto columns = columns_of(line);
    if (columns.size() == 1) {
        return bad(fmt::format("no tab in it ({})", kALine));
    }
    if (columns.size() > 3) {
        return bad(fmt::format("{} columns ({})", columns.size(), kALine));
    }
    auto checked = check_term("term", columns[0]).and_then([&] {
        return check_term("translation", columns[1]);
    });
    if (!checked) {
        return checked;
    }
    Entry entry{.target = std::string{columns[1]}};
    if (columns.size() == 3 && !columns[2].empty()) {
        auto pair = parse_pair(columns[2]);
        if (!pair) {
            return bad(
                fmt::format("\"{}\" is no pair of languages (allowed: two of two or three "
                            "letters each, like en-es)",
                            columns[2]));
        }
        std::tie(entry.source_language, entry.target_language) = std::move(*pair);
    }
    auto words = to_words(columns[0]);
    if (std::ranges::none_of(words, &Word::is_word)) {
        return bad(fmt::format("the term \"{}\" has no letter (allowed: words)", columns[0]));
    }
    // No word has a tab in it.
    std::string key = entry.source_language + "-" + entry.target_language;
    for (auto& word : words) {
        key += "\t" + word.folded;
        entry.words.push_back(std::move(word.folded));
    }
    const auto [same, is_new] =
        known.try_emplace(std::move(key), Known{.target = entry.target, .line = number});
    if (!is_new) {
        return same->second.target == entry.target
                   ? Result<void>{}
                   : bad(fmt::format("\"{}\" is \"{}\" in line {} (allowed: one translation for a "
                                     "term)",
                                     columns[0], same->second.target, same->second.line));
    }
    if (size_ == kMostTerms) {
        return bad(fmt::format("one term too many (allowed: at most {})", kMostTerms));
    }
    entries_[entry.words.front()].push_back(std::move(entry));
    ++size_;
    return {};
}

void Glossary::find(std::string_view text, std::string_view source, std::string_view target,
                    std::vector<TermUse>& uses) const {
    const auto source_language = primary_language(source);
    const auto target_language = primary_language(target);
    const auto words = to_words(text);
    const std::vector<TermUse> taken = uses;
    const auto is_free = [&taken](const Word& word) {
        return std::ranges::none_of(taken, [&word](const TermUse& use) {
            return word.begin < use.end && word.end > use.begin;
        });
    };
    const auto is_at = [&](const Entry& entry, std::size_t at) {
        const bool is_of_pair =
            entry.source_language.empty() ||
            (entry.source_language == source_language && entry.target_language == target_language);
        if (!is_of_pair || at + entry.words.size() > words.size()) {
            return false;
        }
        for (std::size_t n = 0; n < entry.words.size(); ++n) {
            if (words[at + n].folded != entry.words[n] || !is_free(words[at + n])) {
                return false;
            }
        }
        return true;
    };
    for (std::size_t at = 0; at < words.size();) {
        std::size_t length = 1;
        if (const auto known = entries_.find(words[at].folded); known != entries_.end()) {
            const auto entry = std::ranges::find_if(
                known->second, [&](const Entry& candidate) { return is_at(candidate, at); });
            if (entry != known->second.end()) {
                length = entry->words.size();
                uses.push_back({.begin = words[at].begin,
                                .end = words[at + length - 1].end,
                                .target = entry->target});
            }
        }
        at += length;
    }
    std::ranges::sort(uses, {}, &TermUse::begin);
}

}  // namespace livedub::vocabulary
