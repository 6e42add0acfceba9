// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/opus_translator.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engines/opus/sentences.hpp"
#include "speech/deadline_watch.hpp"
#include "speech/time_share.hpp"
#include "telemetry/log.hpp"
#include "vocabulary/glossary.hpp"
#include "vocabulary/letters.hpp"
#include "vocabulary/likeness.hpp"

namespace livedub::opus {
namespace {

using speech::LanguagePair;

/// Longest text of one call: minutes of speech.
constexpr std::size_t kMostText = 32U << 10U;

using Pair = Result<std::unique_ptr<const PairModel>>;

std::string names_of(const std::vector<std::filesystem::path>& directories) {
    std::vector<std::string> names;
    names.reserve(directories.size());
    for (const auto& directory : directories) {
        names.push_back(directory.string());
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

class OpusTranslator final : public speech::Translator {
  public:
    OpusTranslator(OpusOptions options, std::map<std::string, Pair> pairs)
        : options_{std::move(options)}, pairs_{std::move(pairs)} {}

    [[nodiscard]] std::string_view name() const noexcept override { return "opus"; }

    Result<void> prepare(const LanguagePair& pair) override {
        return find(pair).map([](const PairModel* /*model*/) {});
    }

    Result<std::string> translate(const speech::TranslationRequest& request,
                                  const std::stop_token& stop) override {
        const auto deadline = std::chrono::steady_clock::now() + options_.timeout;
        const speech::TimeShare share{watch_, deadline, stop};
        const auto& text = request.text;
        if (text.size() > kMostText) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("opus: {} bytes of text, at most {}", text.size(), kMostText));
        }
        if (!vocabulary::is_utf8(text)) {
            return fail(ErrorCode::kInvalidArgument, "opus: the text is no UTF-8");
        }
        const auto model = find(request.pair);
        if (!model) {
            return tl::unexpected{model.error()};
        }
        std::string translation;
        for (const auto& sentence : to_sentences(text)) {
            auto translated = share.told(
                translate_sentence(**model, sentence, request.signs, deadline, share.stop()),
                "the translation was not finished in its time");
            if (!translated) {
                return tl::unexpected{std::move(translated).error().with_context("opus")};
            }
            if (vocabulary::is_left_untranslated(sentence, *translated)) {  // one of several
                return fail(ErrorCode::kInternal, "opus: a sentence came back untranslated");
            }
            translation += (translation.empty() ? "" : " ") + *translated;
        }
        if (translation.empty()) {
            return fail(ErrorCode::kInvalidArgument, "opus: no text");
        }
        return translation;
    }

  private:
    [[nodiscard]] Result<const PairModel*> find(const LanguagePair& pair) const {
        const auto name = folder_name(vocabulary::primary_language(pair.source),
                                      vocabulary::primary_language(pair.target));
        const auto found = pairs_.find(name);
        if (found == pairs_.end()) {
            std::vector<std::string_view> there;
            there.reserve(pairs_.size());
            for (const auto& [known, model] : pairs_) {
                there.push_back(known);
            }
            return fail(
                ErrorCode::kInvalidArgument,
                fmt::format("opus cannot translate {} to {}: no folder {} in {} (there: {})",
                            pair.source, pair.target, name, names_of(options_.directories),
                            fmt::join(there, ", ")));
        }
        if (!found->second) {
            return tl::unexpected{found->second.error()};
        }
        return found->second->get();
    }

    // Constant after construction.
    const OpusOptions options_;
    const std::map<std::string, Pair> pairs_;  // by the name of their folder

    speech::DeadlineWatch watch_;  // an entry for each call; thread-safe by itself
};

}  // namespace

Result<std::unique_ptr<speech::Translator>> make_opus_translator(const OpusOptions& options,
                                                                 const LoadPair& load) {
    std::map<std::string, Pair> pairs;
    std::optional<Error> first;
    bool has_one = false;
    for (const auto& folder : pair_folders(options.directories)) {
        auto pair = files_of(folder).and_then(load);
        if (pair) {
            has_one = true;
            logger("engines")->info("translation_model_loaded folder=\"{}\"", folder.string());
        } else {
            logger("engines")->warn(R"(translation_model_left_out folder="{}" error="{}")",
                                    folder.string(), pair.error().message());
            pair = tl::unexpected{std::move(pair).error().with_context("opus")};
            first = first ? first : pair.error();
        }
        pairs.emplace(folder.filename().string(), std::move(pair));
    }
    if (!has_one) {
        return tl::unexpected{
            first ? *first
                  : Error{ErrorCode::kUnavailable,
                          fmt::format("opus: no folder opus-mt-<source>-<target> in {} "
                                      "(MODEL_CACHE_DIR): livedub models pull opus-mt-en-es",
                                      names_of(options.directories))}};
    }
    return std::make_unique<OpusTranslator>(options, std::move(pairs));
}

}  // namespace livedub::opus
