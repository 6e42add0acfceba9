// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The pieces of words that a model knows, and their numbers (vocab.json): of both of its languages
// together. Immutable.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "engines/opus/next_tokens.hpp"

namespace livedub::opus {

/// What pieces have for a space.
inline constexpr std::string_view kPieceSpace = "\u2581";

class Vocabulary {
  public:
    /// Real ones have some 65 000 pieces.
    static constexpr std::size_t kMostPieces = 500'000;
    static constexpr std::size_t kLongestPiece = 256;  // bytes

    /// @param text A JSON object: each piece with its number; all numbers from 0, each once.
    ///
    /// Errors: kUnavailable, saying what is wrong with it.
    [[nodiscard]] static Result<Vocabulary> parse(std::string_view text);

    [[nodiscard]] std::size_t size() const noexcept { return pieces_.size(); }
    /// nullopt for a piece that is not in it.
    [[nodiscard]] std::optional<TokenId> find(const std::string& piece) const;
    /// @param token From 0 to size() - 1.
    [[nodiscard]] const std::string& piece(TokenId token) const {
        return pieces_.at(static_cast<std::size_t>(token));
    }
    /// The number of what is not in it: "<unk>".
    [[nodiscard]] TokenId unknown() const noexcept { return unknown_; }

    /// Whether a piece goes on with the word of the one before it.
    [[nodiscard]] bool is_inside_word(TokenId token) const;

  private:
    std::vector<std::string> pieces_;
    std::unordered_map<std::string, TokenId> numbers_;
    TokenId unknown_ = 0;
};

}  // namespace livedub::opus
