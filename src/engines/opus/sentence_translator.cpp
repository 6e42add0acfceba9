// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/sentence_translator.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engines/opus/beam_search.hpp"
#include "engines/opus/repeats.hpp"

namespace livedub::opus {
namespace {

// A translation may have three times the tokens of its source and some more: what is longer goes in
// circles.
constexpr std::size_t kTimesAsLong = 3;
constexpr std::size_t kSomeMore = 16;

/// "No, no, no, no": as often as it was said, and three times in any case.
constexpr std::size_t kRepeatsAnyway = 3;

Result<std::vector<TokenId>> tokens_of(const PairModel& model, std::string_view sentence) {
    const auto pieces = model.source->cut(sentence);
    if (!pieces) {
        return tl::unexpected{pieces.error()};
    }
    if (pieces->size() + 1 > model.config.positions) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("a sentence of {} pieces, at most {}", pieces->size(),
                                model.config.positions - 1));
    }
    std::vector<TokenId> tokens;
    tokens.reserve(pieces->size() + 1);
    for (const auto& piece : *pieces) {
        tokens.push_back(model.vocabulary.find(piece).value_or(model.vocabulary.unknown()));
    }
    tokens.push_back(model.config.end);
    return tokens;
}

/// A sign as the model would write it; empty when it cannot write it at all.
std::vector<TokenId> tokens_of_sign(const PairModel& model, const std::string& sign) {
    std::vector<TokenId> tokens;
    const auto pieces = model.target->cut(sign);
    if (!pieces) {
        return {};
    }
    for (const auto& piece : *pieces) {
        const auto token = model.vocabulary.find(piece);
        if (!token) {
            return {};
        }
        tokens.push_back(*token);
    }
    return tokens;
}

bool has_each_once(std::string_view text, std::span<const std::string> signs) {
    return std::ranges::all_of(signs, [&](const std::string& sign) {
        const auto at = text.find(sign);
        return at != std::string_view::npos &&
               text.find(sign, at + sign.size()) == std::string_view::npos;
    });
}

std::string text_of(const PairModel& model, const std::vector<TokenId>& tokens) {
    std::string pieces;
    for (const auto token : tokens) {
        pieces += model.vocabulary.piece(token);
    }
    std::string text;
    std::string_view rest{pieces};
    for (auto at = rest.find(kPieceSpace); at != std::string_view::npos;
         at = rest.find(kPieceSpace)) {
        text += rest.substr(0, at);
        text += text.empty() ? "" : " ";
        rest.remove_prefix(at + kPieceSpace.size());
    }
    text += rest;
    return text;
}

/// The first of `found` that has every sign, else the first.
std::string best_text(const PairModel& model, const std::vector<std::vector<TokenId>>& found,
                      std::span<const std::string> signs) {
    for (const auto& tokens : found) {
        auto text = text_of(model, tokens);
        if (has_each_once(text, signs)) {
            return text;
        }
    }
    return text_of(model, found.front());
}

Result<std::vector<std::vector<TokenId>>> find_texts(const PairModel& model,
                                                     std::span<const TokenId> source,
                                                     const SearchOptions& options,
                                                     SteadyTime deadline,
                                                     const std::stop_token& stop) {
    auto reading = model.weights->read(source, stop);
    if (!reading) {
        return tl::unexpected{std::move(reading).error()};
    }
    return search(**reading, options, deadline, stop);
}

}  // namespace

Result<std::string> translate_sentence(const PairModel& model, std::string_view sentence,
                                       std::span<const vocabulary::Sign> signs, SteadyTime deadline,
                                       const std::stop_token& stop) {
    const auto source = tokens_of(model, sentence);
    if (!source) {
        return tl::unexpected{source.error()};
    }
    const auto& config = model.config;
    SearchOptions options{
        .start = config.start,
        .end = config.end,
        .banned = config.banned,
        .beams = config.beams,
        .length_penalty = config.length_penalty,
        .most_tokens = std::min(config.most_tokens, kTimesAsLong * source->size() + kSomeMore),
        .most_repeats = std::max(kRepeatsAnyway, most_repeats(*source)),
        .is_inside_word = [&](TokenId token) { return model.vocabulary.is_inside_word(token); }};
    // It stands for a word that nobody knows, and in speech for nothing.
    options.banned.push_back(model.vocabulary.unknown());
    std::vector<std::string> required;
    for (const auto& sign : signs) {
        if (sentence.find(sign.sign) == std::string_view::npos) {
            continue;
        }
        if (auto tokens = tokens_of_sign(model, sign.sign); !tokens.empty()) {
            options.required.push_back(std::move(tokens));
            required.push_back(sign.sign);
        }
    }
    auto found = find_texts(model, *source, options, deadline, stop);
    if (!found && found.error().code() == ErrorCode::kInternal && !required.empty()) {
        options.required.clear();
        found = find_texts(model, *source, options, deadline, stop);
    }
    if (!found) {
        return tl::unexpected{std::move(found).error()};
    }
    auto text = best_text(model, *found, required);
    if (text.find_first_not_of(' ') == std::string::npos) {
        return fail(ErrorCode::kInternal, "an empty translation");
    }
    return text;
}

}  // namespace livedub::opus
