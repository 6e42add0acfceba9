// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How certain words are to be translated, whoever translates: a table of terms, and where they are
// in a text.
//
// The table is a file of lines "term<TAB>translation", or "term<TAB>translation<TAB>en-es" for one
// pair of languages. It is UTF-8; a line that begins with # is a comment, an empty one is nothing,
// spaces around a term do not count. A term that is to stay as it is has itself as its translation.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"

namespace livedub::vocabulary {

/// A term in a text.
struct TermUse {
    std::size_t begin = 0;  // bytes of the text
    std::size_t end = 0;
    std::string target;

    friend bool operator==(const TermUse&, const TermUse&) = default;
};

/// Constant after construction; may be shared by threads.
class Glossary {
  public:
    static constexpr std::size_t kMostBytes = 1U << 20U;  // of a file
    static constexpr std::size_t kMostTerms = 20'000;
    static constexpr std::size_t kMostTermBytes = 200;  // of a term, and of its translation

    /// Errors: kInvalidArgument, which names the line, what is wrong with it and what is allowed.
    [[nodiscard]] static Result<Glossary> parse(std::string_view text);

    /// The same of a file. Errors: also kInvalidArgument when it cannot be read; all name the file.
    [[nodiscard]] static Result<Glossary> load(const std::string& path);

    /// Adds to `uses` the terms that are in `text`, in whatever case, as whole words and where none
    /// of `uses` is already; of terms that begin at the same word the one with most words.
    /// `uses` is in the order of the text, before and after.
    ///
    /// @param source, target BCP 47 tags; the regions in them do not count.
    void find(std::string_view text, std::string_view source, std::string_view target,
              std::vector<TermUse>& uses) const;

    /// How many terms there are.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    struct Entry {
        std::vector<std::string> words;  // folded
        std::string target;
        std::string source_language;  // empty, as the next: of any pair
        std::string target_language;
    };
    struct Known {
        std::string target;
        std::size_t line = 0;
    };
    using KnownTerms = std::unordered_map<std::string, Known>;  // while a file is read

    Result<void> add_line(std::string_view line, std::size_t number, KnownTerms& known);

    // By the first word. Longer ones first, and of the same words those of a pair.
    std::unordered_map<std::string, std::vector<Entry>> entries_;
    std::size_t size_ = 0;
};

/// "en" of "en-US".
[[nodiscard]] std::string primary_language(std::string_view tag);

}  // namespace livedub::vocabulary
