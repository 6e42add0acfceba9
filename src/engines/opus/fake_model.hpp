// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A model for tests: it puts one word for another, and signs are words that it would rather not
// say.

#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "engines/opus/sentence_translator.hpp"

namespace livedub::opus {

/// A piece for each word, but signs come in two. "uncuttable" fails.
class FakeCutter final : public PieceCutter {
  public:
    Result<std::vector<std::string>> cut(std::string_view text) const override {
        if (text.find("uncuttable") != std::string_view::npos) {
            return fail(ErrorCode::kExhausted, "no memory");
        }
        std::vector<std::string> pieces;
        std::istringstream words{std::string{text}};
        for (std::string word; words >> word;) {
            if (word.starts_with("qz") || word.starts_with("Qz")) {
                pieces.push_back("\u2581" + word.substr(0, 2));
                word.erase(0, 2);
                pieces.push_back(word);
            } else {
                pieces.push_back("\u2581" + word);
            }
        }
        return pieces;
    }
};

/// Says `answer` of the source, token by token, and then the end.
class FakeWeights final : public TranslationWeights {
  public:
    using Answer = std::function<std::vector<TokenId>(std::span<const TokenId>)>;

    FakeWeights(std::size_t vocabulary, TokenId end, Answer answer)
        : vocabulary_{vocabulary}, end_{end}, answer_{std::move(answer)} {}

    Result<std::unique_ptr<NextTokens>> read(std::span<const TokenId> source,
                                             const std::stop_token& /*stop*/) const override {
        return std::make_unique<Reading>(vocabulary_, end_, answer_(source));
    }

  private:
    /// How much of the answer is there it tells from what was written, so that a word that it did
    /// not want to say does not lead it astray.
    class Reading final : public NextTokens {
      public:
        Reading(std::size_t vocabulary, TokenId end, std::vector<TokenId> answer)
            : vocabulary_{vocabulary}, end_{end}, answer_{std::move(answer)} {}

        Result<std::span<const float>> next(std::span<const Row> rows,
                                            const std::stop_token& /*stop*/) override {
            scores_.assign(rows.size() * vocabulary_, -9.0F);
            std::vector<std::size_t> said;
            for (std::size_t row = 0; row < rows.size(); ++row) {
                auto at = said_.empty() ? 0 : said_.at(rows[row].parent);
                if (!said_.empty() && at < answer_.size() && rows[row].token == answer_[at]) {
                    ++at;
                }
                const auto wanted = at < answer_.size() ? answer_[at] : end_;
                scores_[row * vocabulary_ + static_cast<std::size_t>(wanted)] = 0.0F;
                said.push_back(at);
            }
            said_ = std::move(said);
            return scores_;
        }
        [[nodiscard]] std::size_t vocabulary() const noexcept override { return vocabulary_; }

      private:
        const std::size_t vocabulary_;
        const TokenId end_;
        const std::vector<TokenId> answer_;
        std::vector<std::size_t> said_;  // of the answer, row by row
        std::vector<float> scores_;
    };

    const std::size_t vocabulary_;
    const TokenId end_;
    const Answer answer_;
};

/// @param words One for another; others become "hm".
inline std::unique_ptr<PairModel> fake_model(std::map<std::string, std::string> words) {
    nlohmann::json json{{"</s>", 0},     {"<unk>", 1},    {"<pad>", 2}, {"\u2581hm", 3},
                        {"\u2581Qz", 4}, {"\u2581qz", 5}, {"aa", 6},    {"ab", 7}};
    const auto add = [&](const std::string& word) {
        if (!json.contains("\u2581" + word)) {
            json["\u2581" + word] = json.size();
        }
    };
    for (const auto& [source, target] : words) {
        add(source);
        const auto pieces = FakeCutter{}.cut(target).value();
        for (const auto& piece : pieces) {
            add(piece.substr(3));
        }
    }
    auto vocabulary = Vocabulary::parse(json.dump());
    LIVEDUB_CHECK(vocabulary.has_value());
    auto model = std::make_unique<PairModel>(PairModel{.config = {.vocabulary = vocabulary->size(),
                                                                  .layers = 1,
                                                                  .heads = 1,
                                                                  .head_size = 1,
                                                                  .positions = 64,
                                                                  .start = 2,
                                                                  .end = 0,
                                                                  .banned = {2},
                                                                  .beams = 1,
                                                                  .most_tokens = 63},
                                                       .vocabulary = *vocabulary,
                                                       .source = std::make_unique<FakeCutter>(),
                                                       .target = std::make_unique<FakeCutter>(),
                                                       .weights = nullptr});
    model->weights = std::make_unique<FakeWeights>(
        vocabulary->size(), 0,
        [words = std::move(words), vocabulary = *vocabulary](std::span<const TokenId> source) {
            std::vector<TokenId> answer;
            for (const auto token : source.first(source.size() - 1)) {
                const auto& piece = vocabulary.piece(token);
                if (piece != "<unk>" && !piece.starts_with("\u2581")) {
                    continue;  // the end of a sign
                }
                const auto known = words.find(piece.substr(3));
                const auto pieces =
                    FakeCutter{}.cut(known == words.end() ? "hm" : known->second).value();
                for (const auto& said : pieces) {
                    answer.push_back(*vocabulary.find(said));
                }
            }
            return answer;
        });
    return model;
}

}  // namespace livedub::opus
