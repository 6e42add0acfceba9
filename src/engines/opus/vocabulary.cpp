// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/vocabulary.hpp"

#include <cstdint>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "files/json_excerpt.hpp"
#include "vocabulary/letters.hpp"

namespace livedub::opus {
namespace {

using nlohmann::json;

tl::unexpected<Error> refused(std::string why) {
    return fail(ErrorCode::kUnavailable, std::move(why));
}

}  // namespace

Result<Vocabulary> Vocabulary::parse(std::string_view text) {
    const auto parsed = json::parse(text, nullptr, false);
    if (!parsed.is_object()) {
        return refused("it is no JSON object of pieces and numbers (copied or fetched in part?)");
    }
    if (parsed.size() > kMostPieces) {
        return refused(fmt::format("{} pieces (at most {})", parsed.size(), kMostPieces));
    }
    Vocabulary vocabulary;
    vocabulary.pieces_.resize(parsed.size());
    vocabulary.numbers_.reserve(parsed.size());
    std::vector<bool> is_taken(parsed.size());
    for (const auto& [piece, number] : parsed.items()) {
        if (piece.size() > kLongestPiece) {
            return refused(
                fmt::format("a piece of {} bytes (at most {})", piece.size(), kLongestPiece));
        }
        if (!number.is_number_unsigned() || number.get<std::uint64_t>() >= parsed.size() ||
            is_taken[number.get<std::size_t>()]) {
            return refused(fmt::format("the number of \"{}\" is {} (allowed: 0 to {}, each once)",
                                       piece, files::excerpt(number), parsed.size() - 1));
        }
        const auto token = number.get<std::size_t>();
        is_taken[token] = true;
        vocabulary.pieces_[token] = piece;
        vocabulary.numbers_.emplace(piece, static_cast<TokenId>(token));
    }
    const auto unknown = vocabulary.find("<unk>");
    if (!unknown) {
        return refused("there is no piece <unk>");
    }
    vocabulary.unknown_ = *unknown;
    return vocabulary;
}

std::optional<TokenId> Vocabulary::find(const std::string& piece) const {
    const auto found = numbers_.find(piece);
    return found == numbers_.end() ? std::nullopt : std::optional{found->second};
}

bool Vocabulary::is_inside_word(TokenId token) const {
    const std::string_view text = piece(token);
    return !text.empty() && !text.starts_with(kPieceSpace) &&
           vocabulary::is_word_letter(vocabulary::letter_at(text, 0).code);
}

}  // namespace livedub::opus
