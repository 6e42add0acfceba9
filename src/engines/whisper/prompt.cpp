// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/prompt.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace livedub::whisper {
namespace {

struct Hint {
    std::string_view name;
    std::string_view language;
    std::string_view sentence;
};

// English first: it stands in for languages that are not here.
constexpr std::array<Hint, 20> kHints{{
    {"sports", "en", "Live sports commentary."},
    {"football", "en", "Football commentary: goal, penalty, offside, corner, free kick."},
    {"basketball", "en", "Basketball commentary: rebound, three-pointer, free throw, turnover."},
    {"news", "en", "News broadcast."},
    {"interview", "en", "An interview, with questions and answers."},
    {"sports", "es", "Retransmisión deportiva en directo."},
    {"football", "es", "Narración de fútbol: gol, penalti, fuera de juego, saque de esquina."},
    {"basketball", "es", "Narración de baloncesto: rebote, triple, tiro libre."},
    {"news", "es", "Noticias de última hora."},
    {"interview", "es", "Una entrevista, con preguntas y respuestas."},
    {"sports", "fr", "Commentaire sportif en direct."},
    {"football", "fr", "Commentaire de football : but, penalty, hors-jeu, corner, coup franc."},
    {"basketball", "fr", "Commentaire de basket : rebond, trois points, lancer franc."},
    {"news", "fr", "Journal d'information."},
    {"interview", "fr", "Une interview, avec questions et réponses."},
    {"sports", "de", "Sportkommentar, live."},
    {"football", "de", "Fußballkommentar: Tor, Elfmeter, Abseits, Ecke, Freistoß."},
    {"basketball", "de", "Basketballkommentar: Rebound, Dreier, Freiwurf."},
    {"news", "de", "Nachrichten."},
    {"interview", "de", "Ein Interview, mit Fragen und Antworten."},
}};

/// Somebody else's words in a prompt of ours: short, and of letters.
constexpr std::size_t kLongestHint = 60;

std::string_view sentence_for(std::string_view name, std::string_view language) {
    const auto matches = [&](std::string_view wanted) {
        return std::ranges::find_if(
            kHints, [&](const Hint& hint) { return hint.name == name && hint.language == wanted; });
    };
    const auto* found = matches(language);
    if (found == kHints.end()) {
        found = matches("en");
    }
    return found == kHints.end() ? std::string_view{} : found->sentence;
}

}  // namespace

std::string hint_prompt(std::span<const std::string> hints, std::string_view language) {
    std::string prompt;
    for (const auto& hint : hints) {
        std::string name{hint};
        std::ranges::transform(name, name.begin(), [](unsigned char c) {
            return std::iscntrl(c) != 0 ? ' ' : static_cast<char>(std::tolower(c));
        });
        if (name == "general") {
            continue;
        }
        auto sentence = std::string{sentence_for(name, language)};
        if (sentence.empty() && !name.empty() && name.size() <= kLongestHint) {
            sentence = hint + ".";
        }
        prompt += prompt.empty() || sentence.empty() ? "" : " ";
        prompt += sentence;
    }
    return prompt;
}

std::string_view last_words(std::string_view text, std::size_t most_bytes) {
    if (text.size() <= most_bytes) {
        return text;
    }
    const auto from = text.size() - most_bytes;
    const auto space = text.find(' ', from);
    if (space != std::string_view::npos) {
        return text.substr(space + 1);
    }
    // Written without spaces: not within a character, at least.
    auto at = from;
    while (at < text.size() && static_cast<unsigned char>(text[at]) >> 6U == 2) {
        ++at;
    }
    return text.substr(at);
}

}  // namespace livedub::whisper
