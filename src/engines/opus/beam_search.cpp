// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/beam_search.hpp"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "base/check.hpp"
#include "engines/opus/repeats.hpp"

namespace livedub::opus {
namespace {

/// A text that is being written.
struct Draft {
    std::vector<TokenId> tokens;
    double score = 0.0;  // log probability
    std::bitset<kMostRequired> begun{};
    std::optional<std::size_t> current{};  // the required stretch that it is in the middle of,
    std::size_t written = 0;               // and how much of it is there
    bool is_after_required = false;        // its last token ended one
};

/// A draft with one token more.
struct Candidate {
    std::size_t row = 0;
    TokenId token = 0;
    double score = 0.0;
    std::optional<std::size_t> required{};  // the stretch that the token belongs to
    std::size_t begun = 0;                  // how many stretches are then begun
};

struct Finished {
    std::vector<TokenId> tokens;
    double score = 0.0;  // by its length
};

bool is_better(const Candidate& a, const Candidate& b) {
    return a.score > b.score;
}

/// The places of the `count` highest of those `scores` whose token `may_be`, the highest first; of
/// equals, the first.
template <typename MayBe>
std::vector<TokenId> highest(std::span<const float> scores, std::size_t count,
                             const MayBe& may_be) {
    const auto is_higher = [&](TokenId a, TokenId b) {
        const auto of_a = scores[static_cast<std::size_t>(a)];
        const auto of_b = scores[static_cast<std::size_t>(b)];
        return of_a > of_b || (of_a == of_b && a < b);
    };
    std::vector<TokenId> best;  // a heap with the lowest of them at its front
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (best.size() == count) {
            if (scores[i] <= scores[static_cast<std::size_t>(best.front())] || !may_be(i)) {
                continue;
            }
            std::ranges::pop_heap(best, is_higher);
            best.pop_back();
        } else if (!may_be(i)) {
            continue;
        }
        best.push_back(static_cast<TokenId>(i));
        std::ranges::push_heap(best, is_higher);
    }
    std::ranges::sort_heap(best, is_higher);
    return best;
}

/// The logarithm of what probabilities are divided by; nullopt when the scores are no numbers.
std::optional<double> log_total(std::span<const float> scores) {
    auto most = -std::numeric_limits<float>::infinity();
    for (const auto score : scores) {
        if (std::isnan(score)) {
            return std::nullopt;
        }
        most = std::max(most, score);
    }
    if (!std::isfinite(most)) {
        return std::nullopt;
    }
    double total = 0.0;
    for (const auto score : scores) {
        total += std::exp(static_cast<double>(score - most));
    }
    return static_cast<double>(most) + std::log(total);
}

class Search {
  public:
    Search(NextTokens& model, const SearchOptions& options)
        : model_{model},
          options_{options},
          required_{std::min(options.required.size(), kMostRequired)},
          beams_{std::min(std::max(options.beams, required_ > 0 ? required_ + 2 : 1), kMostBeams)},
          banned_(model.vocabulary()) {
        for (const auto token : options.banned) {
            banned_.at(static_cast<std::size_t>(token)) = true;
        }
        drafts_.emplace_back();
        rows_.push_back({.parent = 0, .token = options.start});
    }

    Result<std::vector<std::vector<TokenId>>> run(SteadyTime deadline,
                                                  const std::stop_token& stop) {
        for (std::size_t length = 0; !drafts_.empty() && !is_decided(length); ++length) {
            if (stop.stop_requested()) {
                return fail(ErrorCode::kCancelled, "stopped");
            }
            if (std::chrono::steady_clock::now() >= deadline) {
                return fail(ErrorCode::kTimeout, "the translation was not finished in its time");
            }
            if (auto stepped = step(length, stop); !stepped) {
                return tl::unexpected{std::move(stepped).error()};
            }
        }
        if (finished_.empty()) {
            return fail(ErrorCode::kInternal, "the model found no end of the translation");
        }
        std::vector<std::vector<TokenId>> texts;
        for (auto& text : finished_) {
            texts.push_back(std::move(text.tokens));
        }
        return texts;
    }

  private:
    // More than would repeat what is written: of what is left there are enough for every draft.
    static constexpr std::size_t kSpare = 16;

    [[nodiscard]] double by_length(double score, std::size_t length) const {
        return score / std::pow(static_cast<double>(std::max<std::size_t>(length, 1)),
                                options_.length_penalty);
    }

    /// Whether what is written on cannot become better than what there is. Texts that lack a
    /// required stretch would still have to pay for it, and are not waited for.
    [[nodiscard]] bool is_decided(std::size_t length) const {
        return finished_.size() == beams_ &&
               (beams_ == 1 || std::ranges::all_of(drafts_, [&](const Draft& draft) {
                    return draft.begun.count() < required_ ||
                           by_length(draft.score, length) <= finished_.back().score;
                }));
    }

    Result<void> step(std::size_t length, const std::stop_token& stop) {
        const auto scores = model_.next(rows_, stop);
        if (!scores) {
            return tl::unexpected{scores.error()};
        }
        const auto width = model_.vocabulary();
        if (scores->size() != rows_.size() * width) {
            return fail(ErrorCode::kInternal, "the model gave scores for another vocabulary");
        }
        std::vector<std::vector<Candidate>> banks(required_ + 1);  // by stretches begun
        for (std::size_t row = 0; row < drafts_.size(); ++row) {
            if (!add_candidates(row, scores->subspan(row * width, width), banks)) {
                return fail(ErrorCode::kInternal, "the model's scores are no numbers");
            }
        }
        for (auto& bank : banks) {
            std::ranges::stable_sort(bank, is_better);
        }
        take_finished(banks.back(), length);
        const bool is_last = length >= options_.most_tokens;
        go_on_with(is_last ? std::vector<Candidate>{} : share_out(banks));
        return {};
    }

    /// False when the scores are no numbers.
    bool add_candidates(std::size_t row, std::span<const float> scores,
                        std::vector<std::vector<Candidate>>& banks) const {
        const auto total = log_total(scores);
        if (!total) {
            return false;
        }
        const auto& draft = drafts_[row];
        const auto begun = draft.begun.count();
        const auto score_of = [&](TokenId token) {
            return draft.score + static_cast<double>(scores[static_cast<std::size_t>(token)]) -
                   *total;
        };
        if (draft.current) {
            // A stretch is not left before its end. Only its first token costs anything: were the
            // others to be paid for, those that just begin would always look better.
            const auto token = options_.required[*draft.current][draft.written];
            banks[begun].push_back({row, token, draft.score, draft.current, begun});
            return true;
        }
        std::vector<TokenId> beginnings;
        for (std::size_t i = 0; i < required_; ++i) {
            if (!draft.begun.test(i)) {
                const auto token = options_.required[i].front();
                beginnings.push_back(token);
                banks[begun + 1].push_back({row, token, score_of(token), i, begun + 1});
            }
        }
        std::size_t added = 0;
        const auto may_be = [&](std::size_t place) {
            const auto token = static_cast<TokenId>(place);
            return std::isfinite(scores[place]) && may_follow(draft, token, begun) &&
                   std::ranges::find(beginnings, token) == beginnings.end();
        };
        for (const auto token : highest(scores, 2 * beams_ + kSpare, may_be)) {
            if (added == 2 * beams_) {
                break;
            }
            if (!repeats(draft, token)) {
                banks[begun].push_back({row, token, score_of(token), std::nullopt, begun});
                ++added;
            }
        }
        return true;
    }

    [[nodiscard]] bool may_follow(const Draft& draft, TokenId token, std::size_t begun) const {
        if (token == options_.end) {
            return begun == required_;
        }
        return !banned_[static_cast<std::size_t>(token)] &&
               !(draft.is_after_required && options_.is_inside_word &&
                 options_.is_inside_word(token));
    }

    [[nodiscard]] bool repeats(const Draft& draft, TokenId token) const {
        if (token == options_.end) {
            return false;
        }
        auto tokens = draft.tokens;
        tokens.push_back(token);
        return repeats_at_end(tokens) > options_.most_repeats;
    }

    /// Takes the drafts that end here out of those that have all stretches.
    void take_finished(std::vector<Candidate>& complete, std::size_t length) {
        for (std::size_t i = 0; i < std::min(beams_, complete.size()); ++i) {
            if (complete[i].token == options_.end && !complete[i].required) {
                finished_.push_back({.tokens = drafts_[complete[i].row].tokens,
                                     .score = by_length(complete[i].score, length + 1)});
            }
        }
        std::erase_if(complete, [&](const Candidate& candidate) {
            return candidate.token == options_.end && !candidate.required;
        });
        std::ranges::stable_sort(
            finished_, [](const Finished& a, const Finished& b) { return a.score > b.score; });
        finished_.resize(std::min(finished_.size(), beams_));
    }

    /// The same number from each bank, and where one has not so many the best of the others.
    [[nodiscard]] std::vector<Candidate> share_out(
        const std::vector<std::vector<Candidate>>& banks) const {
        const auto share = beams_ / banks.size();
        std::vector<Candidate> taken;
        std::vector<Candidate> rest;
        for (const auto& bank : banks) {
            const auto most = static_cast<std::ptrdiff_t>(std::min(share, bank.size()));
            taken.insert(taken.end(), bank.begin(), bank.begin() + most);
            rest.insert(rest.end(), bank.begin() + most, bank.end());
        }
        std::ranges::stable_sort(rest, is_better);
        rest.resize(std::min(rest.size(), beams_ - taken.size()));
        taken.insert(taken.end(), rest.begin(), rest.end());
        return taken;
    }

    void go_on_with(const std::vector<Candidate>& candidates) {
        std::vector<Draft> drafts;
        rows_.clear();
        for (const auto& candidate : candidates) {
            auto draft = drafts_[candidate.row];
            draft.tokens.push_back(candidate.token);
            draft.score = candidate.score;
            draft.is_after_required = false;
            if (candidate.required) {
                draft.begun.set(*candidate.required);
                draft.written = draft.current ? draft.written + 1 : 1;
                draft.current = candidate.required;
                if (draft.written == options_.required[*draft.current].size()) {
                    draft.current.reset();
                    draft.is_after_required = true;
                }
            }
            drafts.push_back(std::move(draft));
            rows_.push_back({.parent = candidate.row, .token = candidate.token});
        }
        drafts_ = std::move(drafts);
    }

    NextTokens& model_;
    const SearchOptions& options_;
    const std::size_t required_;  // of options_.required, those that count
    const std::size_t beams_;
    std::vector<bool> banned_;  // by token

    std::vector<Draft> drafts_;
    std::vector<Row> rows_;  // of drafts_
    std::vector<Finished> finished_;
};

}  // namespace

Result<std::vector<std::vector<TokenId>>> search(NextTokens& model, const SearchOptions& options,
                                                 SteadyTime deadline, const std::stop_token& stop) {
    LIVEDUB_CHECK(options.beams >= 1 && options.beams <= kMostBeams && options.most_tokens >= 1);
    return Search{model, options}.run(deadline, stop);
}

}  // namespace livedub::opus
