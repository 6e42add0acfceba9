// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/apertium/apertium_translator.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/mutex.hpp"
#include "engines/apertium/language_codes.hpp"
#include "engines/apertium/mode_file.hpp"
#include "engines/apertium/resident_pair.hpp"
#include "engines/apertium/stream_format.hpp"
#include "vocabulary/letters.hpp"

namespace livedub::apertium {

namespace {

using speech::LanguagePair;

/// Longest text of one call: minutes of speech.
constexpr std::size_t kMaxText = 32U << 10U;

/// The sentence that a pair is tried with before air.
constexpr std::string_view kProbe = "1.";

Error missing_pair(const LanguagePair& pair, const ModeCatalogue& modes) {
    const auto source = parse_language(pair.source);
    const auto target = parse_language(pair.target);
    const auto what = fmt::format("apertium cannot translate {} to {}", pair.source, pair.target);
    if (const auto package = debian_package(source.iso639_3, target.iso639_3)) {
        return {ErrorCode::kInvalidArgument,
                fmt::format("{}: install the package {}", what, *package)};
    }
    return {ErrorCode::kInvalidArgument,
            fmt::format("{}: there is no package for this pair (installed: {})", what,
                        fmt::join(modes.names(), ", "))};
}

bool has_letters(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        return std::isalpha(static_cast<unsigned char>(c)) != 0 || static_cast<signed char>(c) < 0;
    });
}

/// Why what came out is the source text rather than a translation; empty when it is not. Names may
/// stay as they are, and here and there a word; signs stand for words that somebody else knows.
std::string_view complaint_about(const Decoded& decoded,
                                 const std::vector<vocabulary::Sign>& signs) {
    const auto is_sign = [&](const std::string& word) {
        return std::ranges::any_of(signs, [&](const vocabulary::Sign& sign) {
            return vocabulary::lower(sign.sign) == vocabulary::lower(word);
        });
    };
    std::size_t names = 0;
    std::size_t others = 0;
    for (const auto& word : decoded.unknown_words) {
        if (!is_sign(word)) {
            ++(vocabulary::has_capital(word) ? names : others);
        }
    }
    const auto unknown = names + others;
    if (signs.empty() && unknown >= decoded.words) {
        return "apertium knows no word of the text";
    }
    const auto known = decoded.words - std::min(decoded.words, unknown);
    return others > 1 && others > known ? "apertium knows too few words of the text" : "";
}

class ApertiumTranslator final : public speech::Translator {
  public:
    explicit ApertiumTranslator(const ApertiumOptions& options)
        : timeout_{options.timeout}, modes_{ModeCatalogue::discover(options.mode_directories)} {}

    [[nodiscard]] std::string_view name() const noexcept override { return "apertium"; }

    Result<void> prepare(const LanguagePair& pair) override {
        auto resident = find(pair);
        if (!resident) {
            return tl::unexpected{std::move(resident.error())};
        }
        auto answer = (*resident)->exchange(encode(kProbe), deadline(), {});
        if (!answer) {
            return tl::unexpected{std::move(answer.error()).with_context("start apertium")};
        }
        return {};
    }

    Result<std::string> translate(const speech::TranslationRequest& request,
                                  const std::stop_token& stop) override {
        const auto& text = request.text;
        if (text.size() > kMaxText) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("{} bytes of text, at most {}", text.size(), kMaxText));
        }
        auto resident = find(request.pair);
        if (!resident) {
            return tl::unexpected{std::move(resident.error())};
        }
        if (!has_letters(text)) {
            return text;  // numbers and stops are the same in every language
        }
        auto answer = (*resident)->exchange(encode(text), deadline(), stop);
        if (!answer) {
            return tl::unexpected{std::move(answer.error()).with_context("apertium")};
        }
        auto decoded = decode(*answer);
        if (decoded.words == 0) {
            return fail(ErrorCode::kInternal, "apertium: an empty answer");
        }
        if (const auto complaint = complaint_about(decoded, request.signs); !complaint.empty()) {
            return fail(ErrorCode::kInvalidArgument, std::string{complaint});
        }
        return std::move(decoded.text);
    }

  private:
    [[nodiscard]] SteadyTime deadline() const {
        return std::chrono::steady_clock::now() + timeout_;
    }

    /// The pair's programs, which live as long as this object.
    Result<ResidentPair*> find(const LanguagePair& pair) LIVEDUB_EXCLUDES(mutex_) {
        const auto* mode = modes_.find(parse_language(pair.source), parse_language(pair.target));
        if (mode == nullptr) {
            return tl::unexpected{missing_pair(pair, modes_)};
        }
        const MutexLock lock{mutex_};
        auto& resident = pairs_[*mode];
        if (!resident) {
            std::ifstream file{*mode};
            const std::string text{std::istreambuf_iterator<char>{file}, {}};
            auto commands = parse_mode(text);
            if (!commands) {
                return tl::unexpected{std::move(commands.error()).with_context(mode->string())};
            }
            resident = std::make_unique<ResidentPair>(std::move(*commands));
        }
        return resident.get();
    }

    // Constant after construction.
    const std::chrono::milliseconds timeout_;
    const ModeCatalogue modes_;

    // Guarded by mutex_. At most one entry per installed mode file.
    Mutex mutex_;
    std::map<std::filesystem::path, std::unique_ptr<ResidentPair>> pairs_
        LIVEDUB_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<speech::Translator> make_apertium_translator(const ApertiumOptions& options) {
    return std::make_unique<ApertiumTranslator>(options);
}

std::vector<std::string> installed_pairs(const ApertiumOptions& options) {
    return ModeCatalogue::discover(options.mode_directories).names();
}

}  // namespace livedub::apertium
